/// Counts of a diagram that many tiles add to; whole numbers, so that the order does not matter.
final class CountGrid: Sendable {
  private let total = Guarded([UInt64](repeating: 0, count: DiagramBins.count))

  func add(_ counts: [UInt64]) {
    total.withLock { total in
      for i in 0..<total.count { total[i] &+= counts[i] }
    }
  }

  var counts: [Double] { total.withLock { $0.map { Double($0) } } }
}
