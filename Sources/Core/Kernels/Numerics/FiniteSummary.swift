/// The range and the middle of the finite pixels of a plane.
package struct FiniteSummary: Sendable, Equatable {
  /// Finite pixels.
  package let count: Int
  package let minimum: Float
  package let maximum: Float
  /// The middle value, or the mean of the two middle ones, as `stats` gives it.
  package let median: Double

  /// nil without a finite pixel.
  ///
  /// - Throws: `CRSError.interrupted`.
  package init?(of plane: Plane<Float>, work: Work) throws {
    let order = try plane.pixels.withUnsafeBufferPointer { pixels -> OrderStatistics<Float>? in
      guard let base = pixels.baseAddress else { return nil }
      let rows = StoredRows(base: base, width: plane.width, height: plane.height)
      return try OrderStatistics(of: rows, work: work) { count in
        [0, (count - 1) / 2, count / 2, count - 1]
      }
    }
    guard let order, let least = order[0], let lower = order[(order.finite - 1) / 2],
      let upper = order[order.finite / 2], let most = order[order.finite - 1]
    else { return nil }
    count = order.finite
    // A zero with a minus is the same number.
    (minimum, maximum) = (least + 0, most + 0)
    // Of two floats the mean is exact as a double.
    median = (Double(lower) + Double(upper)) / 2 + 0
  }
}
