/// What a diagram is made from besides the planes of the stack.
package struct DiagramParameters: Sendable {
  /// Relative flux of each exposure that the expectation is multiplied by; 1 when exposures were scaled.
  package var fluxFactors: [Double]
  /// Displacement of each exposure; all zero for none.
  package var offsets: [Offset]
  /// Simulated sets of exposures; 0 for the exact diagram.
  package var simulations: Int
  package var seed: UInt64
  /// Points that the y axis must hold.
  package var fixedPoints: [BoundaryPoint]
  /// Divide by the flux factors instead of multiplying, as numina 0.36 does (defect D10).
  package var dividesByFlux: Bool
  package var pointRule: BoundaryPointRule

  package init(
    fluxFactors: [Double], offsets: [Offset], simulations: Int = 10, seed: UInt64,
    fixedPoints: [BoundaryPoint] = [], dividesByFlux: Bool = false,
    pointRule: BoundaryPointRule = .exactCounts
  ) {
    self.fluxFactors = fluxFactors
    self.offsets = offsets
    self.simulations = simulations
    self.seed = seed
    self.fixedPoints = fixedPoints
    self.dividesByFlux = dividesByFlux
    self.pointRule = pointRule
  }
}

extension Diagram {
  /// Simulates the diagram of a stack (crmasks.md sections 6 and 7).
  ///
  /// - Parameters:
  ///   - planes: minimum and median of the bias-subtracted exposures [ADU].
  ///   - exposures: their number, at least 3.
  /// - Throws: `CRSError` (data) when the limits are empty, or interrupted.
  package init(
    simulating planes: StackPlanes, exposures: Int, detector: Detector, parameters: DiagramParameters,
    work: Work
  ) throws {
    let (gain, noise) = (detector.gain.typical, detector.readoutNoise.typical)
    let bins = try DiagramBins(
      planes, exposures: exposures, gain: gain, readoutNoise: noise, parameters: parameters, work: work)
    let counts: [Double]
    if parameters.simulations == 0 {
      let exact = try ExactDiagram(bins: bins, gain: gain, readoutNoise: noise)
      counts =
        parameters.offsets.contains { $0 != .zero }
        ? try exact.counts(
          levels: try Diagram.expectations(planes.median, parameters, work: work), work: work)
        : try exact.counts(
          level: planes.median,
          factors: parameters.dividesByFlux ? parameters.fluxFactors.map { 1 / $0 } : parameters.fluxFactors,
          work: work)
    } else {
      let simulation = DiagramSimulation(
        expectations: try Diagram.expectations(planes.median, parameters, work: work), exposures: exposures,
        gain: detector.gain,
        readoutNoise: detector.readoutNoise)
      counts = try simulation.counts(
        in: bins, simulations: parameters.simulations, seed: parameters.seed, work: work)
    }
    let original = try bins.histogram(minimum: planes.minimum, median: planes.median, work: work)
    self.init(
      xEdges: bins.xEdges, yEdges: bins.yEdges, simulated: counts, original: original,
      simulations: parameters.simulations, seed: parameters.seed, fluxFactors: parameters.fluxFactors,
      offsets: parameters.offsets, gain: gain, readoutNoise: noise)
    points = isExact ? expectedBoundaryPoints() : boundaryPoints(rule: parameters.pointRule)
  }

  /// What each exposure expects [ADU]; a single plane when all expect the same.
  static func expectations(
    _ median: Plane<Float>, _ parameters: DiagramParameters, work: Work
  ) throws -> [Plane<Float>] {
    let level = try median.nonNegative(work: work)
    let equal = parameters.fluxFactors.allSatisfy { $0 == 1 } && parameters.offsets.allSatisfy { $0 == .zero }
    if equal { return [level] }
    return try zip(parameters.fluxFactors, parameters.offsets).map { factor, offset in
      var plane = try SubpixelShift.fluxConserving(level, by: offset, work: work)
      let scale = Float(parameters.dividesByFlux ? 1 / factor : factor)
      if scale != 1 {
        plane.pixels.withUnsafeMutableBufferPointer { for i in 0..<$0.count { $0[i] *= scale } }
      }
      return plane
    }
  }
}

extension DiagramBins {
  /// Bins that hold the simulated noise, all real minima and the fixed points.
  init(
    _ planes: StackPlanes, exposures: Int, gain: Double, readoutNoise: Double, parameters: DiagramParameters,
    work: Work
  ) throws {
    let range = try planes.minimum.finiteRange(work: work)
    let largest = max(0, Double(range?.upperBound ?? 0))
    let limits = DiagramLimits(
      exposures: exposures, gain: gain, readoutNoise: readoutNoise, largestMinimum: largest,
      seed: parameters.seed
    ).widened(
      minimum: range, fixedPoints: parameters.fixedPoints,
      shifted: parameters.offsets.contains { $0 != .zero })
    guard limits.xMin < limits.xMax, limits.yMax > 0 else {
      throw CRSError.data(
        "the median-minimum diagram is empty: all pixels are equal and there is no noise",
        parameter: "rnoise",
        hint: "check gain, rnoise and bias")
    }
    self.init(xMin: limits.xMin, xMax: limits.xMax, yMax: limits.yMax)
  }
}
