/// Quantiles of numbers in ascending order, linear between the neighbouring ranks, as numpy's percentile gives them.
enum LinearQuantile {
  /// The rank below, and how far the quantile lies above it.
  ///
  /// - Parameters:
  ///   - q: 0...1.
  ///   - n: how many numbers there are, at least 1.
  static func position(_ q: Double, _ n: Int) -> (rank: Int, part: Double) {
    let p = Double(n - 1) * q
    return (Int(p), p - p.rounded(.down))
  }

  /// From the nearer of two neighbouring numbers.
  ///
  /// - Parameter step: their distance.
  static func between(_ below: Double, _ above: Double, step: Double, part: Double) -> Double {
    // A distance beyond the end of the type is none.
    guard step.isFinite else { return below * (1 - part) + above * part }
    return part < 0.5 ? below + step * part : above - step * (1 - part)
  }
}
