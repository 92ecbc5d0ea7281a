/// Statistics of some numbers, calculated in double precision.
package struct PixelStatistics: Sendable {
  package let count: Int
  package let minimum: Double
  package let maximum: Double
  package let mean: Double
  /// Of an even count the mean of the two central values.
  package let median: Double
  /// Root of the mean square distance from the mean.
  package let deviation: Double
  /// 0.7413 times the distance of the quartiles: the standard deviation of a normal distribution.
  package let robustDeviation: Double
  package let sum: Double

  /// nil without any number. The numbers must not hold NaN.
  package init?(of numbers: [Float]) {
    var sorted = numbers
    sorted.sort()
    self.init(count: sorted.count) { Double(sorted[$0]) }
  }

  package init?(of numbers: [Double]) {
    var sorted = numbers
    sorted.sort()
    self.init(count: sorted.count, isDouble: true) { sorted[$0] }
  }

  /// - Parameters:
  ///   - isDouble: whether the numbers use all digits of the type, so that the sum of many has fewer than they have.
  ///   - value: numbers in ascending order.
  private init?(count: Int, isDouble: Bool = false, value: (Int) -> Double) {
    guard count > 0 else { return nil }
    let number = Double(count)
    var sum = 0.0
    for k in 0..<count { sum += value(k) }
    func quantile(_ q: Double) -> Double {
      let (rank, part) = LinearQuantile.position(q, count)
      let (below, above) = (value(rank), value(min(rank + 1, count - 1)))
      return LinearQuantile.between(below, above, step: above - below, part: part)
    }
    self.count = count
    (minimum, maximum) = (value(0), value(count - 1))
    let (below, above) = (value((count - 1) / 2), value(count / 2))
    let middle = (below + above) / 2
    median = middle.isFinite ? middle : below / 2 + above / 2
    robustDeviation = 0.7413 * (quantile(0.75) - quantile(0.25))
    // Numbers near each other have exact distances: nothing is lost of them in a sum.
    let fits = (maximum - median).isFinite && (minimum - median).isFinite
    let origin = isDouble && sum.isFinite && fits ? median : 0
    var shifted = sum
    if origin != 0 {
      shifted = 0
      for k in 0..<count { shifted += value(k) - origin }
      if shifted.isFinite { sum = origin * number + shifted }
    }
    self.sum = sum
    // A sum beyond the type's limit: the mean is none.
    let distance =
      shifted.isFinite
      ? shifted / number : (0..<count).reduce(0.0) { $0 + (value($1) - origin) / number }
    mean = origin + distance
    var squares = 0.0
    for k in 0..<count {
      let d = (value(k) - origin) - distance
      squares += d * d
    }
    if squares.isFinite, squares > 1e-280 || minimum == maximum {
      deviation = (squares / number).squareRoot()
    } else {
      // Squares of numbers beyond 1e154 and below 1e-154 are none, differences of those near the end of the type neither.
      let half = mean / 2
      let scale = max(maximum / 2 - half, half - minimum / 2)
      squares = (0..<count).reduce(0.0) { sum, k in
        let d = (value(k) / 2 - half) / scale
        return sum + d * d
      }
      deviation = 2 * (scale * (squares / number).squareRoot())
    }
  }
}
