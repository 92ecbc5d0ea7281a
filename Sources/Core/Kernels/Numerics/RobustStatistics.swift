/// Median and robust standard deviation, as numpy's median and quantile give them.
struct RobustStatistics<Scalar: SortableScalar>: Sendable {
  /// Mean of the two middle values, in their own precision.
  let median: Scalar
  /// 0.7413 times the distance of the quartiles.
  let standardDeviation: Double
  let minimum: Scalar
  let maximum: Scalar
  /// The values used; those that are not finite are left out.
  let finite: Int

  /// Nil when no value is finite.
  ///
  /// - Throws: `CRSError.interrupted`.
  init?(of rows: some PixelRows<Scalar>, work: Work) throws {
    let order = try OrderStatistics(of: rows, work: work) { n in
      let lower = LinearQuantile.position(0.25, n)
      let upper = LinearQuantile.position(0.75, n)
      return [
        0, n - 1, (n - 1) / 2, n / 2, lower.rank, min(lower.rank + 1, n - 1), upper.rank,
        min(upper.rank + 1, n - 1),
      ]
    }
    let n = order.finite
    guard n > 0, let low = order[(n - 1) / 2], let high = order[n / 2], let least = order[0],
      let most = order[n - 1], let q25 = Self.quantile(0.25, order), let q75 = Self.quantile(0.75, order)
    else { return nil }
    finite = n
    median = low == high ? low : (low + high) / 2
    standardDeviation = 0.7413 * (q75 - q25)
    (minimum, maximum) = (least, most)
  }

  private static func quantile(_ q: Double, _ order: OrderStatistics<Scalar>) -> Double? {
    let (rank, part) = LinearQuantile.position(q, order.finite)
    guard let below = order[rank], let above = order[min(rank + 1, order.finite - 1)] else { return nil }
    return LinearQuantile.between(Double(below), Double(above), step: Double(above - below), part: part)
  }
}
