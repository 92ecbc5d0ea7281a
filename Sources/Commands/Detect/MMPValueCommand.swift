import Calling
import Files
import Kernels
import Pipeline

/// `mmpvalue`: the detector that knows its false alarms.
struct MMPValueCommand: Command {
  static let info = CommandInfo(
    "mmpvalue", "Flag contaminated medians by p-value under the noise model", family: .detect,
    results: [
      .result("pvalue", .image, "-log10 of the p-value of each pixel, 0 where it is clearly noise"),
      .result("mask", .mask, "contaminated pixels"),
    ],
    examples: ["pvalue, mask = mmpvalue (simulate nx=120 ny=100 seed=1)"],
    discussion: [
      "far is the expected number of false alarms in the whole image. docs/detector.md explains the method and its "
        + "limits. Flux factors and offsets are those of fluxfactor and offsets.",
      "For two exposures the mask contains pixels hit in either, with far false alarms in each of them; crmasks "
        + "says which. crs fits what changes smoothly between the two first (scale).",
    ], memory: MemoryNeed(perPixel: 8, perValue: 4))

  @Parameter("stack of at least 2 exposures", positional: true) var stack: Stack
  @SettingsParameters(only: [
    "far", "pmax", "hysteresis", "prior", "prior_box", "mismatch", "flux_factor", "flux_factor_regions",
    "xy_offsets", "crosscorr_region", "crosscorr_max", "threshold", "minimum_max2d_rnoise",
  ]) var given
  @DetectorParameters var detectors

  @Parameter(
    "pair: axis along which smooth changes are fitted; auto: both, the better one first"
  )
  var scale = SmoothChanges.Axes.auto

  func run(_ context: CommandContext) throws -> CommandResult {
    if stack.count == 1 {
      throw CRSError.data(
        "1 exposure in the stack", parameter: "stack", expected: "at least 2 equivalent exposures",
        hint: "lacosmic finds cosmic rays in one exposure")
    }
    var settings = given
    try settings.check(exposures: stack.count)
    let found = try detectors.lookup(stack)
    let isExplained = try context.tell(found, of: stack, detectors.trim)
    let planes = try stack.planes(found, trims: detectors.trim == .header, work: context.work)
    let matched = try MatchedExposures(planes, work: context.work)
    let options = try settings.registered(matched, context)
    let pair = try FollowedPair(
      matched.divided(by: options.fluxFactors, work: context.work), offsets: options.offsets,
      factors: options.fluxFactors, noise: matched.noise, axes: scale,
      measuresNoise: !planes[0].isNoiseOfErrors, work: context.work)
    if let changes = pair.changes { PairReport.lines(changes).forEach(context.report) }
    if let raised = pair.raised { context.note(PairReport.note(raised)) }
    let exposures = try withoutLowValues(pair, factors: options.fluxFactors, context)
    let detector = try PValueDetector(
      exposures, factors: options.fluxFactors, offsets: options.offsets, noise: pair.noise,
      options: options.pvalue, work: context.work)
    let (score, mask) = try judged(
      detector, options, scale: planes[0].scale, (found.common?.readoutNoise.typical, isExplained), context)
    let image = stack.exposures[0].calculated(
      score, by: .other("a map of probabilities"), uncertainty: nil, unit: .none)
    return CommandResult([.image(image), .mask(stack.exposures[0].owning(mask))], resolved: found.resolved)
  }

  /// Drop-outs would make the good values look like hits.
  private func withoutLowValues(
    _ pair: FollowedPair, factors: [Double], _ context: CommandContext
  ) throws -> [Plane<Float>] {
    let low = try LowValues(
      in: pair.exposures, factors: factors, noise: pair.noise,
      planes: StackPlanes(pair.exposures, work: context.work), work: context.work
    ).joined(with: pair.low)
    StackReport.low(low.low, undecided: low.undecided).forEach(context.note)
    return low.without(pair.exposures)
  }

  private func judged(
    _ detector: PValueDetector, _ options: MaskingOptions, scale: Double,
    _ known: (readoutNoise: Double?, isExplained: Bool), _ context: CommandContext
  ) throws -> (Plane<Float>, Mask) {
    if stack.count == 2 {
      let pair = try detector.pair()
      PairReport.lines(detector.pairSummary, found: pair.masks.map(\.flagged)).forEach(context.report)
      return (pair.score, pair.masks[0] | pair.masks[1])
    }
    let result = try detector.detect(
      smallest: (options.threshold ?? 0) * scale, largest: options.minimumMax2d)
    PValueReport.lines(result.summary).forEach(context.report)
    PValueReport.warnings(
      result.summary, readoutNoise: known.readoutNoise, isExplained: known.isExplained
    ).forEach(context.note)
    return (result.score, result.mask)
  }
}
