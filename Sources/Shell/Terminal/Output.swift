import Files
import Foundation
import Language
import Synchronization

/// Where lines go: reports to standard output, warnings and errors to standard error.
enum Output {
  static func report(_ line: String) { writeLine(line, to: 1) }

  static func note(_ line: String) {
    told(line.hasPrefix("warning: ") ? line : "note: " + line)
  }

  static func error(_ text: String) { told(text) }

  /// On a terminal words stay whole at any width.
  private static func told(_ text: String) {
    let text = text.visible
    guard let columns = Terminal.columns(of: 2) else { return writeLine(text, to: 2) }
    writeLine(NarrowText.lines(text, columns: columns).joined(separator: "\n"), to: 2)
  }

  private static func writeLine(_ line: String, to descriptor: Int32) {
    ProgressLine.shared.writing { write(line + "\n", to: descriptor) }
  }

  /// Puts a line of progress, to standard error, in the place of the one before.
  static func progress(_ line: String) { write("\r\u{1B}[K" + line, to: 2) }

  /// Text for the terminal as it is, to standard error.
  static func raw(_ text: String) { write(text, to: 2) }

  /// A question, to standard output, after which the answer is typed.
  static func prompt(_ text: String) { write(text, to: 1) }

  /// Whether standard output did not take everything.
  static var hasFailed: Bool { failure.load(ordering: .relaxed) }
  private static let failure = Atomic<Bool>(false)

  /// Writes all bytes, whatever the pipe takes at a time.
  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        // A reader that has gone away, such as head, has what it wanted.
        if descriptor == 1, errno != EPIPE { failure.store(true, ordering: .relaxed) }
        return
      }
      bytes = bytes.dropFirst(count)
    }
  }
}

extension ProgressLine {
  /// That of the terminal.
  static let shared = ProgressLine(isVisible: isatty(2) == 1, write: Output.progress)
}
