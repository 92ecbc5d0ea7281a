extension StackScatter {
  /// Gain and readout noise that explain the scatter at all levels.
  package struct Numbers: Sendable, Equatable {
    /// [electron/ADU]; nil where the known one holds.
    package let gain: Double?
    /// [ADU]; nil where the known one holds.
    package let readoutNoise: Double?
    /// Whether each of them alone explains it: levels that hardly differ do not tell which.
    package let isEither: Bool
  }

  /// Measured over known numbers that are taken to agree.
  private static let (sameGain, sameNoise) = (0.75...1.35, 0.85...1.2)
  /// Part by which the variance of a level may lie off: pixels of one light are sorted by their noise. What changes between
  /// exposures grows in another way with the light.
  private static let straight = 0.2
  /// Part by which the scatter must differ from what is known.
  private static let seen = 0.06
  /// Part of the variance by which the levels must make it differ to tell two numbers.
  private static let span = 0.3
  /// Scatter of pairs of exposures, one over another one, up to which they have the same noise.
  private static let even = 1.15
  /// Errors that make a number another one, and an error that makes it unknown.
  private static let (sure, unknown) = (5.0, 0.2)
  /// Error of a group's variance, as a part of it, of one pixel.
  private static let errorOfOne = 2.2
  /// Fewest levels of a line, and levels with photon noise that a gain needs.
  private static let (fewestLevels, fewestLit) = (5, 3)

  /// variance = readout + perSignal * level.
  private struct Line {
    var perSignal: Double
    var readout: Double
    var isGainFree = true
    var isReadoutFree = true
    /// The readout's variance that would do alone, where one number is all that is known; nil where both are.
    var onlyReadout: Double?
  }

  private typealias Levels = ArraySlice<(level: Double, variance: Double)>

  /// Other numbers than the known ones; nil where those hold, or where none explain what is seen.
  package func numbers(_ noise: StackNoise) -> Numbers? {
    let (gain, known) = (noise.typicalDetector.gain.typical, noise.typicalDetector.readoutNoise.typical)
    guard noise.isCommon, unevenness < Self.even, gain > 0, known > 0,
      let line = line(1 / gain, known * known)
    else { return nil }
    guard abs(ratio - 1) > Self.seen else { return nil }
    let isEither = line.onlyReadout != nil
    // One number is enough only where the noise contradicts by much.
    guard !isEither || !Self.accepted.contains(ratio) else { return nil }
    let (better, readoutNoise) = (1 / line.perSignal, max(0, line.onlyReadout ?? line.readout).squareRoot())
    let numbers = Numbers(
      gain: line.isGainFree && !Self.sameGain.contains(better / gain) ? better : nil,
      readoutNoise: line.isReadoutFree && readoutNoise > 0 && !Self.sameNoise.contains(readoutNoise / known)
        ? readoutNoise : nil, isEither: isEither)
    return numbers.gain == nil && numbers.readoutNoise == nil ? nil : numbers
  }

  /// nil where no line suits.
  private func line(_ perSignal: Double, _ readout: Double) -> Line? {
    // The darkest pixels are those whose middle value noise made low; on the brightest ones structure may change.
    let levels = variances.dropFirst()
    for left in 0...2 where levels.count - left >= Self.fewestLevels {
      let levels = levels.dropLast(left)
      guard let line = fitted(levels, perSignal, readout) else { continue }
      let isStraight = levels.allSatisfy { level, variance in
        abs(variance / (line.readout + line.perSignal * max(level, 0)) - 1) < Self.straight
      }
      if isStraight { return line }
    }
    return nil
  }

  /// The line by least squares; what the levels do not tell keeps its known value.
  private func fitted(_ levels: Levels, _ perSignal: Double, _ readout: Double) -> Line? {
    var sums = VarianceSums()
    for (level, variance) in levels {
      guard variance > 0 else { return nil }
      sums.add(level: level, variance: variance)
    }
    let (w, wl, wll, wv, wlv) = (sums.w, sums.wl, sums.wll, sums.wv, sums.wlv)
    let (determinant, error) = (sums.determinant, Self.errorOfOne / Double(groupSize).squareRoot())
    let all = levels.map { max($0.level, 0) }
    let span = ((all.max() ?? 0) - (all.min() ?? 0)) * wl / max(1e-300, wll)
    if determinant > 0, span > Self.span {
      let (slope, start) = ((w * wlv - wl * wv) / determinant, (wll * wv - wl * wlv) / determinant)
      let errors = (error * (w / determinant).squareRoot(), error * (wll / determinant).squareRoot())
      let lit = levels.count { slope * $0.level > 0.3 * max(0, start) }
      let isGainKnown = slope > 0 && errors.0 < Self.unknown * slope
      let isGainFree =
        isGainKnown && lit >= Self.fewestLit && abs(slope - perSignal) > Self.sure * errors.0
      if start > 0, errors.1 < Self.unknown * start, isGainKnown {
        return Line(
          perSignal: slope, readout: start, isGainFree: isGainFree,
          isReadoutFree: abs(start - readout) > Self.sure * errors.1)
      }
      // One other number is likelier than two.
      if isGainKnown, !isGainFree {
        let only = (wv - perSignal * wl) / w
        return only > 0
          ? Line(
            perSignal: perSignal, readout: only, isGainFree: false,
            isReadoutFree: abs(only - readout) > Self.sure * error / w.squareRoot()) : nil
      }
      if isGainKnown {
        let only = (wlv - readout * wl) / wll
        return only > 0 ? Line(perSignal: only, readout: readout, isReadoutFree: false) : nil
      }
    }
    // Levels that hardly differ tell one number.
    let start = (wv - perSignal * wl) / w
    guard perSignal * wl >= 0.3 * readout * w else {
      return start > 0 ? Line(perSignal: perSignal, readout: start, isGainFree: false) : nil
    }
    let slope = (wlv - readout * wl) / wll
    return slope > 0 ? Line(perSignal: slope, readout: readout, onlyReadout: start) : nil
  }
}
