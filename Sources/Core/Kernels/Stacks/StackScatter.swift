/// How much exposures differ from each other over what gain and readout noise make expect: the median difference of
/// pairs, which neither structure nor cosmic rays touch much.
package struct StackScatter: Sendable, Equatable {
  /// Measured over expected standard deviation; 1 where the noise model holds.
  package let ratio: Double
  /// Level of the pixels that were compared [ADU], their scatter and what was expected [ADU].
  package let level: Double
  package let measured: Double
  package let expected: Double

  /// Pixels that are looked at, at most, and fewest that tell anything.
  private static let (sample, fewest) = (10_000, 500)

  /// Ratios within which nothing is wrong that false alarms would show badly.
  package static let accepted = 0.6...1.45

  /// nil where too few pixels can be compared.
  ///
  /// - Parameters:
  ///   - exposures: on one scale [ADU], at least 2; NaN where a value does not count.
  ///   - median: of the same.
  ///   - dark: only pixels whose photons make less noise than the readout.
  package init?(_ exposures: [Plane<Float>], median: Plane<Float>, noise: StackNoise, dark: Bool = false) {
    let n = exposures.count
    guard n >= 2 else { return nil }
    // A step that shares no divisor with usual widths, so that no column is favoured.
    let step = max(1, median.count / Self.sample) | 1
    var (ratios, levels, squares): ([Float], [Float], [Float]) = ([], [], [])
    for i in stride(from: 0, to: median.count, by: step) {
      let level = median.pixels[i]
      guard level.isFinite else { continue }
      let (perSignal, readout) = noise[0].at(i)
      if dark, level * perSignal >= readout { continue }
      for k in 0..<(n == 2 ? 1 : n) {
        let other = (k + 1) % n
        let difference = exposures[k].pixels[i] - exposures[other].pixels[i]
        guard difference.isFinite else { continue }
        let own = noise[k].at(i).readout
        let square = 2 * max(level, 0) * perSignal + own + noise[other].at(i).readout
        ratios.append(abs(difference) / max(1e-12, square).squareRoot())
        levels.append(level)
        squares.append(square / 2)
      }
    }
    guard ratios.count >= Self.fewest else { return nil }
    func middle(_ values: inout [Float]) -> Double {
      values.sort()
      return Double(values.upperMiddle ?? .nan)
    }
    // Half of all normal values lie within 0.6745 standard deviations.
    ratio = middle(&ratios) / 0.6745
    level = middle(&levels)
    expected = middle(&squares).squareRoot()
    measured = ratio * expected
  }

  /// Readout noise that explains the scatter of two exposures where the known one is too small by so much that false
  /// alarms would show it.
  package struct Raised: Sendable, Equatable {
    /// Known and measured readout noise [ADU].
    package let assumed: Double
    package let measured: Double
  }

  /// More than this much scatter is no chance.
  private static let noisy = 1.06

  /// The noise with as much readout noise as the scatter asks for; nil where it is known well enough.
  package func raised(_ noise: StackNoise) -> (noise: StackNoise, raised: Raised)? {
    let assumed = noise.typicalDetector.readoutNoise.typical
    guard ratio > Self.noisy, ratio.isFinite, assumed > 0 else { return nil }
    let measured = (assumed * assumed + measured * measured - expected * expected).squareRoot()
    return (noise.scaled(by: measured / assumed), Raised(assumed: assumed, measured: measured))
  }
}
