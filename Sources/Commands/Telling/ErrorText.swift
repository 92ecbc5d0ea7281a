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
    var text = place + "error: " + error.description
    if let source = error.sourceLine {
      text += "\n  " + source
      if let column = error.column {
        text += "\n  " + String(repeating: " ", count: max(0, column - 1)) + "^"
      }
    }
    for caller in error.trace { text += "\n  run by " + caller }
    return text
  }
}
