import Commands
import Core
import Foundation

/// Where lines go: reports to standard output, warnings and errors to standard error.
enum Output {
  static func report(_ line: String) { write(line + "\n", to: 1) }

  static func note(_ line: String) { write("note: " + line + "\n", to: 2) }

  static func error(_ text: String) { write(text + "\n", to: 2) }

  /// Writes all bytes, whatever the pipe takes at a time.
  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}

/// How an error reads on the terminal.
enum ErrorText {
  /// `FILE:LINE:COLUMN: error: what is wrong, what was expected`, with the line and a caret where known.
  static func text(_ error: any Error, source: String? = nil, lines: [Substring] = []) -> String {
    guard let error = error as? CRSError else { return "error: \(error)" }
    var place = ""
    if let source { place = source + ":" }
    if let line = error.line, source != nil || error.file == nil {
      place += "\(line):" + (error.column.map { "\($0):" } ?? "")
    }
    var text = (place.isEmpty ? "" : place + " ") + "error: " + error.description
    if let line = error.line, lines.indices.contains(line - 1) {
      text += "\n  " + lines[line - 1]
      if let column = error.column {
        text += "\n  " + String(repeating: " ", count: max(0, column - 1)) + "^"
      }
    } else if error.file != nil, source == nil, let line = error.line {
      text = "\(error.file ?? ""):\(line):" + (error.column.map { "\($0):" } ?? "") + " error: "
      var rest = error
      rest.file = nil
      text += rest.description
    }
    return text
  }
}
