/// Combines exposures with the masks of their cosmic rays.
///
/// Values that are masked or not finite count nowhere. A value holds what all methods share, so that several
/// combinations cost little more than one.
package struct MaskedCombination: Sendable {
  /// Exposures with bias subtracted, levels matched by their gains, divided by their flux factors [ADU].
  let exposures: [Plane<Float>]
  /// The same in double precision; nil where single precision holds all that was read.
  let exact: ExactExposures?
  let planes: StackPlanes
  let noise: CombinationNoise
  let masks: MaskSet?

  /// A combined image with its errors.
  package struct Result: Sendable {
    /// In the unit of the first exposure [ADU]; NaN where no value is left.
    package var image: Plane<Float>
    /// The same in double precision; nil unless the exposures have it.
    package var exactImage: Plane<Double>?
    /// Variance of the image's pixels [ADU^2], above 0; NaN where nothing tells it.
    package var variance: Plane<Float>
    /// Values that each pixel is made of: 1 where one value replaces the others.
    package var map: Plane<Int16>
    /// Pixels without any value; nil for none.
    package var empty: Mask?
    /// Pixels of the mask that decided, and of those that had no exposure left (meancr).
    package var replaced: Int
    package var withoutData: Int
    /// Boxes of local-median pixels that held no other pixel.
    package var emptyBoxes: [LocalMedianPixel]
  }

  /// - Parameters:
  ///   - exposures: equal shapes, at least 2.
  ///   - matched: what `MatchedExposures` makes of them; nil: made here.
  ///   - masks: of their cosmic rays; what they leave out counts nowhere either. Nil for methods without masks.
  ///   - fluxFactors: one for each exposure.
  ///   - skies: taken off before, one for each exposure [ADU]; empty for none.
  ///   - exact: the exposures as they were read, where single precision does not hold them; empty otherwise.
  /// - Throws: `CRSError`: data when the masks have another shape or number; interrupted.
  package init(
    _ exposures: [ExposurePlanes], matched: MatchedExposures? = nil, masks: MaskSet?, fluxFactors: [Double],
    skies: [Double] = [], exact: [Plane<Double>] = [], work: Work
  ) throws {
    let shape = exposures[0].shape
    if let masks {
      guard masks.shape == shape, masks.exposures.count == exposures.count else {
        throw CRSError.data(
          "the masks are for \(masks.exposures.count) exposures of \(masks.shape)", parameter: "masks",
          expected: "\(exposures.count) exposures of \(shape)")
      }
    }
    let matched = try (matched ?? MatchedExposures(exposures, work: work)).without(skies: skies, work: work)
    var scaled = try matched.divided(by: fluxFactors, work: work)
    for (k, mask) in (masks?.leftOut ?? []).enumerated() where scaled.indices.contains(k) {
      scaled[k].leaveOut(mask)
    }
    self.exposures = scaled
    self.masks = masks
    planes = try StackPlanes(scaled, work: work)
    let deviations = try exposures.indices.map { k in
      try exposures[k].deviation.map { plane in
        guard case .constant(let ratio) = matched.gainRatios[k] else { return plane }
        return try Calibration.calibrated(
          plane, bias: .constant(0), fluxFactor: fluxFactors[k] / ratio, work: work)
      }
    }
    self.exact =
      exact.isEmpty
      ? nil
      : try ExactExposures(
        exact, as: scaled, of: exposures, ratios: matched.gainRatios, skies: skies, factors: fluxFactors,
        work: work)
    noise = CombinationNoise(
      self.exact?.distances ?? scaled, factors: fluxFactors, deviations: deviations,
      noise: exposures.allSatisfy(\.knowsNoise) ? matched.noise : nil)
  }

  /// - Parameters:
  ///   - laMedian: replaces spoilt pixels instead of the minimum; in the scale of the combination [ADU].
  /// - Throws: `CRSError`: usage when the method needs masks that are not there; interrupted.
  package func combined(
    _ method: CombinationMethod, laMedian: Plane<Float>? = nil, variance source: VarianceSource = .noise,
    work: Work
  ) throws -> Result {
    let count = Int16(clamping: exposures.count)
    let shape = planes.median.shape
    let base =
      switch method {
      case .mediancr, .median: planes.median
      case .meancrt, .meancr, .mean: planes.mean
      case .min: planes.minimum
      }
    let map = planes.used ?? Plane(width: shape.width, height: shape.height, repeating: count)
    var result = Result(
      image: base, variance: base, map: map, replaced: 0, withoutData: 0, emptyBoxes: [])
    var kinds = Plane<UInt8>(width: shape.width, height: shape.height, repeating: 0)
    if method.usesMasks {
      guard let masks else {
        throw CRSError.usage("method \(method.rawValue) needs masks", parameter: "masks")
      }
      let substitute = laMedian ?? planes.minimum
      switch method {
      case .mediancr: replace(masks.medianCR, by: substitute, .replaced, in: &result, &kinds)
      case .meancrt:
        replace(masks.meanCRT, by: planes.median, .median, in: &result, &kinds)
        // A median is made of all values; numina counts it as one.
        if source != .numina { result.map = map }
        for i in 0..<shape.count
        where masks.medianCR.plane.pixels[i] & masks.meanCRT.plane.pixels[i] != 0 && result.map.pixels[i] > 0
        {
          result.image.pixels[i] = substitute.pixels[i]
          kinds.pixels[i] = PixelKind.replaced.rawValue
          result.map.pixels[i] = 1
        }
      default: averageUnmasked(masks.exposures, substitute, in: &result, &kinds)
      }
      dropLost(masks, laMedian, in: &result, kinds)
      LocalMedian.replace(masks.localMedians, in: &result.image, emptyBoxes: &result.emptyBoxes)
    }
    if let exact {
      let values = try exact.image(of: result, method, kinds, masks: masks, laMedian: laMedian, work: work)
      (result.exactImage, result.image) = (values, values.map { Float($0) })
    }
    result.variance =
      try source == .numina
      ? scatterOfExposures(kinds, work: work) : variance(of: result, method, kinds, source, work: work)
    if planes.used != nil {
      let empty = Mask(plane: result.image.map { $0.isFinite ? 0 : 1 })
      result.empty = empty.flagged > 0 ? empty : nil
    }
    return result
  }

  /// What a pixel of a combination is.
  enum PixelKind: UInt8 {
    /// What its method makes of all its values.
    case plain
    /// One value, or what stands for it.
    case replaced
    /// The median of its values.
    case median
    /// The mean of the values that are not hit.
    case unmasked
  }

  private func replace(
    _ mask: Mask, by substitute: Plane<Float>, _ kind: PixelKind, in result: inout Result,
    _ kinds: inout Plane<UInt8>
  ) {
    for i in 0..<mask.plane.count where mask.plane.pixels[i] != 0 && result.map.pixels[i] > 0 {
      result.image.pixels[i] = substitute.pixels[i]
      kinds.pixels[i] = kind.rawValue
      result.map.pixels[i] = 1
      result.replaced += 1
    }
  }

  /// Where values are missing, those that are left may all be hits: such a pixel has none, unless L.A.Cosmic's median
  /// stands for it. A hit in all of a full stack keeps its smallest value.
  private func dropLost(
    _ masks: MaskSet, _ laMedian: Plane<Float>?, in result: inout Result, _ kinds: Plane<UInt8>
  ) {
    guard let used = planes.used else { return }
    for i in 0..<used.count where kinds.pixels[i] != PixelKind.plain.rawValue || used.pixels[i] == 1 {
      let count = Int(used.pixels[i])
      guard count > 0, count < exposures.count else { continue }
      let isLost = exposures.indices.allSatisfy {
        masks.exposures[$0].plane.pixels[i] != 0 || !exposures[$0].pixels[i].isFinite
      }
      guard isLost else { continue }
      if let laMedian, laMedian.pixels[i].isFinite {
        result.image.pixels[i] = laMedian.pixels[i]
      } else {
        result.image.pixels[i] = .nan
      }
      result.map.pixels[i] = 0
    }
  }

  private func averageUnmasked(
    _ masks: [Mask], _ substitute: Plane<Float>, in result: inout Result, _ kinds: inout Plane<UInt8>
  ) {
    let any = masks.dropFirst().reduce(masks[0]) { $0 | $1 }
    for i in 0..<any.plane.count where any.plane.pixels[i] != 0 && result.map.pixels[i] > 0 {
      var sum: Float = 0
      var used = 0
      for (exposure, mask) in zip(exposures, masks)
      where mask.plane.pixels[i] == 0 && exposure.pixels[i].isFinite {
        sum += exposure.pixels[i]
        used += 1
      }
      result.map.pixels[i] = Int16(clamping: used)
      result.replaced += 1
      kinds.pixels[i] = PixelKind.unmasked.rawValue
      guard used > 0 else {
        result.image.pixels[i] = substitute.pixels[i]
        kinds.pixels[i] = PixelKind.replaced.rawValue
        result.withoutData += 1
        continue
      }
      result.image.pixels[i] =
        sum.isFinite ? sum / Float(used) : Self.wideMean(exposures, masks, i)
    }
  }
}

extension MaskedCombination {
  /// The mean of the values that no mask flags, where their sum is too large for its type.
  private static func wideMean(_ exposures: [Plane<Float>], _ masks: [Mask], _ i: Int) -> Float {
    var (sum, used) = (0.0, 0.0)
    for (exposure, mask) in zip(exposures, masks)
    where mask.plane.pixels[i] == 0 && exposure.pixels[i].isFinite {
      sum += Double(exposure.pixels[i])
      used += 1
    }
    return Float(sum / used)
  }
}
