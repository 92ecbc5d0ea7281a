/// Percentiles of the finite values among many, linear between neighbouring ranks.
package struct Percentiles: Sendable {
  /// Finite values.
  package let count: Int
  /// In the order in which they were asked for.
  package let values: [Double]

  /// Nil when no value is finite.
  ///
  /// - Parameter percentiles: 0...100.
  package init?(_ percentiles: [Double], of values: [Float]) {
    func position(_ percentile: Double, _ count: Int) -> (rank: Int, next: Int, part: Double) {
      let place = min(max(percentile, 0), 100) / 100 * Double(count - 1)
      return (Int(place), min(Int(place) + 1, count - 1), place - place.rounded(.down))
    }
    guard
      let (count, value) = Self.ordered(
        values, ranks: { count in percentiles.map { position($0, count) }.flatMap { [$0.rank, $0.next] } })
    else { return nil }
    self.count = count
    self.values = percentiles.map { percentile in
      let (rank, next, part) = position(percentile, count)
      let (below, above) = (Double(value(rank) ?? .nan), Double(value(next) ?? .nan))
      return below + (above - below) * part
    }
  }

  /// The number of finite values and those of the ranks; nil without any.
  private static func ordered(
    _ values: [Float], ranks: (Int) -> [Int]
  ) -> (count: Int, value: (Int) -> Float?)? {
    return values.withUnsafeBufferPointer { values in
      // Nobody can interrupt a work of its own.
      guard let base = values.baseAddress,
        let order = try? OrderStatistics(
          of: FoldedList(base: base, count: values.count), work: Work(), ranks: ranks), order.finite > 0
      else { return nil }
      return (order.finite, { order[$0] })
    }
  }
}

/// A list in rows, the last one filled up with NaN; its owner keeps it alive.
private struct FoldedList: PixelRows, @unchecked Sendable {
  let base: UnsafePointer<Float>
  let count: Int
  let width = 1 << 13
  var height: Int { (count + width - 1) / width }

  @inline(__always) func fill(_ y: Int, _ row: UnsafeMutablePointer<Float>) {
    let there = min(width, count - y * width)
    row.update(from: base + y * width, count: there)
    (row + there).update(repeating: .nan, count: width - there)
  }
}
