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
  /// Divide by the flux factors instead of multiplying, as numina 0.36 does.
  package var dividesByFlux: Bool
  package var pointRule: BoundaryPointRule
  /// What the exposures were divided by, where their own noise counts; empty otherwise.
  package var divisors: [Double] = []
  /// Pixels that may lie above the boundary of an exact diagram, a column.
  package var expectedAbove = 0.1

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

extension DiagramParameters {
  /// Parameters for exposures that flux factors apply to, or that were divided by them already.
  ///
  /// Exposures of one noise that were divided by about the same count as equal, as the original has it; of unlike ones each
  /// keeps its own.
  package mutating func follow(_ fluxFactors: [Double], isDivided: Bool, noise: StackNoise) {
    let isOwn =
      isDivided && (!noise.isCommon || !dividesByFlux && fluxFactors.areUnlikeFactors)
      && Set(fluxFactors) != [1]
    self.fluxFactors = isDivided && !isOwn ? fluxFactors.map { _ in 1 } : fluxFactors
    divisors = isOwn ? fluxFactors : []
  }
}

extension Diagram {
  /// Simulates the diagram of the pixels with one number of values.
  ///
  /// - Parameters:
  ///   - planes: minimum and median of the exposures.
  ///   - exposures: bias subtracted, levels matched [ADU], at least 3; NaN where a value does not count.
  ///   - values: how many values the pixels have, at least 2; nil: as many as most have.
  /// - Throws: `CRSError` (data) when the limits are empty or no pixel has so many values, or interrupted.
  package init(
    simulating planes: StackPlanes, of exposures: [Plane<Float>], values: Int? = nil, noise: StackNoise,
    parameters: DiagramParameters, work: Work
  ) throws {
    let count = values ?? Self.commonNumber(of: planes, exposures: exposures.count)
    let members =
      planes.used.map { DiagramMembers(exposures, values: count, used: $0) }
      ?? DiagramMembers(all: exposures.count)
    guard members.pixels?.isEmpty != true, count >= 2 else {
      throw CRSError.data(
        "no pixel has \(max(2, count)) values that count", parameter: "images",
        expected: "exposures that overlap")
    }
    let (gain, readout) = (noise.typicalDetector.gain.typical, noise.typicalDetector.readoutNoise.typical)
    let (minimum, median) = (members.restricted(planes.minimum), members.restricted(planes.median))
    let bins = try DiagramBins(
      minimum, exposures: count, gain: gain,
      readoutNoise: noise.detectors.map(\.readoutNoise.typical).max() ?? readout, parameters: parameters,
      work: work)
    var simulations = parameters.simulations
    let isEqual = parameters.isEqual && noise.isCommon
    if simulations == 0, !ExactDiagram.isPossible(values: count, isEqual: isEqual), planes.used != nil {
      // Few sets of exposures have no exact diagram; as many draws as the whole image would get.
      simulations = max(10, min(10_000, 10 * median.count / max(1, members.pixels?.count ?? 1)))
    }
    let counts: [Double]
    if simulations == 0 {
      let exact = try ExactDiagram(bins: bins, noise: noise, divisors: parameters.divisors)
      if parameters.offsets.contains(where: { $0 != .zero }) {
        counts = try exact.counts(
          levels: try Diagram.expectations(planes.median, parameters, work: work), members: members,
          work: work)
      } else {
        let flux =
          parameters.dividesByFlux ? parameters.fluxFactors.map { 1 / $0 } : parameters.fluxFactors
        counts = try exact.counts(
          level: median, members: members, factors: parameters.divisors.isEmpty ? flux : flux.map { _ in 1 },
          work: work)
      }
    } else {
      let simulation = DiagramSimulation(
        expectations: try Diagram.expectations(planes.median, parameters, work: work), members: members,
        noise: noise, divisors: parameters.divisors)
      counts = try simulation.counts(in: bins, simulations: simulations, seed: parameters.seed, work: work)
    }
    let original = try bins.histogram(minimum: minimum, median: median, work: work)
    self.init(
      xEdges: bins.xEdges, yEdges: bins.yEdges, simulated: counts, original: original,
      simulations: simulations, seed: parameters.seed, fluxFactors: parameters.fluxFactors,
      offsets: parameters.offsets, gain: gain, readoutNoise: readout)
    self.values = count
    points =
      isExact
      ? expectedBoundaryPoints(parameters.expectedAbove) : boundaryPoints(rule: parameters.pointRule)
  }

  /// Pixels with two values for one with more, beyond which the diagram is that of two values.
  private static let mostPairs = 50

  /// The number of values that most pixels have: three or more, unless hardly any pixel has so many; all without any.
  static func commonNumber(of planes: StackPlanes, exposures: Int) -> Int {
    guard let used = planes.used else { return exposures }
    var counts = [Int](repeating: 0, count: exposures + 1)
    for count in used.pixels { counts[Int(count)] += 1 }
    // A diagram of medians needs three values; among equals the most values.
    let best = (3...max(3, exposures)).max { (counts[$0], $0) < (counts[$1], $1) } ?? exposures
    return Self.mostPairs * counts[best] > counts[2] ? best : 2
  }

  /// What each exposure expects [ADU]; a single plane when all expect the same.
  static func expectations(
    _ median: Plane<Float>, _ parameters: DiagramParameters, work: Work
  ) throws -> [Plane<Float>] {
    var whole = median
    // Interpolation must not reach into gaps.
    if parameters.offsets.contains(where: { $0 != .zero }) { whole.fillGaps() }
    let level = try whole.nonNegative(work: work)
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

extension DiagramParameters {
  /// How far the median of exposures that are not divided lies above their minimum, as part of it; 0 for like ones.
  fileprivate var unlikeness: Double {
    guard !dividesByFlux, divisors.isEmpty, fluxFactors.areUnlikeFactors, let low = fluxFactors.min() else {
      return 0
    }
    return fluxFactors.sorted()[fluxFactors.count / 2] / low - 1
  }

  /// Whether all exposures expect the same.
  var isEqual: Bool {
    Set(fluxFactors).count <= 1 && offsets.allSatisfy { $0 == .zero } && Set(divisors).count <= 1
  }
}

extension DiagramBins {
  /// Bins that hold the simulated noise, all real minima and the fixed points.
  init(
    _ minimum: Plane<Float>, exposures: Int, gain: Double, readoutNoise: Double,
    parameters: DiagramParameters, work: Work
  ) throws {
    let range = try minimum.finiteRange(work: work)
    let largest = max(0, Double(range?.upperBound ?? 0))
    guard largest * gain < 1e15 else {
      throw CRSError.data(
        "the values reach \(Float(largest)) ADU: no detector counts so many electrons", parameter: "gain",
        expected: "at most 1e15 electrons")
    }
    // What was divided by little is as noisy as few electrons are.
    let divisor = parameters.divisors.areUnlikeFactors ? Swift.min(1, parameters.divisors.min() ?? 1) : 1
    var limits = DiagramLimits(
      exposures: exposures, gain: gain * divisor, readoutNoise: readoutNoise / divisor,
      largestMinimum: largest,
      seed: parameters.seed)
    limits.yMax += parameters.unlikeness * largest
    limits = limits.widened(
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
