import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// `--check`.
extension Interpreter {
  /// Finds mistakes in a script without running it.
  ///
  /// - Throws: `CRSError` for a script that cannot be read.
  package func errors(inFile path: String) throws -> [CRSError] {
    if NotebookProgram.isNotebook(path) { return try errors(inNotebook: path) }
    return errors(inText: try ScriptFile.text(at: path), source: path)
  }

  /// The same of a text that was read.
  package func errors(inText text: String, source path: String) -> [CRSError] {
    do {
      try session.checkNeeds(text)
    } catch let error as CRSError {
      return [ScriptError.located(error, source: path, text: text)]
    } catch {
      return [CRSError.usage("\(error)")]
    }
    var read = SyntaxCheck(text, vocabulary: vocabulary)
    let statements = read.statements()
    var checker = StatementChecker(session: session)
    checker.looksAtPixels = true
    checker.arguments = arguments
    checker.sourced = { [vocabulary] name in
      let found = try ScriptFile.path(name, beside: path)
      // A script that is there and cannot be read is told when it is run.
      guard FileManager.default.fileExists(atPath: found) else { throw ScriptFile.missing([found]) }
      guard let text = try? ScriptFile.text(at: found) else { return nil }
      var read = SyntaxCheck(text, vocabulary: vocabulary)
      return read.statements()
    }
    checker.unread = read.unread
    checker.check(statements)
    let errors = read.errors + checker.errors
    let lines = ScriptLines(text)
    return errors.map { ScriptError.located($0, source: path, text: lines) }
      .sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
  }
}
