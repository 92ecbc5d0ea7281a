/// Comparisons that bring the element of one rank into place, for vectors of independent lanes.
///
/// Batcher's odd-even merge sort (Knuth, The Art of Computer Programming 3, 5.3.4), cut down to what the
/// wanted element depends on.
package struct SelectionNetwork: Sendable {
  /// One comparison: the smaller element goes to `low`, the larger one to `high`.
  struct Step: Sendable {
    let low: Int32
    let high: Int32
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
      guard needed.contains(low) || needed.contains(high) else { continue }
      needed.insert(low)
      needed.insert(high)
      steps.append(Step(low: Int32(low), high: Int32(high)))
    }
    self.steps = steps.reversed()
  }
}
