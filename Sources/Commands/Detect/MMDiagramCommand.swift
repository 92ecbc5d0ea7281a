import Calling
import Files
import Kernels
import Pipeline

/// `mmdiagram`: the median-minimum diagram of a stack.
struct MMDiagramCommand: Command {
  static let info = CommandInfo(
    "mmdiagram", "Simulate the median-minimum diagram of a stack", family: .detect,
    results: [.result("diagram", .diagram, "simulated and real counts over min2d and median2d - min2d")],
    examples: ["diagram = mmdiagram (simulate nx=60 ny=50 seed=1) seed=1"],
    memory: MemoryNeed(perPixel: 4, perValue: 4))

  /// Of the limits of exact diagrams.
  private static let exactSeed: UInt64 = 1

  @Parameter("exposures", positional: true) var stack: Stack
  @SettingsParameters(
    only: [
      "flux_factor", "flux_factor_regions", "apply_flux_factor_to", "xy_offsets", "crosscorr_region",
      "crosscorr_max", "fixed_points_in_boundary", "nsimulations", "seed",
    ], change: { $0.masking.detection = .boundary }) var given
  @DetectorParameters var detectors

  static func check(_ bound: Bound) throws {
    guard let command = written(bound) else { return }
    try bound.locating {
      try command.given.checkEffects(in: Circumstances(hasLevels: true))
      try command.given.check()
    }
    try command.refuseIdleSeed(bound)
  }

  private func refuseIdleSeed(_ bound: Bound) throws {
    guard given.masking.simulations == 0 else { return }
    try bound.refuse(["seed"], "with nsimulations=exact", expected: "a number of simulations")
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    guard stack.count >= 3 else {
      throw CRSError.data(
        "the stack has \(stack.count) exposures", parameter: "stack", expected: "at least 3")
    }
    try context.call.bound.locating {
      try given.checkEffects(in: Circumstances(exposures: stack.count, hasLevels: stack.unit.isRate))
    }
    let found = try detectors.lookup(stack)
    try context.tell(found, of: stack, detectors.trim)
    var settings = given
    try settings.check(exposures: stack.count)
    // An exact diagram draws only what its bins have to hold: the same numbers every time.
    let isExact = settings.masking.simulations == 0
    try refuseIdleSeed(context.call.bound)
    if isExact {
      settings.seed = Self.exactSeed
    }
    let seed = settings.drawSeed()
    if given.seed == nil, !isExact { context.report("seed: \(seed) (drawn)") }
    let planes = try stack.planes(found, trims: detectors.trim == .header, work: context.work)
    // Errors far smaller or larger than counts have no squares; the diagram is in the unit of the exposures again.
    let scale = planes[0].scale
    var matched = try MatchedExposures(planes, work: context.work)
    if matched.hasLevels { try settings.divideExposures() }
    var options = try settings.registered(&matched, unit: stack.unit, context)
    options.multiplyLevels(by: scale)
    let exposures = matched.planes
    let original = options.applyFluxFactorTo == .original
    let scaled =
      try original ? matched.divided(by: options.fluxFactors, work: context.work) : exposures
    var parameters = DiagramParameters(
      fluxFactors: options.fluxFactors, offsets: options.offsets, simulations: options.simulations,
      seed: options.seed, fixedPoints: options.boundaryFit.fixedPoints)
    parameters.follow(options.fluxFactors, isDivided: original, noise: matched.noise)
    let diagram = try Diagram(
      simulating: try StackPlanes(scaled, work: context.work), of: scaled, noise: matched.noise,
      parameters: parameters, work: context.work
    ).multiplied(by: 1 / scale)
    var resolved = found.resolved
    if !isExact { resolved["seed"] = .integer(Int(clamping: seed)) }
    return CommandResult([.diagram(diagram)], resolved: resolved)
  }
}
