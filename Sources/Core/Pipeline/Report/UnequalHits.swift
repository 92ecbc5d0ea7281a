import Kernels

/// An exposure with far more pixels that look hit than the others: cosmic rays hit all exposures of a stack alike.
struct UnequalHits {
  private let hits: [Mask]
  /// Exposure times [s]; nil where one is not known: all count as equal.
  private let times: [Double]?

  /// How many times as many pixels an exposure must have, how many more, and by how many deviations.
  private static let (often, more, deviations) = (1.5, 100.0, 6.0)

  /// - Parameters:
  ///   - hits: pixels flagged in each exposure.
  ///   - times: their exposure times [s].
  init(_ hits: [Mask], times: [Double]?) {
    self.hits = hits
    self.times = times?.allSatisfy { $0 > 0 } == true && times?.count == hits.count ? times : nil
  }

  /// A sentence about the exposure that exceeds the others most; none where another note names it, or chance explains it.
  ///
  /// - Parameter explained: numbers of exposures, from 1, of which another note says that they differ.
  func warnings(explained: Set<Int>) -> [String] {
    let counts = hits.map { Double($0.flagged) }
    // Tracks are many pixels at once.
    let squares = hits.map { mask in
      ConnectedRuns(of: mask.plane, connectivity: .eight).sizes.reduce(0.0) { $0 + Double($1) * Double($1) }
    }
    var worst: (exposure: Int, ratio: Double, expected: Double)?
    for k in hits.indices where !explained.contains(k + 1) {
      let others = hits.indices.filter { $0 != k && counts[$0] > 0 }
      guard !others.isEmpty else { continue }
      let shares = others.map { other in times.map { $0[k] / $0[other] } ?? 1 }
      let number = Double(others.count)
      let expected = zip(others, shares).reduce(0) { $0 + counts[$1.0] * $1.1 } / number
      let variance = zip(others, shares).reduce(0) { $0 + squares[$1.0] * $1.1 } / number
      let excess = counts[k] - expected
      guard excess > Self.more, counts[k] > Self.often * expected,
        excess > Self.deviations * (variance * (1 + 1 / number)).squareRoot(),
        counts[k] / expected > worst?.ratio ?? 0
      else { continue }
      worst = (k, counts[k] / expected, expected)
    }
    guard let worst else { return [] }
    return [
      "\(Int(counts[worst.exposure])) pixels of exposure \(worst.exposure + 1) look hit, where the other exposures make "
        + "\(worst.expected.rounded().short) expected: cosmic rays hit exposures alike. Its seeing, place, light or sky may differ, or a "
        + "trace in it; look at CRMASK\(worst.exposure + 1), or leave the exposure out"
    ]
  }
}
