import Kernels

/// Puts the place in a script into an error.
enum ScriptError {
  /// `FILE:LINE:COLUMN`, the line itself and a caret; the innermost script wins, those that ran it are the trace.
  ///
  /// - Parameter statement: where the statement began that failed.
  static func located(
    _ error: CRSError, source: String?, text: String, statement: SourcePosition? = nil
  ) -> CRSError {
    var error = error
    guard error.script == nil else {
      if let source, let statement, error.script != source || error.line != statement.line {
        error.trace.append("\(source):\(statement.line)")
      }
      return error
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    error.script = source ?? ""
    if let line = error.line, lines.indices.contains(line - 1) { error.sourceLine = String(lines[line - 1]) }
    return error
  }
}
