import Foundation
import Pipeline

/// What a program has said and nobody has taken yet; filled by the threads that read, emptied by the call.
///
/// Progress is thinned to 5 a second and lines of standard error to what a person can read, so that a program that
/// floods its streams fills neither the memory nor the screen.
package final class Mailbox: @unchecked Sendable {
  package enum Item {
    case message(JSONValue)
    /// What came is no message: its beginning, and what is wrong with it.
    case breach(String, String)
    /// A line of standard error.
    case error(String)
    /// Standard output has ended.
    case end
  }

  package init() {}

  private let condition = NSCondition()
  private var items: [Item] = []
  private var bytes = 0
  private var lastErrors: [String] = []
  private var errorLines = 0
  private var leftOut = 0
  private var lastProgress = ContinuousClock.now - .seconds(1)
  private var isClosed = false

  /// Lines of standard error that wait at most.
  private static let waitingErrors = 1000
  /// Messages that wait at most; a program that says more waits itself.
  private static let waitingBytes = 64 << 20

  package func add(_ event: LineStream.Event) {
    switch event {
    case .line(let line):
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
      add(line)
    case .tooLong(let line):
      put(.breach(Self.beginning(line), "a line of more than \(LineStream.longest >> 20) MiB"), size: 0)
    case .end: put(.end, size: 0)
    }
  }

  private func add(_ line: [UInt8]) {
    do {
      let message = try JSONValue(parsing: line)
      guard message.members != nil else {
        return put(.breach(Self.beginning(line), "no message"), size: line.count)
      }
      if message["progress"] != nil, !isDue() { return }
      put(.message(message), size: line.count)
    } catch {
      put(.breach(Self.beginning(line), "no message of JSON"), size: line.count)
    }
  }

  static func beginning(_ line: [UInt8]) -> String {
    let text = String(decoding: line.prefix(80), as: UTF8.self)
    return String(text.map { PlainText.line(String($0)).isEmpty ? "?" : $0 }) + (line.count > 80 ? "..." : "")
  }

  private func isDue() -> Bool {
    condition.withLock {
      let now = ContinuousClock.now
      guard now - lastProgress >= .milliseconds(200) else { return false }
      lastProgress = now
      return true
    }
  }

  func add(error line: [UInt8]) {
    let text = PlainText.line(String(decoding: line.prefix(2000), as: UTF8.self))
    condition.withLock {
      lastErrors.append(text)
      if lastErrors.count > 20 { lastErrors.removeFirst() }
      if errorLines >= Self.waitingErrors {
        leftOut += 1
        return
      }
      errorLines += 1
      items.append(.error(text))
      condition.signal()
    }
  }

  private func put(_ item: Item, size: Int) {
    condition.lock()
    while bytes > Self.waitingBytes, !isClosed { condition.wait() }
    items.append(item)
    bytes += size
    condition.broadcast()
    condition.unlock()
  }

  /// All that waits; after a while without anything, nothing.
  package func take(waiting seconds: Double) -> [Item] {
    condition.lock()
    defer { condition.unlock() }
    if items.isEmpty { _ = condition.wait(until: Date(timeIntervalSinceNow: seconds)) }
    var taken = items
    if leftOut > 0 {
      taken.append(.error("(\(leftOut) more lines)"))
      leftOut = 0
    }
    (items, bytes, errorLines) = ([], 0, 0)
    condition.broadcast()
    return taken
  }

  /// Nobody takes any more: what reads need not wait.
  func closed() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  /// The last lines of standard error.
  var lastLines: [String] { condition.withLock { lastErrors } }
}
