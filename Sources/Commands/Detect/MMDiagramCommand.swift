import Core

/// `mmdiagram`: the median-minimum diagram of a stack.
struct MMDiagramCommand: Command {
  static let info = CommandInfo(
    "mmdiagram", "Simulate the median-minimum diagram of a stack", family: .detect,
    results: [.result("diagram", "Diagram", "simulated and real counts over min2d and median2d - min2d")],
    examples: ["diagram = mmdiagram (simulate nx=60 ny=50 seed=1) seed=1"])

  @Parameter("exposures", positional: true) var stack: Stack
  @Parameter("relative flux: one number, or one for each exposure") var fluxFactor: [Double] = []
  @Parameter("displacement [dx, dy] of each exposure", unit: "pixel") var xyOffsets: [[Double]] = []
  @Parameter("simulated sets of exposures; 0 or exact: the expected diagram without random numbers")
  var nsimulations: SimulationCount = SimulationCount(number: 10)
  @Parameter("seed of the random numbers; drawn and told when left out", in: 0...9e15) var seed: Int? = nil
  @Parameter("gain", unit: "e-/ADU", in: 1e-6...1e6) var gain: Double? = nil
  @Parameter("readout noise", unit: "ADU", in: 0...1e6) var rnoise: Double? = nil
  @Parameter("bias level", unit: "ADU", in: -1e7...1e7) var bias: Double? = nil

  func run(_ context: CommandContext) throws -> CommandResult {
    guard stack.count >= 3 else {
      throw CRSError.data(
        "the stack has \(stack.count) exposures", parameter: "stack", expected: "at least 3")
    }
    let found = try DetectorLookup(stack: stack, gain: gain, readoutNoise: rnoise, bias: bias)
    let factors = fluxFactor.count == 1 ? [Double](repeating: fluxFactor[0], count: stack.count) : fluxFactor
    guard factors.isEmpty || factors.count == stack.count else {
      throw CRSError.usage("\(factors.count) factors", parameter: "flux_factor", expected: "\(stack.count)")
    }
    guard xyOffsets.isEmpty || xyOffsets.count == stack.count, xyOffsets.allSatisfy({ $0.count == 2 }) else {
      throw CRSError.usage(
        "these are no offsets", parameter: "xy_offsets", expected: "\(stack.count) pairs [dx, dy]")
    }
    let drawn = seed ?? Int.random(in: 1...999_999_999)
    if seed == nil, nsimulations.number > 0 { context.report("seed: \(drawn) (drawn)") }
    let exposures = try stack.exposures.map {
      try Calibration.calibrated($0.pixels, bias: found.detector.bias, work: context.work)
    }
    let diagram = try Diagram(
      simulating: try StackPlanes(exposures, work: context.work), exposures: stack.count,
      detector: found.detector,
      parameters: DiagramParameters(
        fluxFactors: factors.isEmpty ? stack.exposures.map { _ in 1 } : factors,
        offsets: xyOffsets.isEmpty
          ? stack.exposures.map { _ in .zero } : xyOffsets.map { Offset(x: $0[0], y: $0[1]) },
        simulations: nsimulations.number, seed: UInt64(drawn)), work: context.work)
    var resolved = found.resolved
    resolved["seed"] = .integer(drawn)
    return CommandResult([.diagram(diagram)], resolved: resolved)
  }
}

/// A number of simulations, or `exact`.
struct SimulationCount: ParameterValue, Sendable {
  /// 0 for the exact diagram.
  var number: Int

  static var kind: ParameterManifest.Kind { .word }
  static var choices: [String] { ["exact"] }
  var defaultText: String { number == 0 ? "exact" : "\(number)" }

  static func make(from value: Value, context: CommandContext) throws -> SimulationCount {
    if case .text("exact") = value { return SimulationCount(number: 0) }
    let number = try Int.make(from: value, context: context)
    guard (0...100_000).contains(number) else { throw mismatch(value, "1...100000 or exact") }
    return SimulationCount(number: number)
  }
}
