import Calling
import Foundation
import Kernels
import Pipeline

/// Runs statements in a session.
package final class Interpreter {
  let session: Session
  private let runner: CommandRunner
  private var output: StatementOutput { runner.output }
  /// The names of the scripts that run, the innermost last; none at the prompt.
  private var sources: [String] = [] {
    didSet { runner.collectsListings = collectsListings && sources.isEmpty }
  }
  /// How many texts are being run inside each other.
  private var depth = 0
  /// Lines about results that wait until a timed statement is measured; nil when nothing is timed.
  private var delayed: [() -> Void]?
  /// Whether long listings that scripts do not print are handed to the front end as a whole.
  package var collectsListings = false {
    didSet { runner.collectsListings = collectsListings && sources.isEmpty }
  }

  package init(session: Session, frontend: any Frontend) {
    self.session = session
    runner = CommandRunner(session: session, frontend: frontend)
    session.runScript = { [unowned self] path, _ in try self.run(file: path) }
  }

  /// Arguments of the script: `$1`, `$2`, ... and `$name`.
  package var arguments: [String: String] {
    get { runner.scope.arguments }
    set { runner.scope.arguments = newValue }
  }

  /// Reads and runs a script file.
  ///
  /// - Throws: `CRSError` of the first statement that fails, with file, line and column in its place.
  package func run(file path: String) throws {
    guard sources.count < 50 else { throw CRSError.usage("scripts are nested too deeply", parameter: path) }
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw CRSError.file("the script cannot be read", file: path, expected: "a text file")
    }
    try run(text: text, source: path)
  }

  /// - Parameter source: the file's name; nil for the prompt and -c.
  package func run(text: String, source: String?) throws {
    if let source { sources.append(source) }
    defer { if source != nil { sources.removeLast() } }
    depth += 1
    defer { depth -= 1 }
    let statements: [(Statement, String)]
    do {
      statements = try parsed(text)
    } catch let error as CRSError {
      let error = ScriptError.located(error, source: source, text: text)
      if depth == 1 { try record(text, [ErrorText.text(error)], hasFailed: true) }
      throw error
    }
    for (statement, written) in statements {
      do {
        try recorded(written) {
          do {
            try run(statement)
          } catch let error as CRSError {
            throw ScriptError.located(error, source: source, text: text, statement: statement.position)
          }
        }
      } catch let error as CRSError {
        let error = ScriptError.located(error, source: source, text: text)
        guard !session.settings.stopsOnError, error.kind != .interrupted else { throw error }
        output.error(error)
      }
      if session.isOver { return }
    }
  }

  /// Whether more lines could complete a text.
  package func isUnfinished(_ text: String) -> Bool {
    if text.hasSuffix("\\") { return true }
    do {
      _ = try statements(of: text)
      return false
    } catch {
      return error is UnfinishedInput
    }
  }

  /// The outermost statements and how they are written.
  private func statements(of text: String) throws -> [(Statement, String)] {
    var parser = Parser(text) { [session] in session.registry[$0] != nil }
    let statements = try parser.parse()
    return Array(zip(statements, parser.sources))
  }

  private func parsed(_ text: String) throws -> [(Statement, String)] {
    do {
      return try statements(of: text)
    } catch let unfinished as UnfinishedInput {
      throw unfinished.error
    }
  }

  // MARK: - The transcript

  /// Runs an outermost statement and records it with its output where a transcript is kept.
  private func recorded(_ written: String, _ body: () throws -> Void) throws {
    guard depth == 1, let file = session.settings.record else { return try body() }
    output.beginRecord()
    do {
      try body()
    } catch {
      try record(written, output.endRecord() + [ErrorText.text(error)], hasFailed: true)
      throw error
    }
    let lines = output.endRecord()
    // The statement that ends or moves the record is not part of it.
    if session.settings.record == file { try record(written, lines, hasFailed: false) }
  }

  /// What cannot be recorded ends the transcript.
  private func record(_ written: String, _ lines: [String], hasFailed: Bool) throws {
    do {
      try session.settings.record?.append(statement: written, output: lines, hasFailed: hasFailed)
    } catch {
      session.settings.record = nil
      throw error
    }
  }

  // MARK: - Statements

  /// Checks names and parameters of all statements without running them.
  package func check(text: String, source: String?) throws {
    do {
      try StatementChecker(session: session).check(try parsed(text).map(\.0))
    } catch let error as CRSError {
      throw ScriptError.located(error, source: source, text: text)
    }
  }

  func run(_ statement: Statement) throws {
    if session.isOver { return }
    do {
      try runUnplaced(statement)
    } catch var error as CRSError {
      if error.line == nil {
        error.line = statement.position.line
        error.column = statement.position.column
      }
      throw error
    }
  }

  private func runUnplaced(_ statement: Statement) throws {
    switch statement {
    case .run(let names, let call, _): try run(names, call)
    case .timed(let inner):
      let outer = delayed
      delayed = []
      let start = ContinuousClock.now
      do {
        try run(inner)
      } catch {
        delayed = outer
        throw error
      }
      let duration = ContinuousClock.now - start
      let waiting = delayed ?? []
      delayed = outer
      waiting.forEach { $0() }
      let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
      output.report("time: \(String(format: "%.3f", seconds)) s")
    case .loop(let variable, let items, let body):
      for item in try Evaluator(runner).loopItems(items) {
        try runner.work.checkCancelled()
        let before = runner.scope.loops.updateValue(item, forKey: variable.text)
        defer { runner.scope.loops[variable.text] = before }
        for inner in body {
          do {
            try run(inner)
          } catch let error as CRSError where !session.settings.stopsOnError && error.kind != .interrupted {
            output.error(ScriptError.located(error, source: sources.last, text: ""))
            break
          }
          if session.isOver { return }
        }
      }
    case .choice(let condition, let then, let otherwise):
      let value = try Evaluator(runner).value(condition).value
      guard case .bool(let holds) = value else {
        throw CRSError.usage("the condition is a value of kind \(value.kindName)", expected: "yes or no")
      }
      for inner in holds ? then : otherwise { try run(inner) }
    case .shell(let text, _): try system(text)
    }
  }

  /// `!`: a line for the system's shell.
  ///
  /// - Throws: `CRSError` (data) when it fails.
  private func system(_ line: String) throws {
    guard let status = runner.frontend.system(line) else {
      throw CRSError.file("the shell cannot be started", file: "/bin/sh")
    }
    guard status == 0 else { throw CRSError.data("the shell command ended with status \(status)") }
  }

  private func run(_ names: [Name], _ call: Call) throws {
    let outcome = try Evaluator(runner).call(call, wanted: names.count)
    guard names.count <= outcome.values.count else {
      throw CRSError.usage(
        "\(names.count) names for \(outcome.values.count) result\(outcome.values.count == 1 ? "" : "s")",
        expected: "as many names as results at most")
    }
    let uses = outcome.tree.origins
    if !names.isEmpty {
      let names = names.map(\.text)
      session.bind(
        names, outcome.values, statement: ReplayPrinter.statement(names, outcome.tree), uses: uses)
      for (name, value) in zip(names, outcome.values) {
        // The binding of now: a loop may bind the name anew before a timed statement ends.
        let binding = session[name]
        show(value) { name + ": " + (binding?.summary ?? value.summary) }
      }
    } else if case .expression(.word(let word, _)) = call, let value = session.look(at: word) {
      show(value) { value.summary }
    } else if let value = outcome.values.first {
      session.keepLast(value, statement: ReplayPrinter.statement(["_"], outcome.tree), uses: uses)
      show(value) { value.summary }
    } else if outcome.isRecorded {
      session.recordEffect(
        ReplayPrinter.text(outcome.tree), uses: uses, changesFolder: outcome.effect == .folder)
    }
  }

  /// Tells of a result, after the time when the statement is timed.
  private func show(_ value: Value, _ line: @escaping () -> String) {
    if delayed == nil {
      output.show(value, line())
    } else {
      delayed?.append { [output] in output.show(value, line()) }
    }
  }
}
