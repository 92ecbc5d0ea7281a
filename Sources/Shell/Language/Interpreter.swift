import Calling
import Foundation
import Kernels

/// Runs statements in a session.
final class Interpreter {
  let session: Session
  /// The name of the running script for messages; nil at the prompt.
  private var sources: [String] = []
  private let output: StatementOutput
  /// How many texts are being run inside each other.
  private var depth = 0
  /// Lines about results that wait until a timed statement is measured; nil when nothing is timed.
  private var delayed: [() -> Void]?
  /// Whether results of statements print as a line each.
  var echoes = true
  /// Shows a long listing; nil to print it. The prompt sets it.
  var pager: (([String]) -> Bool)?

  init(
    session: Session, report: @escaping @Sendable (String) -> Void = Output.report,
    note: @escaping @Sendable (String) -> Void = Output.note
  ) {
    self.session = session
    output = StatementOutput(report: report, note: note)
    session.runScript = { [unowned self] path, _ in try self.run(file: path) }
  }

  /// Reads and runs a script file.
  ///
  /// - Throws: `CRSError` of the first statement that fails, with file, line and column in its place.
  func run(file path: String) throws {
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
  func run(text: String, source: String?) throws {
    if let source { sources.append(source) }
    defer { if source != nil { sources.removeLast() } }
    depth += 1
    defer { depth -= 1 }
    let statements: [(Statement, String)]
    do {
      statements = try parsedWithSources(text)
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

  func parsed(_ text: String) throws -> [Statement] { try parsedWithSources(text).map(\.0) }

  private func parsedWithSources(_ text: String) throws -> [(Statement, String)] {
    var parser = Parser(text) { [session] in session.registry[$0] != nil }
    let statements = try parser.parse()
    return Array(zip(statements, parser.sources))
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
  func check(text: String, source: String?) throws {
    do {
      try StatementChecker(session: session).check(try parsed(text))
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
      for item in try Evaluator(self).loopItems(items) {
        try context(call: "").work.checkCancelled()
        let before = session.parameters["loop " + variable.text]
        session.parameters["loop " + variable.text] = item
        defer { session.parameters["loop " + variable.text] = before }
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
      let value = try Evaluator(self).value(condition).value
      guard case .bool(let holds) = value else {
        throw CRSError.usage("the condition is a value of kind \(value.kindName)", expected: "yes or no")
      }
      for inner in holds ? then : otherwise { try run(inner) }
    case .shell(let text, _): try ProgressLine.shared.paused { try ShellCommand.run(text) }
    }
  }

  private func run(_ names: [Name], _ call: Call) throws {
    let evaluator = Evaluator(self)
    let outcome = try evaluator.call(call, wanted: names.count)
    guard names.count <= outcome.values.count else {
      throw CRSError.usage(
        "\(names.count) names for \(outcome.values.count) result\(outcome.values.count == 1 ? "" : "s")",
        expected: "as many names as results at most")
    }
    if !names.isEmpty {
      let statement = names.map(\.text).joined(separator: ", ") + " = " + outcome.text
      session.bind(names.map(\.text), outcome.values, statement: statement, uses: outcome.uses)
      for (name, value) in zip(names, outcome.values) {
        // The binding of now: a loop may bind the name anew before a timed statement ends.
        let binding = session[name.text]
        echo { name.text + ": " + (binding?.summary ?? value.summary) }
      }
    } else if case .expression(.word(let word, _)) = call, let value = session.look(at: word) {
      echo { value.summary }
    } else if let value = outcome.values.first {
      session.keepLast(value, statement: "_ = " + outcome.text, uses: outcome.uses)
      echo { value.summary }
    } else if outcome.isRecorded {
      session.recordEffect(outcome.text, uses: outcome.uses, changesFolder: outcome.effect == .folder)
    }
  }

  /// Prints a line about a result, after the time when the statement is timed.
  private func echo(_ line: @escaping () -> String) {
    guard echoes else { return }
    if delayed == nil {
      output.report(line())
    } else {
      delayed?.append { [output] in output.report(line()) }
    }
  }

  /// Runs a command, whose lines a pager shows if they are a long listing at the prompt.
  func run(_ entry: Entry, _ arguments: [Argument], _ context: CommandContext) throws
    -> CommandResult
  {
    let body = {
      do {
        return try ProgressLine.shared.during(entry.manifest.name) { try entry.call(arguments, context) }
      } catch var error as CRSError {
        // A line of a file that the command read is no line of the script.
        let isOfCall = arguments.contains { $0.place?.line == error.line && $0.place?.column == error.column }
        if !isOfCall { error.foldFilePlace() }
        throw error
      }
    }
    guard entry.manifest.isListing, let pager, sources.isEmpty, session.settings.pager == .auto else {
      return try body()
    }
    return try output.listing(pager, body)
  }

  func context(call: String) -> CommandContext {
    CommandContext(
      work: Work(
        threads: session.settings.threads, cancellation: Interruption.cancellation,
        progress: ProgressLine.shared),
      host: session, call: CallRecord(text: call), figures: session.settings.figures, report: output.report,
      note: output.note,
      ask: { question in ProgressLine.shared.paused { TerminalQuestion.answer(to: question) } },
      pictureTerminal: { Terminal.forPictures })
  }
}
