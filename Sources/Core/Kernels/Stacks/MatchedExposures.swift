/// Exposures made comparable: the bias subtracted, levels matched by the ratio of their gains, and NaN where a value
/// does not count.
///
/// The unit is that of the first exposure; in it all exposures have its gain, and each its own readout noise. Combinations
/// beside single exposures keep level and gain.
package struct MatchedExposures: Sendable {
  /// One for each exposure [ADU]; NaN is the only value that is not finite.
  package let planes: [Plane<Float>]
  /// In the unit of the planes.
  package let noise: StackNoise
  /// What levels were multiplied by: gain over that of the first exposure; 1 for one detector.
  package let gainRatios: [DetectorValue]
  /// Levels that the same sky has, relative to the first exposure: rates of unlike exposure times become the counts of
  /// the first one's time, so that photons are counted as they came; 1 otherwise.
  package let levels: [Double]
  /// Whether any value is NaN.
  package let hasMasked: Bool

  /// - Parameter exposures: at least one, equal shapes.
  /// - Throws: `CRSError.interrupted`.
  package init(_ exposures: [ExposurePlanes], work: Work) throws {
    let first = exposures[0].detector
    let isCommon = exposures.haveOneDetector || !exposures.allSatisfy(\.knowsNoise)
    // A combination beside single exposures has their level, and a gain of its own.
    let haveLevelsOfGains = exposures.allSatisfy { $0.combined == exposures[0].combined }
    let ratios = exposures.map {
      isCommon || !haveLevelsOfGains ? DetectorValue.constant(1) : $0.detector.gain.combined(first.gain, /)
    }
    var masked = false
    planes = try zip(exposures, ratios).map { exposure, ratio in
      let level = try Calibration.calibrated(exposure.pixels, bias: exposure.detector.bias, work: work)
      let matched = ratio == .constant(1) ? level : try Self.product(level, ratio, work)
      guard let gaps = try Self.gaps(in: matched, mask: exposure.mask, work) else { return matched }
      masked = true
      return gaps
    }
    gainRatios = ratios
    levels = exposures.map { isCommon ? 1 : $0.level / exposures[0].level }
    hasMasked = masked
    noise =
      isCommon
      ? StackNoise([Detector(gain: first.gain, readoutNoise: first.readoutNoise)])
      : StackNoise(
        zip(exposures, ratios).map { exposure, ratio in
          Detector(
            gain: haveLevelsOfGains ? first.gain : exposure.detector.gain,
            readoutNoise: exposure.detector.readoutNoise.combined(ratio, *))
        })
  }

  init(
    planes: [Plane<Float>], noise: StackNoise, gainRatios: [DetectorValue], levels: [Double]? = nil,
    hasMasked: Bool
  ) {
    (self.planes, self.noise, self.gainRatios) = (planes, noise, gainRatios)
    self.levels = levels ?? planes.map { _ in 1 }
    self.hasMasked = hasMasked
  }

  package var shape: Shape { planes[0].shape }
  /// Whether the same sky has unlike levels in them.
  package var hasLevels: Bool { levels.contains { $0 != 1 } }

  /// What the planes are divided by so that the exposures, each divided by its relative flux, are on one scale.
  ///
  /// - Parameter fluxFactors: of the exposures as they were read.
  package func divisors(_ fluxFactors: [Double]) -> [Double] { zip(fluxFactors, levels).map { $0 * $1 } }

  /// What values as they were read, bias subtracted, are divided by in all where their planes are divided by numbers.
  package func totalDivisors(_ divisors: [Double]) -> [DetectorValue] {
    zip(divisors, gainRatios).map { divisor, ratio in DetectorValue.constant(divisor).combined(ratio, /) }
  }

  /// The exposures divided by what `divisors` makes of their relative flux; their noise stays that of the exposures.
  ///
  /// - Throws: `CRSError.interrupted`.
  package func divided(by factors: [Double], work: Work) throws -> [Plane<Float>] {
    try zip(planes, factors).map {
      try Calibration.calibrated($0, bias: .constant(0), fluxFactor: $1, work: work)
    }
  }

  /// The exposures without what each has more of sky than the others, whose photons stay in its noise.
  ///
  /// - Parameter skies: one for each exposure [ADU]; empty for none.
  /// - Throws: `CRSError.interrupted`.
  package func without(skies: [Double], work: Work) throws -> MatchedExposures {
    guard skies.count == planes.count, skies.contains(where: { $0 != 0 }) else { return self }
    let bare = try zip(planes, skies).map {
      $1 == 0 ? $0 : try Calibration.calibrated($0, bias: .constant($1), work: work)
    }
    // Less than shows leaves one noise for all.
    let detector = noise.typicalDetector
    let dark = detector.readoutNoise.typical * detector.readoutNoise.typical
    let photons = (skies.map { abs($0) }.max() ?? 0) / max(1e-12, detector.gain.typical)
    guard photons > 0.05 * dark else {
      return MatchedExposures(
        planes: bare, noise: noise, gainRatios: gainRatios, levels: levels, hasMasked: hasMasked)
    }
    let detectors = skies.enumerated().map { k, sky in
      let own = noise.detector(k)
      return Detector(
        gain: own.gain,
        readoutNoise: own.readoutNoise.combined(own.gain) { r, gain in
          max(0, r * r + sky / max(1e-12, gain)).squareRoot()
        })
    }
    return MatchedExposures(
      planes: bare, noise: StackNoise(detectors), gainRatios: gainRatios, levels: levels, hasMasked: hasMasked
    )
  }

  /// Some of the exposures, from 0; at least one.
  func chosen(_ exposures: [Int]) -> MatchedExposures {
    MatchedExposures(
      planes: exposures.map { planes[$0] },
      noise: noise.isCommon ? noise : StackNoise(exposures.map { noise.detector($0) }),
      gainRatios: exposures.map { gainRatios[$0] }, levels: exposures.map { levels[$0] }, hasMasked: hasMasked
    )
  }

  /// Exposures that have none of the light that the others share, from 0, and a text for each.
  ///
  /// - Throws: `CRSError.interrupted`.
  package func unlit(work: Work) throws -> (exposures: [Int], texts: [String]) {
    let levels = StackLevels(planes, planes: try StackPlanes(planes, work: work), noise: noise)
    return (levels.unlit, levels.texts(of: levels.unlit))
  }

  /// The same with other noise.
  func replacing(noise: StackNoise) -> MatchedExposures {
    MatchedExposures(
      planes: planes, noise: noise, gainRatios: gainRatios, levels: levels, hasMasked: hasMasked)
  }

  /// The part inside a section, which must lie inside the exposures.
  func inside(_ section: Section) -> MatchedExposures {
    MatchedExposures(
      planes: planes.map { $0[section] }, noise: noise.inside(section),
      gainRatios: gainRatios.map { $0.inside(section) }, levels: levels, hasMasked: hasMasked)
  }

  private static func product(
    _ plane: Plane<Float>, _ ratio: DetectorValue, _ work: Work
  ) throws -> Plane<Float> {
    try plane.pixels.withUnsafeBufferPointer { source in
      nonisolated(unsafe) let source = source
      return try .byRows(plane.shape, work: work) { y, row in
        let start = y * plane.width
        for x in 0..<plane.width { row[x] = Float(Double(source[start + x]) * ratio.value(at: start + x)) }
      }
    }
  }

  /// The plane with NaN where a value does not count; nil where all of them do.
  private static func gaps(in plane: Plane<Float>, mask: Mask?, _ work: Work) throws -> Plane<Float>? {
    let isMasked = mask.map { $0.plane.pixels.contains { $0 != 0 } } ?? false
    if !isMasked, try plane.isFinite(work: work) { return nil }
    let (width, shape) = (plane.width, plane.shape)
    return try plane.pixels.withUnsafeBufferPointer { source in
      try (mask?.plane.pixels ?? []).withUnsafeBufferPointer { flags in
        nonisolated(unsafe) let (source, flags) = (source, flags)
        let hasFlags = !flags.isEmpty
        return try Plane<Float>.byRows(shape, work: work) { y, row in
          for x in 0..<width {
            let value = source[y * width + x]
            // A difference of a value from itself is 0 only where the value is finite.
            let counts = value - value == 0 && !(hasFlags && flags[y * width + x] != 0)
            row[x] = counts ? value : .nan
          }
        }
      }
    }
  }
}
