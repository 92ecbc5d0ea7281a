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
    return (values[0], n % 2 == 1 ? values[n / 2] : middle(values[n / 2 - 1], values[n / 2]))
  }

  /// The same of the values that are finite, NaN where there is none.
  ///
  /// The values are sorted in place, those that are not finite as infinity behind the others.
  @inline(never)
  static func minimumAndMedianOfFinite(_ values: UnsafeMutableBufferPointer<Reals>) -> (Reals, Reals) {
    var count = SIMD8<Int32>.zero
    for k in 0..<values.count {
      let isFinite = values[k] - values[k] .== 0
      count &+= SIMD8<Int32>.zero.replacing(with: 1, where: isFinite)
      values[k] = Reals(repeating: .infinity).replacing(with: values[k], where: isFinite)
    }
    sort(values)
    let minimum = values[0].replacing(with: .nan, where: count .== 0)
    if values.count == 3 {
      let median = minimum.replacing(with: (values[0] + values[1]) * 0.5, where: count .== 2)
      return (minimum, median.replacing(with: values[1], where: count .== 3))
    }
    return (minimum, central(values, count: count))
  }

  /// The median of the first `count` of sorted values, lane by lane; NaN for none.
  @inline(__always)
  static func central(_ values: UnsafeMutableBufferPointer<Reals>, count: SIMD8<Int32>) -> Reals {
    let (below, above) = ((count &- 1) &>> 1, count &>> 1)
    var (low, high) = (Reals(repeating: .nan), Reals(repeating: .nan))
    for k in 0..<values.count {
      low.replace(with: values[k], where: below .== Int32(k) .& (count .> 0))
      high.replace(with: values[k], where: above .== Int32(k))
    }
    return low.replacing(with: middle(low, high), where: below .!= above)
  }

  /// The mean of two values; their sum may be too large for the type.
  @inline(__always)
  static func middle(_ a: Reals, _ b: Reals) -> Reals {
    let mean = (a + b) * 0.5
    return mean.replacing(with: a * 0.5 + b * 0.5, where: mean - mean .!= 0)
  }

  /// The value of a rank of its own in each lane, NaN where there is none.
  @inline(__always)
  static func value(_ values: UnsafeMutableBufferPointer<Reals>, at rank: SIMD8<Int32>) -> Reals {
    var out = Reals(repeating: .nan)
    for k in 0..<values.count { out.replace(with: values[k], where: rank .== Int32(k)) }
    return out
  }

  /// The mean of the values that are finite, added in their order; NaN where there is none.
  @inline(never)
  static func meanOfFinite(_ values: UnsafeMutableBufferPointer<Reals>) -> Reals {
    var (sum, count) = (Reals.zero, Reals.zero)
    for k in 0..<values.count {
      let isFinite = values[k] - values[k] .== 0
      sum += Reals.zero.replacing(with: values[k], where: isFinite)
      count += Reals.zero.replacing(with: 1, where: isFinite)
    }
    let mean = sum / count
    // Values near the limit of the type: their sum is none of it.
    let isLost = mean - mean .!= 0 .& (count .> 0)
    return isLost == SIMDMask(repeating: false) ? mean : wideMean(values, count, mean, isLost)
  }

  /// `mean`, calculated in double precision in some lanes.
  @inline(never)
  private static func wideMean(
    _ values: UnsafeMutableBufferPointer<Reals>, _ count: Reals, _ mean: Reals,
    _ lanes: SIMDMask<SIMD8<Int32>>
  ) -> Reals {
    var out = mean
    for lane in 0..<8 where lanes[lane] {
      var sum = 0.0
      for k in 0..<values.count where values[k][lane].isFinite { sum += Double(values[k][lane]) }
      out[lane] = Float(sum / Double(count[lane]))
    }
    return out
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
