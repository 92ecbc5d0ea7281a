import Core

/// Puts the place in a script into an error.
enum ScriptError {
  /// `FILE:LINE:COLUMN`, the line itself and a caret; the innermost script wins.
  static func located(_ error: CRSError, source: String?, text: String) -> CRSError {
    guard error.script == nil else { return error }
    var error = error
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    error.script = source ?? ""
    if let line = error.line, lines.indices.contains(line - 1) { error.sourceLine = String(lines[line - 1]) }
    return error
  }
}
