/// Computes the expected median-minimum diagram directly, without random numbers.
struct ExactDiagram: Sendable {
  let bins: DiagramBins
  /// Gain [electron/ADU] and readout noise [ADU] of each exposure, or one for all.
  private let detectors: [(gain: Double, readoutNoise: Double)]

  /// Step of the grid of expectations in stabilised units, about sigmas.
  private static let delta = 0.25
  /// Steps between two nodes that pixels are told apart by.
  private static let parts = 64
  /// Smallest readout noise of continuous distributions [electron].
  private static let leastNoise = 0.5

  /// - Parameter divisors: what the exposures were divided by, which changes their noise; empty for none.
  /// - Throws: `CRSError` (usage) for a readout noise near 0, where the distribution is discrete.
  init(bins: DiagramBins, noise: StackNoise, divisors: [Double] = []) throws {
    let all = divisors.isEmpty ? noise.detectors.count : divisors.count
    detectors = (0..<all).map { k in
      let divisor = divisors.isEmpty ? 1 : divisors[k]
      let detector = noise.detector(k)
      return (detector.gain.typical * divisor, detector.readoutNoise.typical / divisor)
    }
    self.bins = bins
    for (gain, readoutNoise) in detectors where !(readoutNoise * gain >= Self.leastNoise) {
      throw CRSError.usage(
        "a readout noise of \(readoutNoise * gain) electrons", parameter: "nsimulations",
        expected: "at least \(Self.leastNoise) electrons for the exact diagram",
        hint: "give a number of simulations instead of exact")
    }
  }

  /// Whether the expected diagram can be computed, with different expectations of the exposures too.
  static func isPossible(exposures: Int, _ noise: StackNoise) -> Bool {
    (exposures == 4 || (exposures % 2 == 1 && exposures <= 9))
      && noise.detectors.allSatisfy(isContinuous)
  }

  /// Whether a detector's readout noise hides the steps of single electrons.
  static func isContinuous(_ detector: Detector) -> Bool {
    detector.readoutNoise.typical * detector.gain.typical >= leastNoise
  }

  /// Whether pixels of so many values have an expected diagram.
  static func isPossible(values: Int, isEqual: Bool) -> Bool {
    isEqual || values == 2 || values == 4 || values % 2 == 1
  }

  private func family(_ k: Int, largest: Double, work: Work) throws -> NoiseTailFamily {
    let (gain, readoutNoise) = detectors.count == 1 ? detectors[0] : detectors[k]
    return try NoiseTailFamily(
      gain: gain, readoutNoise: readoutNoise, largest: largest, delta: Self.delta, work: work)
  }

  /// Tables of each exposure; one for all of one detector.
  private func families(largest: Double, work: Work) throws -> [NoiseTailFamily] {
    try detectors.indices.map { try family($0, largest: largest, work: work) }
  }

  /// Expected counts of one set of exposures that expect `factors` times the level of each pixel [ADU]; levels below
  /// 0 count as 0, those that are not finite not at all.
  ///
  /// - Parameters:
  ///   - members: which pixels, and which exposures have values there.
  ///   - factors: one for each exposure.
  func counts(
    level: Plane<Float>, members: DiagramMembers, factors: [Double], work: Work
  ) throws -> [Double] {
    let isEqual = detectors.count == 1 && Set(factors).count <= 1
    try check(equal: isEqual, exposures: members.values)
    let top = max(0, Double(try level.finiteRange(work: work)?.upperBound ?? 0))
    let families = try families(
      largest: top * (factors.max() ?? 1) * 1.02 + (detectors.map(\.readoutNoise).max() ?? 0), work: work)
    let family = families[0]
    let nodes = max(4, Int((family.u(top) / Self.delta).rounded(.up)) + 2)
    // Exposures that differ in nothing need not be told apart.
    let sets = isEqual ? [(Array(0..<members.values), level)] : members.bySets(level)
    var total = [Double](repeating: 0, count: DiagramBins.count)
    for (exposures, level) in sets {
      let weights = try spread(level, family: family, nodes: nodes, work: work)
      let cells = ExactCells(
        bins: bins, families: families.count == 1 ? families : exposures.map { families[$0] })
      let drawn = DrawnCells(
        bins: bins, detectors: detectors.count == 1 ? detectors : exposures.map { detectors[$0] })
      let size = max(8, nodes / 256)
      let parts = OrderedResults<[Double]>((nodes + size - 1) / size)
      try work.forTiles(nodes, size: size, stage: "exact diagram") { tile in
        var counts = [Double](repeating: 0, count: DiagramBins.count)
        for k in tile where abs(weights[k]) > 1e-9 {
          let lambda = family.lambda(u: Double(k) * Self.delta)
          add(exposures.map { lambda * factors[$0] }, weight: weights[k], cells, drawn, to: &counts)
        }
        parts.set(tile.lowerBound / size, counts)
      }
      sum(parts.values, to: &total)
    }
    return total
  }

  /// Expected counts where each exposure has an expectation of its own in every pixel [ADU].
  ///
  /// Pixels with nearly the same set of expectations are represented by their mean.
  func counts(levels: [Plane<Float>], members: DiagramMembers, work: Work) throws -> [Double] {
    try check(equal: false, exposures: members.values)
    var top = 0.0
    for level in levels { top = max(top, Double(try level.finiteRange(work: work)?.upperBound ?? 0)) }
    let largest = top + (detectors.map(\.readoutNoise).max() ?? 0)
    let families = try families(largest: largest, work: work)
    let family = families[0]
    var total = [Double](repeating: 0, count: DiagramBins.count)
    for (exposures, first) in members.bySets(levels[0]) {
      let own = [first] + exposures.dropFirst().map { levels[$0] }
      // Outside the set the plane of the first exposure has gaps, wherever its values come from.
      let planes = exposures[0] == 0 ? own : [gaps(of: first, in: levels[exposures[0]])] + own.dropFirst()
      let groups = try ExpectationGroups(
        planes, family: family, delta: Self.delta, areExchangeable: families.count == 1, work: work)
      let (means, weights) = (groups.sums, groups.members)
      let cells = ExactCells(
        bins: bins, families: families.count == 1 ? families : exposures.map { families[$0] })
      let drawn = DrawnCells(
        bins: bins, detectors: detectors.count == 1 ? detectors : exposures.map { detectors[$0] })
      let size = max(8, means.count / 256)
      let parts = OrderedResults<[Double]>((means.count + size - 1) / size)
      try work.forTiles(means.count, size: size, stage: "exact diagram") { tile in
        var counts = [Double](repeating: 0, count: DiagramBins.count)
        for k in tile {
          add(
            means[k].map { family.lambda(u: $0 / weights[k]) }, weight: weights[k], cells, drawn, to: &counts)
        }
        parts.set(tile.lowerBound / size, counts)
      }
      sum(parts.values, to: &total)
    }
    return total
  }

  /// `level` with NaN where `set` has it.
  private func gaps(of set: Plane<Float>, in level: Plane<Float>) -> Plane<Float> {
    var out = level
    for i in 0..<out.count where set.pixels[i].isNaN { out.pixels[i] = .nan }
    return out
  }

  private func check(equal: Bool, exposures: Int) throws {
    guard Self.isPossible(values: exposures, isEqual: equal) else {
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
    let total = Guarded([UInt32](repeating: 0, count: nodes * Self.parts))
    let floor = Float(family.floor)
    let step = (1 + floor).squareRoot() - floor.squareRoot()
    // Far more readout noise than light: all levels are one.
    let scale = step > 0 ? Float(family.u(1) / Self.delta) * Float(Self.parts) / step : 0
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
            if hasAny(value .!= value) {
              for lane in 0..<here where !value[lane].isNaN { counts[Int(number[lane])] &+= 1 }
              continue
            }
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

  /// Adds the pixels of one set of expectations [ADU] to the counts.
  private func add(
    _ lambdas: [Double], weight: Double, _ cells: ExactCells, _ drawn: DrawnCells, to counts: inout [Double]
  ) {
    guard !drawn.areCheaper(than: lambdas, weight: weight) else {
      return drawn.add(lambdas, weight: weight, to: &counts)
    }
    let block = cells.block(lambdas)
    for (c, column) in block.columns.enumerated() {
      for row in 0..<Diagram.bins { counts[row * Diagram.bins + block.first + c] += weight * column[row] }
    }
  }

  private func sum(_ parts: [[Double]], to total: inout [Double]) {
    for part in parts {
      for (i, count) in part.enumerated() { total[i] += count }
    }
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
