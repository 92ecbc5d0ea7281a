/// Order statistics of a few values in eight lanes at once.
enum LaneOrder {
  typealias Reals = SIMD8<Float>

  /// Minimum and median over `values`, lane by lane; an even number: the mean of the two central values.
  ///
  /// The values are sorted in place when there are more than three.
  @inline(__always)
  static func minimumAndMedian(_ values: UnsafeMutableBufferPointer<Reals>) -> (Reals, Reals) {
    if values.count == 3 {
      let (low, high) = exchange(values[0], values[1])
      let c = values[2]
      let (lowHigh, _) = exchange(high, c)
      let (minimum, _) = exchange(low, c)
      let (_, median) = exchange(low, lowHigh)
      return (minimum, median)
    }
    sort(values)
    let n = values.count
    return (values[0], n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) * 0.5)
  }

  /// Insertion network: n (n - 1) / 2 exchanges.
  @inline(__always)
  static func sort(_ values: UnsafeMutableBufferPointer<Reals>) {
    for i in 1..<max(1, values.count) {
      for j in stride(from: i, to: 0, by: -1) {
        (values[j - 1], values[j]) = exchange(values[j - 1], values[j])
      }
    }
  }

  /// The smaller and the larger value, lane by lane.
  @inline(__always)
  static func exchange(_ a: Reals, _ b: Reals) -> (Reals, Reals) {
    (a.replacing(with: b, where: b .< a), a.replacing(with: b, where: b .> a))
  }
}
