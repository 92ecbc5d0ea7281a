internal import CProcessors
import Dispatch
import Glibc
import Synchronization

extension Work {
  /// Processors that this process may run on; CRS_THREADS overrides it.
  package static let cores: Int = {
    if let text = getenv("CRS_THREADS"), let threads = Int(String(cString: text)), threads >= 1 {
      return min(threads, 256)
    }
    return max(1, Int(crs_processors()))
  }()

  /// Runs `body` on every tile of `0..<count`, `size` items a tile, over the threads.
  ///
  /// Tiles are cut the same way for any number of threads and each is done exactly once, so a body that
  /// writes only to its own tile gives the same result for any number. Between tiles the cancellation is
  /// looked at; after it, no new tile starts. Tiles should take well under 0.1 s each.
  /// - Parameter stage: what to tell the progress sink; nil to stay silent.
  /// - Throws: `CRSError.interrupted`, or the first error that a body threw.
  package func forTiles(
    _ count: Int, size: Int, stage: String? = nil, _ body: @Sendable (Range<Int>) throws -> Void
  ) throws {
    guard count > 0 else { return try checkCancelled() }
    if Memory.isNearlyGone() { cancellation.raiseForMemory() }
    try checkCancelled()
    let size = max(1, size)
    let tiles = (count + size - 1) / size
    let next = Atomic<Int>(0)
    let failure = Guarded<(any Error)?>(nil)
    @Sendable func worker() {
      while !cancellation.isRaised {
        let tile = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard tile < tiles else { return }
        do {
          try body(tile * size..<min(count, (tile + 1) * size))
        } catch {
          failure.withLock { $0 = $0 ?? error }
          next.store(tiles, ordering: .relaxed)
          return
        }
        if let stage { report(stage, Double(tile + 1) / Double(tiles)) }
      }
    }
    let wanted = min(threads, tiles)
    let workers = wanted == 1 ? 1 : 1 + SpareThreads.available(wanted - 1)
    if workers == 1 {
      worker()
    } else {
      DispatchQueue.concurrentPerform(iterations: workers) { _ in worker() }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    try checkCancelled()
  }
}

/// A pointer that may be shared with the threads of `forTiles`, each of which writes only to its own tile.
package struct SharedPointer<Element>: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Element>
  @inlinable package init(_ base: UnsafeMutablePointer<Element>) { self.base = base }
  @inlinable package subscript(index: Int) -> Element {
    get { base[index] }
    nonmutating set { base[index] = newValue }
  }
}
