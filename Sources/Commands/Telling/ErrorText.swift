import Kernels

/// How an error reads on the terminal.
package enum ErrorText {
  /// `FILE:LINE:COLUMN: error: what is wrong, what was expected`, with the line and a caret where known.
  package static func text(_ error: any Error) -> String {
    guard var error = error as? CRSError else { return "error: \(error)" }
    var place = ""
    if let line = error.line {
      // Lines of a parameter file stand behind its own name.
      let file = error.script ?? error.file ?? ""
      if error.script == nil { error.file = nil }
      place = (file.isEmpty ? "line " : file + ":") + "\(line):" + (error.column.map { "\($0):" } ?? "") + " "
    }
    var text = place + "error: " + shortened(error.description)
    if let source = error.sourceLine {
      let (part, caret) = excerpt(source, around: error.column)
      text += "\n  " + part
      if let caret { text += "\n  " + String(repeating: " ", count: max(0, caret - 1)) + "^" }
    }
    for caller in error.trace { text += "\n  run by " + caller }
    return text
  }

  /// Characters of a line, or of a message, beyond which only a part is shown.
  private static let most = 1000

  /// A message that repeats more than anybody reads, without its middle.
  private static func shortened(_ text: String) -> String {
    guard text.utf8.count > 2 * most, text.count > 2 * most else { return text }
    return text.prefix(most) + " ... " + text.suffix(most / 2)
  }

  /// A line of a script; of a long one what stands around the column, which is from 1.
  private static func excerpt(_ line: String, around column: Int?) -> (String, column: Int?) {
    guard line.utf8.count > most, line.count > most else { return (line, column) }
    let first = max(0, min((column ?? 1) - 1 - most / 10, line.count - most / 5))
    let part = line.dropFirst(first).prefix(most / 5)
    let (before, behind) = (first > 0 ? "..." : "", first + part.count < line.count ? "..." : "")
    return (before + part + behind, column.map { $0 - first + before.count })
  }
}
