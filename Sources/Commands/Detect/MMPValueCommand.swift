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
    "far", "pmax", "hysteresis", "prior", "prior_box", "mismatch", "flux_factor", "sky",
    "flux_factor_regions",
    "xy_offsets", "crosscorr_region", "crosscorr_max", "threshold", "minimum_max2d_rnoise",
  ]) var given
  @DetectorParameters var detectors

  @Parameter(
    "pair: axis along which smooth changes are fitted; auto: both, the better one first"
  )
  var scale = SmoothChanges.Axes.auto

  @Parameter(
    "pixels that are bad in every exposure, a mask or its file: excluded everywhere, never flagged")
  var badpixels: Mask? = nil
  @Parameter("continue even if the level of an exposure is far from the others") var force = false

  static func check(_ bound: Bound) throws {
    guard let given = written(bound)?.given else { return }
    try bound.locating {
      try given.checkEffects(in: Circumstances(hasLevels: true))
      try given.check()
    }
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    if stack.count == 1 {
      throw CRSError.data(
        "1 exposure in the stack", parameter: "stack", expected: "at least 2 equivalent exposures",
        hint: "lacosmic finds cosmic rays in one exposure")
    }
    let bound = context.call.bound
    if stack.count > 2 {
      try bound.refuse(["scale"], "on more than two exposures", expected: "flux_factor for their levels")
    }
    var settings = given
    let circumstances = Circumstances(exposures: stack.count, hasLevels: stack.unit.isRate)
    try bound.locating { try settings.checkEffects(in: circumstances) }
    try settings.check(exposures: stack.count)
    let found = try detectors.lookup(stack)
    let isExplained = try context.tell(found, of: stack, detectors.trim)
    var planes = try stack.planes(
      found, scalesNoise: true, trims: detectors.trim == .header, work: context.work)
    let multiplier = planes[0].scale
    // Given in the unit of the exposures.
    if multiplier != 1, case .list(let skies) = settings.sky {
      settings.sky = .list(skies.map { $0 * multiplier })
    }
    // Where gain and readout noise are known a note says so.
    if multiplier != 1, !found.knowsNoise {
      context.report("values are multiplied by \(multiplier.short) during detection")
    }
    if let badpixels { planes = try planes.without(badpixels) }
    var matched = try MatchedExposures(planes, work: context.work)
    var options = try settings.registered(
      &matched, times: stack.exposures.timesOfLevels, unit: stack.unit, isForced: force, context)
    options.isForced = force
    options.multiplyLevels(by: multiplier)
    if stack.count == 2 {
      (options.method, options.detection, options.changes) = (.mmcosmic, .pvalue, scale)
      let judged = try Masking(
        planes, matched: matched, options: options, auxiliary: nil, work: context.work
      ).pairProbabilities()
      if let changes = judged.findings.changes { PairReport.lines(changes).forEach(context.report) }
      StackReport.warnings(judged.findings, unit: stack.unit, isScatterExplained: isExplained).forEach(
        context.note)
      StackReport.untested(judged.findings.numbersOfValues).forEach(context.note)
      PairReport.lines(judged.summary, found: judged.hits.map(\.flagged)).forEach(context.report)
      return result(judged.score, judged.hits[0] | judged.hits[1], resolved: found.resolved)
    }
    let exposures = try withoutLowValues(matched, factors: options.fluxFactors, context)
    StackReport.untested(
      try StackPlanes.numbersOfValues(exposures, work: context.work)
    ).forEach(context.note)
    let skies = SkyDifferences(of: exposures, factors: options.fluxFactors, noise: matched.noise)
    if let skies {
      StackReport.skies(range: skies.range / multiplier, unit: stack.unit).forEach(context.report)
    }
    let detector = try PValueDetector(
      skies?.without(exposures) ?? exposures, factors: options.fluxFactors, offsets: options.offsets,
      noise: skies?.noise ?? matched.noise,
      options: options.pvalue, work: context.work)
    let judged = try detector.detect(
      smallest: options.threshold ?? 0, largest: options.minimumMax2d)
    PValueReport.lines(judged.summary).forEach(context.report)
    PValueReport.warnings(
      judged.summary, readoutNoise: multiplier == 1 ? found.common?.readoutNoise.typical : nil,
      isExplained: isExplained
    ).forEach(context.note)
    return result(judged.score, judged.mask, resolved: found.resolved)
  }

  /// Drop-outs would make the good values look like hits.
  private func withoutLowValues(
    _ matched: MatchedExposures, factors: [Double], _ context: CommandContext
  ) throws -> [Plane<Float>] {
    let exposures = try matched.divided(by: factors, work: context.work)
    let planes = try StackPlanes(exposures, work: context.work)
    let levels = StackLevels(exposures, planes: planes, noise: matched.noise)
    let outside = try levels.refuse(
      expected: exposures.map { _ in 1 }, parameter: "stack", isForced: force)
    levels.texts(of: outside).forEach { context.note($0 + " (force=yes)") }
    let low = try LowValues(
      in: exposures, factors: factors, noise: matched.noise, planes: planes, work: context.work)
    StackReport.low(low.low, undecided: low.undecided).forEach(context.note)
    return low.without(exposures)
  }

  private func result(_ score: Plane<Float>, _ mask: Mask, resolved: [String: Value]) -> CommandResult {
    let image = stack.exposures[0].calculated(
      score, by: .other("a map of probabilities"), uncertainty: nil, unit: .none)
    return CommandResult([.image(image), .mask(stack.exposures[0].owning(mask))], resolved: resolved)
  }
}
