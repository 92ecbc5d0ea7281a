/// The noise of exposures of which nothing is known but their errors, in a form that every detector takes: gain and
/// readout noise.
///
/// A hit raises its own error, so that the smallest variance of the exposures is the noise of a pixel. Its part that
/// grows with the level is taken for photons: the gain is such that no pixel has more of it than its variance, and what
/// is left of the variance is readout noise, pixel by pixel. So the noise at each pixel's level is that of the errors,
/// and its tail that of so many photons.
package struct ErrorNoise {
  /// One for each exposure, with one gain [1/unit]; the same one for all where their errors agree.
  let detectors: [Detector]
  /// Pixels whose errors are all NaN or infinite, and those around them too: they cannot be judged; nil for none.
  let unjudged: Mask?

  /// Ratios of variances that agree.
  private static let agreeing = 0.95...1.05
  /// Part of a variance that is readout noise at least.
  private static let least: Float = 0.02
  /// Levels that tell how many photons there are [deviations].
  private static let lit: Float = 5
  /// Pixels that are looked at for ratios, at most.
  private static let sample = 200_000
  /// Typical deviations that detectors, which know ADU and electrons, take as they are.
  private static let usual = 0.5...1e4

  /// - Parameter exposures: all with errors, equal shapes, at least one.
  /// - Throws: `CRSError`: data where no error is known, interrupted.
  init(_ exposures: [ExposurePlanes], work: Work) throws {
    let deviations = exposures.compactMap(\.deviation)
    let scales = Self.scales(deviations)
    let (known, level) = try Self.smallest(exposures, deviations, scales, work)
    guard known.pixels.contains(where: \.isFinite) else {
      throw CRSError.data(
        "the errors of the exposures are nowhere known", parameter: "gain",
        expected: "errors above 0, or gain= and rnoise=")
    }
    let perLevel = Self.photons(known, level)
    let variance = Self.completed(known, level: level)
    let unknown = Mask(plane: variance.map { $0.isNaN ? 1 : 0 })
    unjudged = unknown.flagged > 0 ? unknown : nil
    detectors = try Self.made(exposures, variance, level, perLevel, scales, work)
  }

  /// The variance with that of equally bright pixels where it is not known: the readout noise of most pixels, and the
  /// photons of the level; NaN where there is no level, and everywhere where no variance is known.
  ///
  /// - Parameters:
  ///   - variance: NaN where it is not known.
  ///   - level: without bias, of the same shape; NaN for none.
  package static func completed(_ variance: Plane<Float>, level: Plane<Float>) -> Plane<Float> {
    guard variance.pixels.contains(where: \.isNaN) else { return variance }
    let perLevel = photons(variance, level)
    let step = max(1, variance.count / sample) | 1
    let dark = stride(from: 0, to: variance.count, by: step).compactMap { i -> Float? in
      let square = variance.pixels[i]
      return square.isFinite ? max(square - max(level.pixels[i], 0) * perLevel, least * square) : nil
    }
    guard let readout = rank(0.5, of: dark) else { return variance }
    var out = variance
    for i in 0..<out.count where out.pixels[i].isNaN && level.pixels[i].isFinite {
      out.pixels[i] = readout + max(level.pixels[i], 0) * perLevel
    }
    return out
  }

  /// A power of two that makes the errors some units large; 1 where they are, or where none is known.
  static func scale(_ deviation: Plane<Float>) -> Double {
    let step = max(1, deviation.count / sample) | 1
    let known = stride(from: 0, to: deviation.count, by: step).map { deviation.pixels[$0] }
      .filter { $0 > 0 && $0 < .infinity }
    guard let typical = rank(0.5, of: known).map({ Double($0) }), !usual.contains(typical) else { return 1 }
    return Double(sign: .plus, exponent: min(120, max(-120, 3 - typical.exponent)), significand: 1)
  }

  /// The variance of each exposure relative to the first one.
  private static func scales(_ deviations: [Plane<Float>]) -> [Double] {
    let first = deviations[0]
    let step = max(1, first.count / sample) | 1
    let found = deviations.map { plane -> Double in
      var ratios: [Float] = []
      for i in stride(from: 0, to: first.count, by: step) {
        let ratio = plane.pixels[i] / first.pixels[i]
        if ratio > 0, ratio < .infinity { ratios.append(ratio * ratio) }
      }
      return Double(rank(0.5, of: ratios) ?? 1)
    }
    return found.allSatisfy(agreeing.contains) ? found.map { _ in 1 } : found
  }

  /// The smallest variance of each pixel in units of the first exposure, and the value that has it; where no error is
  /// known the median of those around, NaN where there is none either.
  private static func smallest(
    _ exposures: [ExposurePlanes], _ deviations: [Plane<Float>], _ scales: [Double], _ work: Work
  ) throws -> (variance: Plane<Float>, level: Plane<Float>) {
    let shape = exposures[0].shape
    var variance = Plane<Float>(width: shape.width, height: shape.height, repeating: .nan)
    var level = Plane<Float>(width: shape.width, height: shape.height, repeating: .nan)
    for (k, exposure) in exposures.enumerated() {
      try work.checkCancelled()
      let (scale, bias) = (Float(scales[k]), exposure.detector.bias)
      for i in 0..<shape.count {
        let (value, deviation) = (exposure.pixels.pixels[i], deviations[k].pixels[i])
        guard value.isFinite, deviation > 0, deviation < .infinity,
          exposure.mask.map({ $0.plane.pixels[i] == 0 }) ?? true
        else { continue }
        let square = deviation * deviation / scale
        if variance.pixels[i].isNaN || square < variance.pixels[i] {
          variance.pixels[i] = square
          level.pixels[i] = value - Float(bias.value(at: i))
        }
      }
    }
    if variance.pixels.contains(where: \.isNaN) {
      // The lowest value is the level of a pixel whose errors are 0 or negative: nobody calculated them. Those that are not
      // finite say that nothing is known.
      for exposure in exposures {
        let bias = exposure.detector.bias
        for i in 0..<shape.count
        where variance.pixels[i].isNaN && exposure.mask.map({ $0.plane.pixels[i] == 0 }) ?? true
          && exposure.deviation?.pixels[i].isFinite ?? false
        {
          let value = exposure.pixels.pixels[i] - Float(bias.value(at: i))
          if value.isFinite, !(level.pixels[i] <= value) { level.pixels[i] = value }
        }
      }
      let around = try MedianWindow(rows: 5, columns: 5).filtered(variance, work: work)
      for i in 0..<shape.count where variance.pixels[i].isNaN {
        variance.pixels[i] = around.pixels[i]
        if !around.pixels[i].isNaN, level.pixels[i].isNaN { level.pixels[i] = 0 }
      }
    }
    return (variance, level)
  }

  /// The variance that each unit of level brings: nowhere more than the variance of a pixel, but for a few.
  private static func photons(_ variance: Plane<Float>, _ level: Plane<Float>) -> Float {
    var (bright, all): ([Float], [Float]) = ([], [])
    let step = max(1, variance.count / sample) | 1
    for i in stride(from: 0, to: variance.count, by: step) where variance.pixels[i] > 0 {
      let deviation = variance.pixels[i].squareRoot()
      if level.pixels[i] > lit * deviation { bright.append(variance.pixels[i] / level.pixels[i]) }
      all.append(deviation)
    }
    // Without light the readout noise is that of some electrons.
    let dark = (rank(0.5, of: all) ?? 1) * 0.2
    guard let usual = rank(0.5, of: bright), let least = rank(0.001, of: bright) else { return dark }
    return max(least, 1e-4 * usual)
  }

  private static func made(
    _ exposures: [ExposurePlanes], _ variance: Plane<Float>, _ level: Plane<Float>, _ perLevel: Float,
    _ scales: [Double], _ work: Work
  ) throws -> [Detector] {
    let shape = variance.shape
    // What has no value at all has some noise or other.
    let typical = rank(0.5, of: variance.pixels.filter(\.isFinite)) ?? 1
    func readout(_ scale: Float) throws -> DetectorValue {
      .plane(
        try .byRows(shape, work: work) { y, row in
          for x in 0..<shape.width {
            let i = y * shape.width + x
            let light = level.pixels[i].isNaN ? 0 : max(level.pixels[i], 0)
            let square = variance.pixels[i].isFinite ? variance.pixels[i] * scale : typical * scale
            row[x] = max(square - light * perLevel, least * square).squareRoot()
          }
        })
    }
    let isCommon = Set(scales).count == 1
    let first = isCommon ? try readout(1) : nil
    return try zip(exposures, scales).map { exposure, scale in
      Detector(
        gain: .constant(1 / Double(perLevel)), readoutNoise: try first ?? readout(Float(scale)),
        bias: exposure.detector.bias)
    }
  }

  /// The value below which a part of the values lies; nil without any.
  private static func rank(_ part: Double, of values: [Float]) -> Float? {
    guard !values.isEmpty else { return nil }
    return values.sorted()[min(values.count - 1, Int(part * Double(values.count)))]
  }
}

extension [ExposurePlanes] {
  /// The exposures with the noise of their errors: the smallest variance of each pixel.
  ///
  /// - Parameter scales: whether values far smaller or larger than counts are multiplied by a power of two (`scale`).
  /// - Throws: `CRSError`: data where errors are missing or nowhere known; interrupted.
  package func withNoiseOfErrors(scales: Bool = true, work: Work) throws -> [ExposurePlanes] {
    guard !isEmpty, allSatisfy({ $0.deviation != nil }) else {
      throw CRSError.data(
        "not all exposures have errors", parameter: "gain", expected: "gain= and rnoise=")
    }
    let scale = scales ? self[0].deviation.map { ErrorNoise.scale($0) } ?? 1 : 1
    let scaled = scale == 1 ? self : map { $0.multiplied(by: scale) }
    let noise = try ErrorNoise(scaled, work: work)
    return zip(scaled, noise.detectors).map { exposure, detector in
      var out = exposure
      (out.detector, out.knowsNoise, out.isNoiseOfErrors) = (detector, true, true)
      if let unjudged = noise.unjudged { out.mask = out.mask.map { $0 | unjudged } ?? unjudged }
      return out
    }
  }
}
