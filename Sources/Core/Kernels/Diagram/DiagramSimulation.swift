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
    var counts = [UInt64](repeating: 0, count: DiagramBins.count + BinTarget.spare)
    let target = BinTarget(bins)
    let order = ExpectationOrder(tile) { expectations[0].pixels[$0] * Float(gain.value(at: $0)) }
    try counts.withUnsafeMutableBufferPointer { counts in
      try withUnsafeTemporaryAllocation(
        of: SIMD8<Float>.self, capacity: exposures + 1 + PoissonLanes.tableSize * expectations.count
      ) { memory in
        try withUnsafeTemporaryAllocation(of: PoissonLanes.self, capacity: expectations.count) { rates in
          guard let values = memory.baseAddress, let rates = rates.baseAddress else { return }
          let sorted = UnsafeMutableBufferPointer(start: values, count: exposures)
          for first in stride(from: 0, to: order.pixels.count, by: 8) {
            try work.checkCancelled()
            let lanes = min(8, order.pixels.count - first)
            let chosen = order.pixels[first..<first + lanes]
            let gain = lanesOf(gain, at: chosen, fill: 1)
            let noise = lanesOf(readoutNoise, at: chosen, fill: 0)
            var isHigh = false
            for i in 0..<expectations.count {
              let rate = lanesOf(expectations[i], at: chosen, fill: 0) * gain
              (rates + i).initialize(to: PoissonLanes(rate: rate))
              isHigh = isHigh || rates[i].anyHigh
            }
            let scale = 1 / gain
            let tables = values + exposures + 1
            if isHigh {
              for _ in 0..<simulations {
                drawAny(&random, rates, values, scale, noise)
                let (minimum, median) = LaneOrder.minimumAndMedian(sorted)
                target.count(minimum, median - minimum, lanes: lanes, into: counts)
              }
            } else {
              let entries = (0..<expectations.count).map {
                rates[$0].fill(tables + $0 * PoissonLanes.tableSize)
              }
              let most = entries.max() ?? 0
              for i in 0..<expectations.count where entries[i] < most {
                // Tables of equal length: beyond the far tail no uniform number counts.
                for k in entries[i]..<most { tables[i * PoissonLanes.tableSize + k] = SIMD8(repeating: 2) }
              }
              for _ in 0..<simulations {
                drawLow(&random, rates, tables, most, values, scale, noise)
                let (minimum, median) = LaneOrder.minimumAndMedian(sorted)
                target.count(minimum, median - minimum, lanes: lanes, into: counts)
              }
            }
          }
        }
      }
    }
    counts.removeLast(BinTarget.spare)
    return counts
  }

  /// One set of exposures at any rates.
  @inline(__always)
  private func drawAny(
    _ random: inout RandomLanes, _ rates: UnsafeMutablePointer<PoissonLanes>,
    _ values: UnsafeMutablePointer<SIMD8<Float>>, _ scale: SIMD8<Float>, _ noise: SIMD8<Float>
  ) {
    let isShared = expectations.count == 1
    for i in 0..<exposures {
      let (a, b) = random.normals()
      values[i] = rates[isShared ? 0 : i].draw(&random, normals: a) * scale + noise * b
    }
  }

  /// One set where inversion takes all rates; normals come in pairs, so that two exposures share them.
  @inline(__always)
  private func drawLow(
    _ random: inout RandomLanes, _ rates: UnsafeMutablePointer<PoissonLanes>,
    _ tables: UnsafeMutablePointer<SIMD8<Float>>, _ entries: Int,
    _ values: UnsafeMutablePointer<SIMD8<Float>>,
    _ scale: SIMD8<Float>, _ noise: SIMD8<Float>
  ) {
    let step = expectations.count == 1 ? 0 : 1
    for i in stride(from: 0, to: exposures, by: 2) {
      let (a, b) = random.normals()
      let first = PoissonLanes.drawLow(
        &random, table: tables + i * step * PoissonLanes.tableSize, entries: entries, rates: rates + i * step)
      values[i] = first * scale + noise * a
      guard i + 1 < exposures else { break }
      let second = PoissonLanes.drawLow(
        &random, table: tables + (i + 1) * step * PoissonLanes.tableSize, entries: entries,
        rates: rates + (i + 1) * step)
      values[i + 1] = second * scale + noise * b
    }
  }

  @inline(__always)
  private func lanesOf(_ plane: Plane<Float>, at pixels: ArraySlice<Int32>, fill: Float) -> SIMD8<Float> {
    var out = SIMD8<Float>(repeating: fill)
    for (lane, pixel) in pixels.enumerated() { out[lane] = plane.pixels[Int(pixel)] }
    return out
  }

  @inline(__always)
  private func lanesOf(_ value: DetectorValue, at pixels: ArraySlice<Int32>, fill: Float) -> SIMD8<Float> {
    switch value {
    case .constant(let number): SIMD8<Float>(repeating: Float(number))
    case .plane(let plane): lanesOf(plane, at: pixels, fill: fill)
    }
  }
}
