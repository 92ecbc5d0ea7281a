import Calling
import Files
import Kernels
import Pipeline

/// `mmpvalue`: the detector that knows its false alarms.
struct MMPValueCommand: Command {
  static let info = CommandInfo(
    "mmpvalue", "Find spoilt medians by the probability of each pixel under the noise model", family: .detect,
    results: [
      .result("pvalue", .image, "-log10 of the probability of each pixel, 0 where it is not small"),
      .result("mask", .mask, "pixels that noise does not explain"),
    ],
    examples: ["pvalue, mask = mmpvalue (simulate nx=120 ny=100 seed=1)"],
    discussion: [
      "far false alarms are expected in the whole image. docs/detector.md explains the method and its limits. Flux "
        + "factors and offsets are those of fluxfactor and offsets."
    ], memory: MemoryNeed(perPixel: 8, perValue: 4))

  @Parameter("stack of at least 3 exposures", positional: true) var stack: Stack
  @SettingsParameters(only: [
    "far", "pmax", "hysteresis", "prior", "prior_box", "mismatch", "flux_factor", "flux_factor_regions",
    "xy_offsets", "crosscorr_region", "crosscorr_max", "threshold", "minimum_max2d_rnoise",
  ]) var given
  @DetectorParameters var detectors

  func run(_ context: CommandContext) throws -> CommandResult {
    var settings = given
    try settings.check(exposures: stack.count)
    let found = try detectors.lookup(stack)
    let isExplained = try context.tell(found, of: stack, detectors.trim)
    let planes = try stack.planes(found, trims: detectors.trim == .header, work: context.work)
    let matched = try MatchedExposures(planes, work: context.work)
    let options = try settings.registered(matched, context)
    let detector = try PValueDetector(
      matched.divided(by: options.fluxFactors, work: context.work), factors: options.fluxFactors,
      offsets: options.offsets, noise: matched.noise, options: options.pvalue, work: context.work)
    let result = try detector.detect(
      smallest: (options.threshold ?? 0) * planes[0].scale, largest: options.minimumMax2d)
    PValueReport.lines(result.summary).forEach(context.report)
    PValueReport.warnings(
      result.summary, readoutNoise: found.common?.readoutNoise.typical, isExplained: isExplained
    ).forEach(context.note)
    let image = stack.exposures[0].calculated(
      result.score, by: .other("a map of probabilities"), uncertainty: nil, unit: .none)
    return CommandResult(
      [.image(image), .mask(stack.exposures[0].owning(result.mask))], resolved: found.resolved)
  }
}
