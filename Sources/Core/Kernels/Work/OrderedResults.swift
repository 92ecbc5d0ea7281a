/// Results of tiles, kept in the order of their numbers whoever computes them.
package final class OrderedResults<Value: Sendable>: Sendable {
  private let storage: Guarded<[Value?]>

  package init(_ count: Int) { storage = Guarded([Value?](repeating: nil, count: count)) }

  package func set(_ index: Int, _ value: Value) { storage.withLock { $0[index] = value } }

  /// All results that were set, in order.
  package var values: [Value] { storage.withLock { $0.compactMap { $0 } } }
}
