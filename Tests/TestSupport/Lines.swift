import Synchronization

/// Collects the lines that a command or script reports.
public final class Lines: Sendable {
  private let storage = Mutex<[String]>([])

  public init() {}

  public func add(_ line: String) { storage.withLock { $0.append(line) } }

  public var all: [String] { storage.withLock { $0 } }
}
