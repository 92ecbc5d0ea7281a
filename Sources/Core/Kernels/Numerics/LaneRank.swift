/// Order statistics of some hundred values in each of eight lanes, by halving an interval: as exact as asked, and
/// without branches that depend on the values.
enum LaneRank {
  /// Halvings at most: what hits make of an interval shrinks to a small part of the noise.
  private static let steps = 24

  /// A value with `rank` of the smaller values below it, lane by lane, to within `tolerance`.
  ///
  /// - Parameters:
  ///   - values: `count` of each lane; NaN where one does not count.
  ///   - range: of the values that count, which may be wider.
  ///   - rank: from 0, below the number of those that count.
  @inline(__always)
  static func value(
    _ values: UnsafePointer<Lanes>, _ count: Int, at rank: Lanes, in range: (low: Lanes, high: Lanes),
    tolerance: Lanes
  ) -> Lanes {
    var (low, high) = range
    for _ in 0..<steps {
      if !hasAny(high - low .> tolerance) { break }
      let middle = 0.5 * (low + high)
      var below = Lanes.zero
      for x in 0..<count { below += Lanes.zero.replacing(with: 1, where: values[x] .<= middle) }
      let isAbove = below .<= rank
      low.replace(with: middle, where: isAbove)
      high.replace(with: middle, where: .!isAbove)
    }
    return 0.5 * (low + high)
  }

  /// Extremes of the values that count, infinite and swapped without any.
  @inline(__always)
  static func range(_ values: UnsafePointer<Lanes>, _ count: Int) -> (low: Lanes, high: Lanes) {
    var (low, high) = (Lanes(repeating: .infinity), Lanes(repeating: -.infinity))
    for x in 0..<count {
      low = lower(low, values[x])
      high = upper(high, values[x])
    }
    return (low, high)
  }
}
