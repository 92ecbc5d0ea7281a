/// Finds the pixels whose values differ by more than noise often makes them differ: the only ones that are worth a
/// probability.
struct CandidateSearch {
  /// The values must differ by so many standard deviations.
  static let least: Float = 2.4

  let noise: StackNoise
  let factors: [Float]
  /// Smallest flux factor.
  let factor: Float
  /// Rank of the value that is tested where all values are there, from 1.
  let tested: Int

  init(noise: StackNoise, factors: [Double]) {
    self.noise = noise
    self.factors = factors.map { Float($0) }
    factor = Float(factors.min() ?? 1)
    tested = PixelProbability.ranks(exposures: factors.count).tested
  }

  /// One bit for each of up to eight pixels: x_q - x_1 exceeds 2.4 standard deviations of x_(q-1).
  ///
  /// - Parameters:
  ///   - sources: the exposures; NaN where a value does not count.
  ///   - count: pixels from `i` on.
  ///   - values: room for two `Lanes` an exposure.
  @inline(__always)
  func bits(
    _ sources: UnsafeMutableBufferPointer<UnsafePointer<Float>>, _ i: Int, _ count: Int,
    _ values: UnsafeMutableBufferPointer<Lanes>
  ) -> UInt8 {
    let n = sources.count
    guard noise.isCommon else { return bitsOfUnequal(sources, i, count, values) }
    var sum = Lanes.zero
    for k in 0..<n {
      let value = sources[k].lanes(i, count, filler: 0)
      values[k] = value
      sum += value
      var place = k
      while place > 0 {
        order(&values[place - 1], &values[place])
        place -= 1
      }
    }
    if hasAny(sum - sum .!= 0) { return bitsOfThere(sources, i, count, values) }
    let (perSignal, readout) = noise[0].lanes(i, count)
    let below = upper(values[tested - 2], .zero)
    let squared = below * perSignal / factor + readout / (factor * factor)
    let difference = values[tested - 1] - values[0]
    return Kernels.bits(difference * difference .> (Self.least * Self.least) * squared)
  }

  /// The same where values are missing: ranks are those of the values that are there.
  @inline(never)
  private func bitsOfThere(
    _ sources: UnsafeMutableBufferPointer<UnsafePointer<Float>>, _ i: Int, _ count: Int,
    _ values: UnsafeMutableBufferPointer<Lanes>
  ) -> UInt8 {
    var there = SIMD8<Int32>.zero
    for k in 0..<sources.count {
      let value = sources[k].lanes(i, count, filler: 0)
      let isFinite = value - value .== 0
      there &+= SIMD8<Int32>.zero.replacing(with: 1, where: isFinite)
      values[k] = Lanes(repeating: .infinity).replacing(with: value, where: isFinite)
      for place in stride(from: k, to: 0, by: -1) { order(&values[place - 1], &values[place]) }
    }
    let (perSignal, readout) = noise[0].lanes(i, count)
    let rank = there &>> 1
    let sorted = UnsafeMutableBufferPointer(rebasing: values[0..<sources.count])
    // Of two or three values the second one is tested.
    let isFew = sources.count == 3
    let below = upper(isFew ? values[0] : LaneOrder.value(sorted, at: rank &- 1), .zero)
    let squared = below * perSignal / factor + readout / (factor * factor)
    let difference = (isFew ? values[1] : LaneOrder.value(sorted, at: rank)) - values[0]
    return Kernels.bits((there .> 1) .& (difference * difference .> (Self.least * Self.least) * squared))
  }

  /// The same where every exposure has its own noise: that of the two values that are compared.
  @inline(never)
  private func bitsOfUnequal(
    _ sources: UnsafeMutableBufferPointer<UnsafePointer<Float>>, _ i: Int, _ count: Int,
    _ memory: UnsafeMutableBufferPointer<Lanes>
  ) -> UInt8 {
    let n = sources.count
    let values = UnsafeMutableBufferPointer(rebasing: memory[0..<n])
    let readouts = UnsafeMutableBufferPointer(rebasing: memory[n..<2 * n])
    var there = SIMD8<Int32>.zero
    for k in 0..<n {
      let value = sources[k].lanes(i, count, filler: 0)
      let isFinite = value - value .== 0
      there &+= SIMD8<Int32>.zero.replacing(with: 1, where: isFinite)
      values[k] = Lanes(repeating: .infinity).replacing(with: value, where: isFinite)
      readouts[k] = noise[k].lanes(i, count).readout / (factors[k] * factors[k])
      for place in stride(from: k, to: 0, by: -1) {
        let isLower = values[place] .< values[place - 1]
        let (a, b) = (values[place - 1], readouts[place - 1])
        values[place - 1].replace(with: values[place], where: isLower)
        readouts[place - 1].replace(with: readouts[place], where: isLower)
        values[place].replace(with: a, where: isLower)
        readouts[place].replace(with: b, where: isLower)
      }
    }
    let rank = there &>> 1
    let below = upper(LaneOrder.value(values, at: rank &- 1), .zero)
    let readout = (LaneOrder.value(readouts, at: rank) + readouts[0]) * 0.5
    let squared = below * noise[0].lanes(i, count).perSignal / factor + readout
    let difference = LaneOrder.value(values, at: rank) - values[0]
    return Kernels.bits((there .> 1) .& (difference * difference .> (Self.least * Self.least) * squared))
  }
}
