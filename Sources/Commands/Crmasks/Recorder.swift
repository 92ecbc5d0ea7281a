import Kernels

/// Keeps the lines of a report.
final class Recorder: Sendable {
  private let storage = Guarded<[String]>([])

  func add(_ line: String) { storage.withLock { $0.append(line) } }

  var lines: [String] { storage.withLock { $0 } }
}
