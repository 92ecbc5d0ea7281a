/// Simulated sets of exposures without cosmic rays, counted in a median-minimum diagram
/// (crmasks.md section 6.4).
struct DiagramSimulation: Sendable {
  /// Expectation of each exposure [ADU], at least 0; one plane when all exposures expect the same.
  let expectations: [Plane<Float>]
  /// Exposures of a set, at least 3.
  let exposures: Int
  let gain: DetectorValue
  let readoutNoise: DetectorValue

  /// Pixels of a tile; each tile has its own stream of random numbers.
  private static let tile = 8192

  /// Counts summed over `simulations` sets, row (y bin) after row.
  ///
  /// The same for any number of threads.
  /// - Throws: `CRSError.interrupted`.
  func counts(in bins: DiagramBins, simulations: Int, seed: UInt64, work: Work) throws -> [Double] {
    let total = CountGrid()
    let pixels = expectations[0].count
    try work.forTiles(pixels, size: Self.tile, stage: "simulating") { tile in
      let counts = try simulate(tile, bins: bins, simulations: simulations, seed: seed, work: work)
      total.add(counts)
    }
    return total.counts
  }

  private func simulate(
    _ tile: Range<Int>, bins: DiagramBins, simulations: Int, seed: UInt64, work: Work
  ) throws -> [UInt64] {
    var random = RandomLanes(seed: seed, stream: UInt64(tile.lowerBound))
    var counts = [UInt64](repeating: 0, count: DiagramBins.count)
    let target = BinTarget(bins)
    try counts.withUnsafeMutableBufferPointer { counts in
      try withUnsafeTemporaryAllocation(of: SIMD8<Float>.self, capacity: exposures) { values in
        try withUnsafeTemporaryAllocation(of: PoissonLanes.self, capacity: expectations.count) { rates in
          var first = tile.lowerBound
          while first < tile.upperBound {
            try work.checkCancelled()
            let lanes = min(8, tile.upperBound - first)
            let gain = lanesOf(gain, at: first, count: lanes, fill: 1)
            let noise = lanesOf(readoutNoise, at: first, count: lanes, fill: 0)
            for i in 0..<rates.count {
              let rate = lanesOf(expectations[i], at: first, count: lanes, fill: 0) * gain
              rates.initializeElement(at: i, to: PoissonLanes(rate: rate))
            }
            let scale = 1 / gain
            for _ in 0..<simulations {
              for i in 0..<exposures {
                let (a, b) = random.normals()
                let photons = rates[rates.count == 1 ? 0 : i].draw(&random, normals: a)
                values[i] = photons * scale + noise * b
              }
              let (minimum, median) = LaneOrder.minimumAndMedian(values)
              target.count(minimum, median - minimum, lanes: lanes, into: counts)
            }
            first += lanes
          }
        }
      }
    }
    return counts
  }

  @inline(__always)
  private func lanesOf(_ plane: Plane<Float>, at first: Int, count: Int, fill: Float) -> SIMD8<Float> {
    var out = SIMD8<Float>(repeating: fill)
    for lane in 0..<count { out[lane] = plane.pixels[first + lane] }
    return out
  }

  @inline(__always)
  private func lanesOf(_ value: DetectorValue, at first: Int, count: Int, fill: Float) -> SIMD8<Float> {
    switch value {
    case .constant(let number): SIMD8<Float>(repeating: Float(number))
    case .plane(let plane): lanesOf(plane, at: first, count: count, fill: fill)
    }
  }
}

/// Finds the bins of eight points at once.
struct BinTarget {
  private let x0: Float
  private let xScale: Float
  private let yScale: Float

  init(_ bins: DiagramBins) {
    let last = Diagram.bins
    x0 = Float(bins.xEdges[0])
    xScale = Float(Double(last) / (bins.xEdges[last] - bins.xEdges[0]))
    yScale = Float(Double(last) / bins.yEdges[last])
  }

  @inline(__always)
  func count(
    _ x: SIMD8<Float>, _ y: SIMD8<Float>, lanes: Int, into counts: UnsafeMutableBufferPointer<UInt64>
  ) {
    let limit = Float(Diagram.bins)
    var column = VectorMath.floor((x - x0) * xScale)
    var row = VectorMath.floor(y * yScale)
    column.replace(with: limit - 1, where: column .== limit)
    row.replace(with: limit - 1, where: row .== limit)
    let inside = (column .>= 0) .& (column .< limit) .& (row .>= 0) .& (row .< limit)
    let index = (row * limit + column).replacing(with: -1, where: .!inside)
    for lane in 0..<lanes {
      let k = Int(index[lane])
      if k >= 0 { counts[k] &+= 1 }
    }
  }
}
