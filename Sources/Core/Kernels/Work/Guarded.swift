import Synchronization

/// A value that one thread at a time sees.
///
/// `Mutex` alone would do. But where two threads want it at once, the kernel hands it from one to the other, and a
/// thread sanitizer, which sees only what the program does, takes that for a race: each turn therefore ends with a store
/// that the next one loads.
package final class Guarded<Value>: Sendable {
  private let value: Mutex<Value>
  private let turns = Atomic<Int>(0)

  package init(_ value: sending Value) { self.value = Mutex(value) }

  @discardableResult
  package func withLock<Result>(_ body: (inout sending Value) throws -> sending Result) rethrows
    -> sending Result
  {
    try value.withLock { value in
      _ = turns.load(ordering: .acquiring)
      defer { turns.wrappingAdd(1, ordering: .releasing) }
      return try body(&value)
    }
  }
}
