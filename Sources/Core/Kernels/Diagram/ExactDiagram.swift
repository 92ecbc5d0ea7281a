import Synchronization

/// Computes the expected median-minimum diagram directly, without random numbers (beyond.md section 1).
struct ExactDiagram: Sendable {
  let bins: DiagramBins
  let gain: Double
  let readoutNoise: Double

  /// Step of the grid of expectations in stabilised units, about sigmas.
  private static let delta = 0.25
  /// Steps between two nodes that pixels are told apart by.
  private static let parts = 64

  /// - Throws: `CRSError` (usage) for a readout noise near 0, where the distribution is discrete.
  init(bins: DiagramBins, gain: Double, readoutNoise: Double) throws {
    guard readoutNoise * gain >= 0.5 else {
      throw CRSError.usage(
        "a readout noise of \(readoutNoise * gain) electrons", parameter: "nsimulations",
        expected: "at least 0.5 electrons for the exact diagram",
        hint: "give a number of simulations instead of exact")
    }
    self.bins = bins
    self.gain = gain
    self.readoutNoise = readoutNoise
  }

  /// Whether the expected diagram can be computed, with different expectations of the exposures too.
  static func isPossible(exposures: Int, _ detector: Detector) -> Bool {
    (exposures == 4 || (exposures % 2 == 1 && exposures <= 9))
      && detector.readoutNoise.typical * detector.gain.typical >= 0.5
  }

  /// Expected counts of one set of exposures that expect `factors` times the level of each pixel [ADU]; levels below
  /// 0 and those that are not finite count as 0.
  func counts(level: Plane<Float>, factors: [Double], work: Work) throws -> [Double] {
    try check(equal: Set(factors).count == 1, exposures: factors.count)
    let top = max(0, Double(try level.finiteRange(work: work)?.upperBound ?? 0))
    let family = try NoiseTailFamily(
      gain: gain, readoutNoise: readoutNoise, largest: top * (factors.max() ?? 1) * 1.02 + readoutNoise,
      delta: Self.delta, work: work)
    let nodes = max(4, Int((family.u(top) / Self.delta).rounded(.up)) + 2)
    let weights = try spread(level, family: family, nodes: nodes, work: work)
    let cells = ExactCells(bins: bins, family: family)
    let blocks = OrderedResults<(Double, ExactCells.Block)>(nodes)
    try work.forTiles(nodes, size: 1, stage: "exact diagram") { tile in
      for k in tile where abs(weights[k]) > 1e-9 {
        let lambda = family.lambda(u: Double(k) * Self.delta)
        blocks.set(k, (weights[k], cells.block(factors.map { lambda * $0 })))
      }
    }
    return sum(blocks.values)
  }

  /// Expected counts where each exposure has an expectation of its own in every pixel [ADU].
  ///
  /// Pixels with nearly the same set of expectations are represented by their mean.
  func counts(levels: [Plane<Float>], work: Work) throws -> [Double] {
    try check(equal: false, exposures: levels.count)
    var top = 0.0
    for level in levels { top = max(top, Double(try level.finiteRange(work: work)?.upperBound ?? 0)) }
    let family = try NoiseTailFamily(
      gain: gain, readoutNoise: readoutNoise, largest: top + readoutNoise, delta: Self.delta, work: work)
    let groups = try ExpectationGroups(levels, family: family, delta: Self.delta, work: work)
    let (sums, members) = (groups.sums, groups.members)
    let cells = ExactCells(bins: bins, family: family)
    let blocks = OrderedResults<(Double, ExactCells.Block)>(sums.count)
    let (means, weights) = (sums, members)
    try work.forTiles(means.count, size: 8, stage: "exact diagram") { tile in
      for k in tile {
        blocks.set(k, (weights[k], cells.block(means[k].map { family.lambda(u: $0 / weights[k]) })))
      }
    }
    return sum(blocks.values)
  }

  private func check(equal: Bool, exposures: Int) throws {
    guard exposures % 2 == 1 || exposures == 4 || equal else {
      throw CRSError.usage(
        "an exact diagram of \(exposures) unequal exposures", parameter: "nsimulations",
        expected: "an odd number, four, or equal exposures",
        hint: "give a number of simulations instead of exact")
    }
  }

  /// Spreads every pixel over four nodes of the grid of expectations, from its place among `Self.parts` steps between
  /// two nodes.
  private func spread(
    _ level: Plane<Float>, family: NoiseTailFamily, nodes: Int, work: Work
  ) throws -> [Double] {
    let total = Mutex([UInt32](repeating: 0, count: nodes * Self.parts))
    let floor = Float(family.floor)
    let scale =
      Float(family.u(1) / Self.delta) * Float(Self.parts) / ((1 + floor).squareRoot() - floor.squareRoot())
    let last = Float(nodes * Self.parts - 1)
    try level.pixels.withUnsafeBufferPointer { level in
      nonisolated(unsafe) let level = level
      try work.forTiles(level.count, size: 1 << 18) { tile in
        guard let source = level.baseAddress else { return }
        var counts = [UInt32](repeating: 0, count: nodes * Self.parts)
        counts.withUnsafeMutableBufferPointer { counts in
          for i in stride(from: tile.lowerBound, to: tile.upperBound, by: 8) {
            let here = min(8, tile.upperBound - i)
            let value = source.lanes(i, here, filler: 0)
            let valid = Lanes.zero.replacing(with: value, where: (value .> 0) .& (value .< .infinity))
            let place = lower(
              (squareRoot(valid + floor) - floor.squareRoot()) * scale, Lanes(repeating: last))
            let number = wholeNumbers(place)
            for lane in 0..<here { counts[Int(number[lane])] &+= 1 }
          }
        }
        total.withLock { total in
          for k in 0..<total.count { total[k] &+= counts[k] }
        }
      }
    }
    var weights = [Double](repeating: 0, count: nodes)
    for (place, count) in total.withLock({ $0 }).enumerated() where count > 0 {
      let position = Double(place) / Double(Self.parts)
      let j = min(max(Int(position), 1), nodes - 3)
      let cubic = CubicWeights(position - Double(j))
      for k in 0..<4 { weights[j - 1 + k] += Double(count) * cubic[k] }
    }
    return weights
  }

  private func sum(_ blocks: [(Double, ExactCells.Block)]) -> [Double] {
    let count = Diagram.bins
    var total = [Double](repeating: 0, count: DiagramBins.count)
    for (weight, block) in blocks {
      for (c, column) in block.columns.enumerated() {
        for row in 0..<count { total[row * count + block.first + c] += weight * column[row] }
      }
    }
    return total
  }
}

extension Diagram {
  /// Heights above which `expected` pixels of a column are expected: the boundary of an exact diagram.
  ///
  /// Linear inside a bin, then the running median of three columns and the running maximum from the left: it
  /// rises, has no seed and cannot collapse. Columns with fewer expected pixels give no point.
  /// - Parameter expected: pixels a column, for example 0.1.
  package func expectedBoundaryPoints(_ expected: Double = 0.1) -> [BoundaryPoint] {
    let count = Diagram.bins
    var points: [BoundaryPoint] = []
    for column in 0..<count {
      var above = 0.0
      for row in stride(from: count - 1, through: 0, by: -1) {
        let inside = simulated[row * count + column]
        if above + inside > expected {
          let height = Double(row + 1) - (expected - above) / inside
          points.append(
            BoundaryPoint(
              x: xCentre(column), y: yEdges[0] + height * (yEdges[count] - yEdges[0]) / Double(count)))
          break
        }
        above += inside
      }
    }
    let raw = points.map(\.y)
    var highest = -Double.infinity
    for k in points.indices {
      let around = raw[max(0, k - 1)...min(raw.count - 1, k + 1)].sorted()
      highest = max(highest, around.count == 3 ? around[1] : raw[k])
      points[k].y = highest
    }
    return points
  }
}
