/// Simulated sets of exposures without cosmic rays, counted in a median-minimum diagram.
struct DiagramSimulation: Sendable {
  /// Expectation of each exposure [ADU], at least 0; one plane when all exposures expect the same.
  let expectations: [Plane<Float>]
  /// Which pixels are simulated, and the values of each.
  let members: DiagramMembers
  let noise: StackNoise
  /// What simulated exposures are divided by, one number each; empty for none.
  var divisors: [Double] = []

  /// Pixels of a tile; each tile has its own stream of random numbers.
  private static let tile = 8192

  /// Counts summed over `simulations` sets, row (y bin) after row.
  ///
  /// The same for any number of threads.
  /// - Throws: `CRSError.interrupted`.
  func counts(in bins: DiagramBins, simulations: Int, seed: UInt64, work: Work) throws -> [Double] {
    let total = CountGrid()
    let pixels = members.pixels?.count ?? expectations[0].count
    try work.forTiles(pixels, size: Self.tile, stage: "\(simulations) simulations") { tile in
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
    let (exposures, gain) = (members.values, noise.detectors[0].gain)
    // Exposures that differ in nothing share one rate; otherwise every value of a set has its own.
    let isShared = expectations.count == 1
    let rateCount = isShared ? 1 : exposures
    let order = ExpectationOrder(tile) {
      let i = members.pixel($0)
      return expectations[0].pixels[i] * Float(gain.value(at: i))
    }
    let pixels = members.pixels.map { all in order.pixels.map { all[Int($0)] } } ?? order.pixels
    try counts.withUnsafeMutableBufferPointer { counts in
      try withUnsafeTemporaryAllocation(
        of: SIMD8<Float>.self, capacity: 3 * exposures + 1 + PoissonLanes.tableSize * rateCount
      ) { memory in
        try withUnsafeTemporaryAllocation(of: PoissonLanes.self, capacity: rateCount) { rates in
          guard let values = memory.baseAddress, let rates = rates.baseAddress else { return }
          let sorted = UnsafeMutableBufferPointer(start: values, count: exposures)
          let scales = values + exposures + 1
          let noises = scales + exposures
          let tables = noises + exposures
          for first in stride(from: 0, to: pixels.count, by: 8) {
            try work.checkCancelled()
            let lanes = min(8, pixels.count - first)
            let chosen = pixels[first..<first + lanes]
            let gain = lanesOf(gain, at: chosen, fill: 1)
            setNoise(scales, noises, gain, at: chosen)
            var isHigh = false
            for i in 0..<rateCount {
              let rate =
                (isShared
                  ? lanesOf(expectations[0], at: chosen, fill: 0) : expectation(ofValue: i, at: chosen))
                * gain
              (rates + i).initialize(to: PoissonLanes(rate: rate))
              isHigh = isHigh || rates[i].anyHigh
            }
            if isHigh {
              for _ in 0..<simulations {
                drawAny(&random, rates, values, scales, noises)
                let (minimum, median) = LaneOrder.minimumAndMedian(sorted)
                target.count(minimum, median - minimum, lanes: lanes, into: counts)
              }
            } else {
              let entries = (0..<rateCount).map { rates[$0].fill(tables + $0 * PoissonLanes.tableSize) }
              let most = entries.max() ?? 0
              for i in 0..<rateCount where entries[i] < most {
                // Tables of equal length: beyond the far tail no uniform number counts.
                for k in entries[i]..<most { tables[i * PoissonLanes.tableSize + k] = SIMD8(repeating: 2) }
              }
              for _ in 0..<simulations {
                drawLow(&random, rates, tables, most, values, scales, noises)
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

  /// ADU per electron and readout noise of every value of eight pixels.
  private func setNoise(
    _ scales: UnsafeMutablePointer<SIMD8<Float>>, _ noises: UnsafeMutablePointer<SIMD8<Float>>,
    _ gain: SIMD8<Float>, at pixels: ArraySlice<Int32>
  ) {
    let scale = 1 / gain
    if noise.isCommon, divisors.isEmpty {
      let readout = lanesOf(noise.detectors[0].readoutNoise, at: pixels, fill: 0)
      for value in 0..<members.values { (scales[value], noises[value]) = (scale, readout) }
      return
    }
    for value in 0..<members.values {
      (scales[value], noises[value]) = (scale, .zero)
      for (lane, pixel) in pixels.enumerated() {
        let exposure = members.exposure(ofValue: value, at: Int(pixel))
        let divisor = divisors.isEmpty ? 1 : Float(divisors[exposure])
        scales[value][lane] /= divisor
        noises[value][lane] =
          Float(noise.detector(exposure).readoutNoise.value(at: Int(pixel))) / divisor
      }
    }
  }

  /// What the exposures expect that the given value of each pixel comes from.
  private func expectation(ofValue value: Int, at pixels: ArraySlice<Int32>) -> SIMD8<Float> {
    if members.exposures == nil { return lanesOf(expectations[value], at: pixels, fill: 0) }
    var out = SIMD8<Float>.zero
    for (lane, pixel) in pixels.enumerated() {
      out[lane] = expectations[members.exposure(ofValue: value, at: Int(pixel))].pixels[Int(pixel)]
    }
    return out
  }

  /// One set of exposures at any rates.
  @inline(__always)
  private func drawAny(
    _ random: inout RandomLanes, _ rates: UnsafeMutablePointer<PoissonLanes>,
    _ values: UnsafeMutablePointer<SIMD8<Float>>, _ scales: UnsafeMutablePointer<SIMD8<Float>>,
    _ noises: UnsafeMutablePointer<SIMD8<Float>>
  ) {
    let isShared = expectations.count == 1
    for i in 0..<members.values {
      let (a, b) = random.normals()
      values[i] = rates[isShared ? 0 : i].draw(&random, normals: a) * scales[i] + noises[i] * b
    }
  }

  /// One set where inversion takes all rates; normals come in pairs, so that two exposures share them.
  @inline(__always)
  private func drawLow(
    _ random: inout RandomLanes, _ rates: UnsafeMutablePointer<PoissonLanes>,
    _ tables: UnsafeMutablePointer<SIMD8<Float>>, _ entries: Int,
    _ values: UnsafeMutablePointer<SIMD8<Float>>, _ scales: UnsafeMutablePointer<SIMD8<Float>>,
    _ noises: UnsafeMutablePointer<SIMD8<Float>>
  ) {
    let (step, exposures) = (expectations.count == 1 ? 0 : 1, members.values)
    for i in stride(from: 0, to: exposures, by: 2) {
      let (a, b) = random.normals()
      let first = PoissonLanes.drawLow(
        &random, table: tables + i * step * PoissonLanes.tableSize, entries: entries, rates: rates + i * step)
      values[i] = first * scales[i] + noises[i] * a
      guard i + 1 < exposures else { break }
      let second = PoissonLanes.drawLow(
        &random, table: tables + (i + 1) * step * PoissonLanes.tableSize, entries: entries,
        rates: rates + (i + 1) * step)
      values[i + 1] = second * scales[i + 1] + noises[i + 1] * b
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
