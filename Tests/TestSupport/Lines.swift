import Synchronization

/// Collects the lines that a command or script reports.
package final class Lines: Sendable {
  private let storage = Mutex<[String]>([])

  package init() {}

  package func add(_ line: String) { storage.withLock { $0.append(line) } }

  package var all: [String] { storage.withLock { $0 } }
}
