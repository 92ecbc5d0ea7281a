/// The median of large windows: the block's values are replaced by their ranks, and a histogram of ranks in
/// three levels follows the window along the row.
extension MirroredBlock {
  func slide(into target: UnsafeMutablePointer<Scalar>, stride out: Int) {
    let sorted = values.indices.filter { values[$0].isFinite }.sorted { values[$0] < values[$1] }
    var ranks = [Int32](repeating: -1, count: values.count)
    for (rank, index) in sorted.enumerated() { ranks[index] = Int32(truncatingIfNeeded: rank) }
    for j in 0..<rows.count {
      var histogram = RankHistogram(ranks: sorted.count)
      for dx in 0..<window.columns - 1 { histogram.add(column(dx, j, ranks), 1) }
      for i in 0..<columns.count {
        histogram.add(column(i + window.columns - 1, j, ranks), 1)
        let place = histogram.count > 0 ? histogram.find(histogram.count / 2) : nil
        target[(rows.lowerBound + j) * out + columns.lowerBound + i] =
          place.map { values[sorted[$0]] } ?? .nan
        histogram.add(column(i, j, ranks), -1)
      }
    }
  }

  /// The ranks of one column of the windows of row `j`.
  private func column(_ i: Int, _ j: Int, _ ranks: [Int32]) -> some Sequence<Int32> {
    (j..<j + window.rows).lazy.map { ranks[$0 * stride + i] }
  }
}

/// Counts of ranks, in steps of 1, 64 and 4096.
private struct RankHistogram {
  private(set) var count = 0
  private var fine: [Int32]
  private var middle: [Int32]
  private var coarse: [Int32]

  init(ranks: Int) {
    fine = [Int32](repeating: 0, count: ranks + 64)
    middle = [Int32](repeating: 0, count: ranks / 64 + 65)
    coarse = [Int32](repeating: 0, count: ranks / 4096 + 1)
  }

  mutating func add(_ ranks: some Sequence<Int32>, _ step: Int32) {
    for rank in ranks where rank >= 0 {
      fine[Int(rank)] += step
      middle[Int(rank) / 64] += step
      coarse[Int(rank) / 4096] += step
      count += Int(step)
    }
  }

  /// The rank of the element that has `below` counted elements before it.
  func find(_ below: Int) -> Int? {
    var rest = Int32(truncatingIfNeeded: below)
    guard let high = Self.step(coarse, 0..<coarse.count, &rest),
      let mid = Self.step(middle, high * 64..<min(middle.count, (high + 1) * 64), &rest)
    else { return nil }
    return Self.step(fine, mid * 64..<min(fine.count, (mid + 1) * 64), &rest)
  }

  private static func step(_ counts: [Int32], _ range: Range<Int>, _ rest: inout Int32) -> Int? {
    for i in range {
      if rest < counts[i] { return i }
      rest -= counts[i]
    }
    return nil
  }
}
