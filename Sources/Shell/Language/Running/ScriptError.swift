import Kernels

/// The lines of a script, cut when the first error asks for one.
final class ScriptLines {
  private let text: String
  private lazy var lines = text.split(separator: "\n", omittingEmptySubsequences: false)

  init(_ text: String) { self.text = text }

  /// - Parameter number: from 1; nil where the script has no such line.
  subscript(number: Int) -> String? {
    lines.indices.contains(number - 1) ? String(lines[number - 1]) : nil
  }
}

/// Puts the place in a script into an error.
enum ScriptError {
  /// `FILE:LINE:COLUMN`, the line itself and a caret; the innermost script wins, those that ran it are the trace.
  ///
  /// - Parameter statement: where the statement began that failed.
  static func located(
    _ error: CRSError, source: String?, text: String, statement: SourcePosition? = nil
  ) -> CRSError {
    located(error, source: source, text: ScriptLines(text), statement: statement)
  }

  /// The same for many errors of one script.
  static func located(
    _ error: CRSError, source: String?, text: ScriptLines, statement: SourcePosition? = nil
  ) -> CRSError {
    var error = error
    guard error.script == nil else {
      if let source, let statement, error.script != source || error.line != statement.line {
        error.trace.append("\(source):\(statement.line)")
      }
      return error
    }
    error.script = source ?? ""
    if let line = error.line { error.sourceLine = text[line] ?? error.sourceLine }
    return error
  }
}
