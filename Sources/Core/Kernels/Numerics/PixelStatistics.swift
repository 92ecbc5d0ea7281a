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
    self.init(count: sorted.count) { sorted[$0] }
  }

  /// - Parameter value: numbers in ascending order.
  private init?(count: Int, value: (Int) -> Double) {
    guard count > 0 else { return nil }
    var sum = 0.0
    for k in 0..<count { sum += value(k) }
    // A sum beyond the type's limit: the mean is none.
    let mean =
      sum.isFinite
      ? sum / Double(count) : (0..<count).reduce(0.0) { $0 + value($1) / Double(count) }
    var squares = 0.0
    for k in 0..<count { squares += (value(k) - mean) * (value(k) - mean) }
    func quantile(_ q: Double) -> Double { value(Int(q * Double(count - 1))) }
    self.count = count
    (minimum, maximum) = (value(0), value(count - 1))
    self.mean = mean
    self.sum = sum
    let (below, above) = (value((count - 1) / 2), value(count / 2))
    let middle = (below + above) / 2
    median = middle.isFinite ? middle : below / 2 + above / 2
    deviation = (squares / Double(count)).squareRoot()
    robustDeviation = 0.7413 * (quantile(0.75) - quantile(0.25))
  }
}
