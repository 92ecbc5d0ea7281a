/// The range and the middle of the finite pixels of a plane.
package struct FiniteSummary: Sendable, Equatable {
  /// Finite pixels.
  package let count: Int
  package let minimum: Float
  package let maximum: Float
  /// The middle value, the lower one of two.
  package let median: Float

  /// nil without a finite pixel.
  ///
  /// - Throws: `CRSError.interrupted`.
  package init?(of plane: Plane<Float>, work: Work) throws {
    let order = try plane.pixels.withUnsafeBufferPointer { pixels -> OrderStatistics<Float>? in
      guard let base = pixels.baseAddress else { return nil }
      let rows = StoredRows(base: base, width: plane.width, height: plane.height)
      return try OrderStatistics(of: rows, work: work) { count in [0, (count - 1) / 2, count - 1] }
    }
    guard let order, let least = order[0], let middle = order[(order.finite - 1) / 2],
      let most = order[order.finite - 1]
    else { return nil }
    count = order.finite
    // A zero with a minus is the same number.
    (minimum, median, maximum) = (least + 0, middle + 0, most + 0)
  }
}
