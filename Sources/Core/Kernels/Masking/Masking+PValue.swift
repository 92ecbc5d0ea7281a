/// Flags of the detector by probabilities, for the median and for each exposure.
struct PValueFlags {
  let result: PValueDetector.Result
  let singles: [PValueDetector.Single]
}

extension Masking {
  /// - Parameters:
  ///   - calibrated: bias subtracted, and divided by the flux factors if `isScaled` [ADU].
  ///   - lacosmic: detections on the median that may join.
  func judge(
    _ calibrated: [Plane<Float>], isScaled: Bool, cleanable: Mask, lacosmic: Mask?, withSingles: Bool = true
  ) throws -> PValueFlags {
    let factors = options.fluxFactors
    let scaled =
      isScaled || factors.allSatisfy { $0 == 1 }
      ? calibrated
      : try zip(calibrated, factors).map {
        try Calibration.calibrated($0, bias: .constant(0), fluxFactor: $1, work: work)
      }
    let judge = try PValueDetector(
      scaled, factors: factors, offsets: options.offsets, detector: detector, options: options.pvalue,
      work: work)
    let result = try judge.detect(
      allowed: cleanable, smallest: options.threshold ?? 0, largest: options.minimumMax2d,
      lacosmic: options.pvalue.vetoesLacosmic ? lacosmic : nil)
    return PValueFlags(result: result, singles: withSingles ? try judge.singles(allowed: cleanable) : [])
  }

  /// What the detector by probabilities says of a stack that the boundary will judge; nil under compatibility.
  func comparison(
    _ calibrated: [Plane<Float>], isScaled: Bool, cleanable: Mask
  ) throws -> PValueDetector.Summary? {
    guard options.detection == .boundary, options.method.usesMM, options.compatibility == nil else {
      return nil
    }
    return try judge(
      calibrated, isScaled: isScaled, cleanable: cleanable, lacosmic: nil, withSingles: false
    ).result.summary
  }
}
