import Calling
import Files
import Kernels
import Pipeline

/// `mmdiagram`: the median-minimum diagram of a stack.
struct MMDiagramCommand: Command {
  static let info = CommandInfo(
    "mmdiagram", "Simulate the median-minimum diagram of a stack", family: .detect,
    results: [.result("diagram", .diagram, "simulated and real counts over min2d and median2d - min2d")],
    examples: ["diagram = mmdiagram (simulate nx=60 ny=50 seed=1) seed=1"])

  @Parameter("exposures", positional: true) var stack: Stack
  @Parameter("relative flux: none, auto, fit, one number, or one for each exposure", above: 0)
  var fluxFactor: ValueOrWord<[Double], FluxWord> = .word(.none)
  @Parameter("rectangles that auto and fit look at; none: the whole image", unit: "pixel")
  var fluxFactorRegions: SectionList? = nil
  @Parameter("what the flux factors are applied to") var applyFluxFactorTo = MaskingOptions.FluxTarget
    .simulated
  @Parameter("displacement [dx, dy] of each exposure", unit: "pixel") var xyOffsets: [Value]? = nil
  @Parameter("rectangle from which displacements are found instead", unit: "pixel")
  var crosscorrRegion: Section? = nil
  @Parameter("points [x, y] or [x, y, weight] that the diagram must hold") var fixedPointsInBoundary:
    [[Double]] = []
  @Parameter(
    "simulated sets of exposures; 0 or exact: the expected diagram without random numbers", in: 0...100_000)
  var nsimulations: ValueOrWord<Int, Exact> = .value(10)
  @Parameter("seed of the random numbers; drawn and told when left out", in: 0...9e15) var seed: Int? = nil
  @Parameter("gain", unit: "e-/ADU", above: 0, upTo: 1e6) var gain: Double? = nil
  @Parameter("readout noise", unit: "ADU", in: 0...1e6) var rnoise: Double? = nil
  @Parameter("bias level", unit: "ADU", in: -1e7...1e7) var bias: Double? = nil

  enum FluxWord: String, WordParameter { case none, auto, fit }
  enum Exact: String, WordParameter { case exact }

  func run(_ context: CommandContext) throws -> CommandResult {
    let simulations = nsimulations.value ?? 0
    guard stack.count >= 3 else {
      throw CRSError.data(
        "the stack has \(stack.count) exposures", parameter: "stack", expected: "at least 3")
    }
    let found = try DetectorLookup(stack: stack, gain: gain, readoutNoise: rnoise, bias: bias)
    let drawn = seed ?? Int.random(in: 1...999_999_999)
    if seed == nil, simulations > 0 { context.report("seed: \(drawn) (drawn)") }
    let exposures = try stack.exposures.map {
      try Calibration.calibrated($0.pixels, bias: found.detector.bias, work: context.work)
    }
    let registration = try registration(of: exposures, found.detector, context)
    let original = applyFluxFactorTo == .original
    let scaled =
      try original
      ? zip(exposures, registration.fluxFactors).map {
        try Calibration.calibrated($0, bias: .constant(0), fluxFactor: $1, work: context.work)
      } : exposures
    let diagram = try Diagram(
      simulating: try StackPlanes(scaled, work: context.work), exposures: stack.count,
      detector: found.detector,
      parameters: DiagramParameters(
        fluxFactors: original ? exposures.map { _ in 1 } : registration.fluxFactors,
        offsets: registration.offsets, simulations: simulations, seed: UInt64(drawn),
        fixedPoints: try fixedPointsInBoundary.map {
          guard $0.count == 2 || $0.count == 3 else {
            throw CRSError.usage(
              "a point of \($0.count) numbers", parameter: "fixed_points_in_boundary", expected: "[x, y]")
          }
          return BoundaryPoint(x: $0[0], y: $0[1], isFixed: true)
        }), work: context.work)
    var resolved = found.resolved
    resolved["seed"] = .integer(drawn)
    return CommandResult([.diagram(diagram)], resolved: resolved)
  }

  private func registration(
    of exposures: [Plane<Float>], _ detector: Detector, _ context: CommandContext
  ) throws -> Registration {
    if xyOffsets != nil, crosscorrRegion != nil {
      throw CRSError.usage(
        "cannot be given together with crosscorr_region", parameter: "xy_offsets",
        expected: "only one of them")
    }
    let offsets = try xyOffsets.map { try OffsetList(values: $0, exposures: exposures.count).offsets }
    let flux: Registration.Flux
    switch fluxFactor {
    case .word(.none): flux = .given(exposures.map { _ in 1 })
    case .word: flux = .fit
    case .value(let numbers):
      let factors = numbers.count == 1 ? exposures.map { _ in numbers[0] } : numbers
      guard factors.count == exposures.count, factors.allSatisfy({ $0.isFinite && $0 > 0 }) else {
        throw CRSError.usage(
          "these are no flux factors", parameter: "flux_factor",
          expected: "none, auto, fit, or \(exposures.count) numbers above 0")
      }
      flux = .given(factors)
    }
    let registration = try Registration(
      exposures, detector: detector, flux: flux, regions: fluxFactorRegions?.sections,
      displacement: crosscorrRegion.map { .fit($0, largest: 3) }
        ?? .given(offsets ?? exposures.map { _ in .zero }),
      scalesExposures: false, work: context.work)
    var options = MaskingOptions(exposures: exposures.count)
    (options.fluxFactors, options.offsets) = (registration.fluxFactors, registration.offsets)
    if flux == .fit || crosscorrRegion != nil {
      RegistrationReport(registration, options).lines.forEach(context.report)
    }
    RegistrationReport(registration, options).warnings.forEach(context.note)
    return registration
  }
}

extension MaskingOptions.FluxTarget: WordParameter {}
