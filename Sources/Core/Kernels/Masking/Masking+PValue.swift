/// Flags of the detector by probabilities, for the median and for each exposure.
struct PValueFlags {
  let result: PValueDetector.Result
  let singles: [PValueDetector.Single]
  /// What was judged: the exposures without small changes of their sources.
  let exposures: [Plane<Float>]
}

extension Masking {
  /// - Parameter lacosmic: detections on the median that may join.
  func judge(
    _ stack: ExaminedStack, cleanable: Mask, lacosmic: Mask?, withSingles: Bool = true
  ) throws -> PValueFlags {
    let judge = try PValueDetector(
      stack.common, factors: options.fluxFactors, offsets: options.offsets, noise: stack.noise,
      options: options.pvalue, work: work)
    let result = try judge.detect(
      allowed: cleanable, smallest: options.threshold ?? 0, largest: options.minimumMax2d,
      lacosmic: options.pvalue.vetoesLacosmic ? lacosmic : nil)
    return PValueFlags(
      result: result, singles: withSingles ? try judge.singles(allowed: cleanable) : [],
      exposures: judge.exposures)
  }

  /// What the detector by probabilities says of a stack that the boundary will judge; nil under compatibility.
  func comparison(_ stack: ExaminedStack, cleanable: Mask) throws -> PValueDetector.Summary? {
    guard options.detection == .boundary, options.method.usesMM, options.compatibility == nil else {
      return nil
    }
    return try judge(stack, cleanable: cleanable, lacosmic: nil, withSingles: false).result.summary
  }
}
