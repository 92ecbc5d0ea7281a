import Foundation
import Kernels
import Synchronization

/// Keeps the lines of a report.
final class Recorder: Sendable {
  private let storage = Mutex<[String]>([])

  func add(_ line: String) { storage.withLock { $0.append(line) } }

  var lines: [String] { storage.withLock { $0 } }
}

extension CrmasksProducts {
  /// Writes lines of text.
  func write(_ lines: [String], name: String) throws {
    let target = path(name)
    do {
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(
        to: URL(fileURLWithPath: target), options: .atomic)
    } catch {
      throw CRSError.file(
        "the text cannot be written", file: target, expected: "a directory that can be written")
    }
  }
}
