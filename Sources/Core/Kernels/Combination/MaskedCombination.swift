/// Combines exposures with the masks of their cosmic rays (crmasks.md section 13).
///
/// A value holds what all methods share, so that several combinations cost little more than one.
package struct MaskedCombination: Sendable {
  /// Exposures with bias subtracted and divided by their flux factors [ADU].
  private let exposures: [Plane<Float>]
  private let planes: StackPlanes

  /// A combined image with its errors.
  package struct Result: Sendable {
    /// [ADU].
    package var image: Plane<Float>
    /// Variance of the exposures that were used (n - 1 in the denominator), 0 where a value was replaced.
    package var variance: Plane<Float>
    /// Exposures used in each pixel.
    package var map: Plane<Int16>
    /// Pixels of the mask that decided, and of those that had no exposure left (meancr).
    package var replaced: Int
    package var withoutData: Int
    /// Boxes of local-median pixels that held no other pixel.
    package var emptyBoxes: [LocalMedianPixel]
  }

  /// - Parameters:
  ///   - exposures: raw exposures, equal shapes, at least 2.
  ///   - fluxFactors: one for each exposure.
  /// - Throws: `CRSError.interrupted`.
  package init(exposures: [Plane<Float>], bias: DetectorValue, fluxFactors: [Double], work: Work) throws {
    self.exposures = try zip(exposures, fluxFactors).map { plane, factor in
      try Calibration.calibrated(plane, bias: bias, fluxFactor: factor, work: work)
    }
    planes = try StackPlanes(self.exposures, work: work)
  }

  /// - Parameters:
  ///   - masks: nil only for methods without masks.
  ///   - laMedian: replaces spoilt pixels instead of the minimum; in the scale of the combination [ADU].
  /// - Throws: `CRSError` (data) when masks are missing or have another shape.
  package func combined(
    _ method: CombinationMethod, masks: MaskSet? = nil, laMedian: Plane<Float>? = nil, work: Work
  ) throws -> Result {
    let count = Int16(clamping: exposures.count)
    let shape = planes.median.shape
    let base =
      switch method {
      case .mediancr, .median: planes.median
      case .meancrt, .meancr, .mean: planes.mean
      case .min: planes.minimum
      }
    var result = Result(
      image: base, variance: try Self.variance(of: exposures, mean: planes.mean, work: work),
      map: Plane(width: shape.width, height: shape.height, repeating: count),
      replaced: 0, withoutData: 0, emptyBoxes: [])
    guard method.usesMasks else { return result }
    guard let masks else { throw CRSError.usage("method \(method.rawValue) needs masks", parameter: "masks") }
    guard masks.shape == shape, masks.exposures.count == exposures.count else {
      throw CRSError.data(
        "the masks are for \(masks.exposures.count) exposures of \(masks.shape)", parameter: "masks",
        expected: "\(exposures.count) exposures of \(shape)")
    }
    let substitute = laMedian ?? planes.minimum
    switch method {
    case .mediancr: replace(masks.medianCR, by: substitute, in: &result)
    case .meancrt:
      replace(masks.meanCRT, by: planes.median, in: &result)
      for i in 0..<shape.count where masks.medianCR.plane.pixels[i] & masks.meanCRT.plane.pixels[i] != 0 {
        result.image.pixels[i] = substitute.pixels[i]
      }
    default: averageUnmasked(masks.exposures, substitute, in: &result)
    }
    LocalMedian.replace(masks.localMedians, in: &result.image, emptyBoxes: &result.emptyBoxes)
    return result
  }

  private func replace(_ mask: Mask, by substitute: Plane<Float>, in result: inout Result) {
    for i in 0..<mask.plane.count where mask.plane.pixels[i] != 0 {
      result.image.pixels[i] = substitute.pixels[i]
      result.variance.pixels[i] = 0
      result.map.pixels[i] = 1
      result.replaced += 1
    }
  }

  private func averageUnmasked(_ masks: [Mask], _ substitute: Plane<Float>, in result: inout Result) {
    let any = masks.dropFirst().reduce(masks[0]) { $0 | $1 }
    for i in 0..<any.plane.count where any.plane.pixels[i] != 0 {
      var sum: Float = 0
      var used = 0
      for (exposure, mask) in zip(exposures, masks) where mask.plane.pixels[i] == 0 {
        sum += exposure.pixels[i]
        used += 1
      }
      result.map.pixels[i] = Int16(clamping: used)
      result.variance.pixels[i] = 0
      result.replaced += 1
      guard used > 0 else {
        result.image.pixels[i] = substitute.pixels[i]
        result.withoutData += 1
        continue
      }
      let mean = sum / Float(used)
      result.image.pixels[i] = mean
      guard used > 1 else { continue }
      var squares: Float = 0
      for (exposure, mask) in zip(exposures, masks) where mask.plane.pixels[i] == 0 {
        squares += (exposure.pixels[i] - mean) * (exposure.pixels[i] - mean)
      }
      result.variance.pixels[i] = squares / Float(used - 1)
    }
  }

  /// Variance over all exposures; 0 for a single one.
  private static func variance(of exposures: [Plane<Float>], mean: Plane<Float>, work: Work) throws -> Plane<
    Float
  > {
    try Plane(width: mean.width, height: mean.height) { out in
      nonisolated(unsafe) let out = out
      let divisor = Float(max(1, exposures.count - 1))
      try work.forTiles(mean.count, size: 16384) { tile in
        for i in tile { out[i] = 0 }
        mean.pixels.withUnsafeBufferPointer { mean in
          for exposure in exposures {
            exposure.pixels.withUnsafeBufferPointer { values in
              for i in tile {
                let difference = values[i] - mean[i]
                out[i] += difference * difference
              }
            }
          }
        }
        for i in tile { out[i] /= divisor }
      }
    }
  }
}
