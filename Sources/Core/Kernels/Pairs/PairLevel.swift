/// How bright the first exposure of a pair is beside the second, where both have light above their backgrounds.
package struct PairLevel: Sendable, Equatable {
  /// First over second.
  package let factor: Double
  /// Scatter of the single ratios about it, a measure of how well one factor explains them.
  package let scatter: Double
  /// Pixels that were compared.
  package let pixels: Int

  private static let fewest = 30

  /// nil where too few pixels have light.
  ///
  /// - Parameters:
  ///   - planes: equal shapes.
  ///   - overlap: where they cover each other.
  /// - Throws: `CRSError.interrupted`.
  package init?(_ first: Plane<Float>, _ second: Plane<Float>, overlap: PairOverlap, work: Work) throws {
    func statistics(_ plane: Plane<Float>) throws -> RobustStatistics<Float>? {
      try plane.pixels.withUnsafeBufferPointer { pixels in
        try pixels.baseAddress.flatMap {
          try RobustStatistics(
            of: StoredRows(base: $0, width: plane.width, height: plane.height), work: work)
        }
      }
    }
    guard let a = try statistics(first), let b = try statistics(second) else { return nil }
    // Both must stand out, so that the hits of one alone do not count.
    let limits = (
      a.median + 5 * Float(a.standardDeviation), b.median + 5 * Float(b.standardDeviation)
    )
    var ratios: [Float] = []
    for y in overlap.rows {
      for x in overlap.columns {
        let value1 = first[x, y]
        let value2 = second[x - overlap.ioffx, y - overlap.ioffy]
        guard value1 > limits.0, value2 > limits.1, value1.isFinite, value2.isFinite else { continue }
        ratios.append((value1 - a.median) / (value2 - b.median))
      }
    }
    guard ratios.count >= Self.fewest else { return nil }
    ratios.sort()
    let middle = ratios[ratios.count / 2]
    guard middle > 0 else { return nil }
    let deviations = ratios.map { abs($0 - middle) }.sorted()
    (factor, pixels) = (Double(middle), ratios.count)
    scatter = 1.4826 * Double(deviations[deviations.count / 2])
  }
}
