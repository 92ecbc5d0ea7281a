import Synchronization

/// Keeps the lines of a report.
final class Recorder: Sendable {
  private let storage = Mutex<[String]>([])

  func add(_ line: String) { storage.withLock { $0.append(line) } }

  var lines: [String] { storage.withLock { $0 } }
}
