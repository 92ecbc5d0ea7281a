/// Comparisons that bring the element of one rank into place, for vectors of independent lanes.
///
/// Batcher's odd-even merge sort (Knuth, The Art of Computer Programming 3, 5.3.4), cut down to what the
/// wanted element depends on.
struct SelectionNetwork: Sendable {
  /// One comparison; a side that nobody needs is not written.
  struct Step: Sendable {
    let low: Int32
    let high: Int32
    let writesLow: Bool
    let writesHigh: Bool
  }

  /// The rank that is selected and its place afterwards, from 0.
  let rank: Int
  let steps: [Step]

  /// - Parameters:
  ///   - rank: in `0..<count`.
  ///   - count: elements, at least 1.
  init(selecting rank: Int, of count: Int) {
    self.rank = rank
    var pairs: [(Int, Int)] = []
    var p = 1
    while p < count {
      var k = p
      while k >= 1 {
        for j in stride(from: k % p, through: count - 1 - k, by: 2 * k) {
          for i in 0..<min(k, count - j - k) where (i + j) / (p * 2) == (i + j + k) / (p * 2) {
            pairs.append((i + j, i + j + k))
          }
        }
        k /= 2
      }
      p *= 2
    }
    var needed = Set([rank])
    var steps: [Step] = []
    for (low, high) in pairs.reversed() {
      let writesLow = needed.contains(low)
      let writesHigh = needed.contains(high)
      guard writesLow || writesHigh else { continue }
      needed.insert(low)
      needed.insert(high)
      steps.append(
        Step(
          low: Int32(low), high: Int32(high), writesLow: writesLow, writesHigh: writesHigh))
    }
    self.steps = steps.reversed()
  }

  /// Exchanges the vectors lane by lane; none may hold NaN.
  @inline(__always) func run<Scalar: SortableScalar>(_ lanes: UnsafeMutablePointer<SIMD16<Scalar>>) {
    steps.withUnsafeBufferPointer { steps in
      for step in steps {
        let a = lanes[Int(step.low)]
        let b = lanes[Int(step.high)]
        let swap = b .< a
        if step.writesLow { lanes[Int(step.low)] = a.replacing(with: b, where: swap) }
        if step.writesHigh { lanes[Int(step.high)] = b.replacing(with: a, where: swap) }
      }
    }
  }
}
