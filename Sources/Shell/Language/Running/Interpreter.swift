import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// Runs statements in a session.
package final class Interpreter {
  package let session: Session
  let runner: CommandRunner
  var output: StatementOutput { runner.output }
  /// The scripts that run, the innermost last; none at the prompt.
  private(set) var sources: [String] = [] {
    didSet { runner.collectsListings = collectsListings && sources.isEmpty }
  }
  /// The text that runs.
  private(set) var text = ""
  /// The results of the last statement that ran.
  package internal(set) var lastResults: [Value] = []
  /// How many texts are being run inside each other.
  private(set) var depth = 0
  /// Whether the outermost statement that runs is the last one of its text.
  private(set) var isAtLast = false
  /// Outermost statements that `exit` has left out.
  private(set) var leftOut = 0
  /// The commands of the whole program where the text that runs is one of its cells.
  var program: Set<String>?
  /// Whether `history` will list what runs.
  package var remembersTyped = true
  /// What the text that runs is called where it is no file: a cell of a notebook; empty for the prompt.
  package var cell = ""
  /// Whether the outermost text is a whole script, with nothing behind it.
  package var isScript = false
  /// Lines about results that wait until a timed statement is measured; nil when nothing is timed.
  var delayed: [() -> Void]?
  /// Later commands that variables hide, which is said once.
  var hidden: Set<String> = []
  /// Whether long listings that scripts do not print are handed to the front end as a whole.
  package var collectsListings = false {
    didSet { runner.collectsListings = collectsListings && sources.isEmpty }
  }
  package init(session: Session, frontend: any Frontend) {
    self.session = session
    runner = CommandRunner(session: session, frontend: frontend)
    session.runScript = { [unowned self] path, arguments in try self.source(path, arguments) }
    session.topics = (LanguageHelp.names, Self.topic)
    session.runSystem = { [weak frontend] line in frontend?.system(line) }
  }

  /// Runs the body of a definition inside a command.
  init(session: Session, context: CommandContext, frame: Frame) {
    self.session = session
    runner = CommandRunner(
      session: session, frontend: ContextFrontend(context, system: session.runSystem))
    runner.scope.frame = frame
    depth = 1
  }

  /// Help on a topic, or on how a word of another language is written.
  private static func topic(_ name: String) -> [String]? {
    LanguageHelp.page(name) ?? Habits.words[name].map { ["'\(name)' is not a word of the language: \($0)"] }
  }

  /// Arguments of the script: `$1`, `$2`, ... and `$name`.
  package var arguments: [String: String] {
    get { runner.scope.arguments }
    set { runner.scope.arguments = newValue }
  }

  // MARK: - Scripts

  /// Reads and runs a script file.
  ///
  /// - Parameter goesOn: as for `run(text:)`.
  /// - Throws: `CRSError` of the first statement that fails, with file, line and column in its place.
  package func run(file path: String, goesOn: Bool = false) throws {
    guard sources.count < 50 else { throw CRSError.usage("scripts are nested too deeply", parameter: path) }
    if NotebookProgram.isNotebook(path) { return try run(notebook: path) }
    try run(text: try ScriptFile.text(at: path), source: path, goesOn: goesOn)
  }

  /// Runs a script with arguments of its own, looked for beside the script that runs first.
  private func source(_ name: String, _ values: [Value]) throws {
    let path = try ScriptFile.path(name, beside: sources.last)
    if !session.replacesFiles { try checkReplay(ofFile: path, goesOn: "source \(name) overwrite=yes") }
    guard !values.isEmpty else { return try run(file: path) }
    let outer = runner.scope.arguments
    defer { runner.scope.arguments = outer }
    runner.scope.arguments = outer.filter { Int($0.key) == nil }
    for (k, value) in values.enumerated() {
      runner.scope.arguments["\(k + 1)"] = try TextFunctions.plain(value)
    }
    try run(file: path)
  }

  /// - Parameters:
  ///   - source: the file's name; nil for the prompt and -c.
  ///   - goesOn: whether statements behind one that fails run, whatever is set.
  package func run(text: String, source: String?, goesOn: Bool = false) throws {
    if let source { sources.append(source) }
    defer { if source != nil { sources.removeLast() } }
    depth += 1
    if depth == 1 { session.refreshPlugins(output.note) }
    let outer = self.text
    self.text = text
    defer {
      depth -= 1
      self.text = outer
    }
    let source = source ?? (cell.isEmpty || depth > 1 ? nil : cell)
    let statements: [(Statement, String)]
    do {
      statements = try parsed(text)
    } catch let error as CRSError {
      let error = ScriptError.located(error, source: source, text: text)
      if depth == 1 { try record(text, [ErrorText.text(error)], hasFailed: true) }
      throw error
    }
    if isScript, depth == 1 {
      // Nobody can take back what a script did: earlier values would only fill the memory.
      let commands = program ?? Statement.commands(in: statements.map(\.0))
      session.keepsUndo = Self.mayTakeBack(commands)
      session.keepsFigures = !commands.isDisjoint(with: ["history", "source"])
    }
    let lines = ScriptLines(text)
    for (k, (statement, written)) in statements.enumerated() {
      if depth == 1 {
        // An allocation that failed where nobody looked is no matter of the statements behind it.
        runner.frontend.cancellation.endShortage()
        isAtLast = k == statements.count - 1 && statement.isCall
        leftOut = statements.count - k - 1
        if remembersTyped { session.remember(typed: written) }
      }
      do {
        try recorded(written) {
          defer { if depth == 1 { session.takeNonFinite().map(output.note) } }
          do {
            try asStep(statement) { try run(statement) }
          } catch let error as CRSError {
            throw ScriptError.located(error, source: source, text: lines, statement: statement.position)
          }
        }
      } catch let error as CRSError {
        let error = ScriptError.located(error, source: source, text: lines)
        runner.frontend.cancellation.endShortage()
        guard goesOn || !session.settings.stopsOnError, error.kind != .interrupted else { throw error }
        passOver(error)
      }
      if session.isOver { return }
    }
  }

  /// An outermost statement is one step of undo, whatever it runs.
  private func asStep(_ statement: Statement, _ body: () throws -> Void) throws {
    guard depth == 1 else { return try body() }
    try session.asOneStep(keepsParts: Self.mayTakeBack(Statement.commands(in: [statement])), body)
  }

  /// Whether undo or redo may run: they are among the commands, or another script is.
  private static func mayTakeBack(_ commands: Set<String>) -> Bool {
    !commands.isDisjoint(with: ["undo", "redo", "source"])
  }

  private func passOver(_ error: CRSError) {
    session.passedOver.append(error)
    output.error(error)
  }

  /// Whether more lines could complete a text.
  package func isUnfinished(_ text: String) -> Bool {
    if text.hasSuffix("\\") { return true }
    do {
      _ = try statements(of: text)
      return false
    } catch {
      return (error as? UnfinishedInput)?.goesOn ?? false
    }
  }

  /// The outermost statements and how they are written.
  func statements(of text: String) throws -> [(Statement, String)] {
    var parser = Parser(text, vocabulary: vocabulary)
    let statements = try parser.parse()
    return Array(zip(statements, parser.sources))
  }

  private func parsed(_ text: String) throws -> [(Statement, String)] {
    // Without its plugins a script cannot even be understood.
    try session.checkNeeds(text)
    do {
      return try statements(of: text)
    } catch let unfinished as UnfinishedInput {
      throw unfinished.error
    }
  }

  var vocabulary: Parser.Vocabulary {
    Parser.Vocabulary(
      isCommand: { [session] in session.registry[$0] != nil }, isVariable: { [session] in session[$0] != nil }
    )
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

  /// Finds mistakes in a script without running it.
  ///
  /// - Throws: `CRSError` for a script that cannot be read.
  package func errors(inFile path: String) throws -> [CRSError] {
    if NotebookProgram.isNotebook(path) { return try errors(inNotebook: path) }
    let text = try ScriptFile.text(at: path)
    do {
      try session.checkNeeds(text)
    } catch let error as CRSError {
      return [ScriptError.located(error, source: path, text: text)]
    }
    var read = SyntaxCheck(text, vocabulary: vocabulary)
    let statements = read.statements()
    var checker = StatementChecker(session: session)
    checker.looksAtPixels = true
    checker.sourced = { [vocabulary] name in
      let found = try ScriptFile.path(name, beside: path)
      // A script that is there and cannot be read is told when it is run.
      guard FileManager.default.fileExists(atPath: found) else { throw ScriptFile.missing([found]) }
      guard let text = try? ScriptFile.text(at: found) else { return nil }
      var read = SyntaxCheck(text, vocabulary: vocabulary)
      return read.statements()
    }
    checker.check(statements)
    let errors = read.errors + checker.errors
    let lines = ScriptLines(text)
    return errors.map { ScriptError.located($0, source: path, text: lines) }
      .sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
  }

  /// How a block ended.
  enum Flow {
    case goesOn
    /// `next`
    case nextRound
    /// `return`
    case returned
  }

  @discardableResult
  func run(_ statement: Statement) throws -> Flow {
    if session.isOver { return .goesOn }
    do {
      return try runUnplaced(statement)
    } catch var error as CRSError {
      if error.line == nil {
        error.line = statement.position.line
        error.column = statement.position.column
      }
      throw error
    }
  }

  private func runUnplaced(_ statement: Statement) throws -> Flow {
    switch statement {
    case .run(let targets, let call, _): try run(targets, call)
    case .timed(let inner): return try timed(inner)
    case .loop(let variable, let items, let body): return try loop(variable, items, body)
    case .choice(let condition, let then, let otherwise):
      return try block(holds(condition) ? then : otherwise)
    case .shell(let parts, _): try system(parts)
    case .help(let name, let inFull, _): try help(name, inFull: inFull)
    case .nextRound: return .nextRound
    case .definition(let definition): try define(definition)
    case .giveBack(let values, _):
      try giveBack(values)
      return .returned
    }
    return .goesOn
  }

  func block(_ statements: [Statement]) throws -> Flow {
    for statement in statements {
      let flow = try run(statement)
      if flow != .goesOn || session.isOver { return flow }
    }
    return .goesOn
  }

  private func timed(_ statement: Statement) throws -> Flow {
    let outer = delayed
    delayed = []
    let before = session.recordings
    let start = ContinuousClock.now
    let flow: Flow
    do {
      flow = try run(statement)
    } catch {
      delayed = outer
      throw error
    }
    let duration = ContinuousClock.now - start
    let waiting = delayed ?? []
    delayed = outer
    _ = output.takeShown()
    waiting.forEach { $0() }
    if session.recordings > before { session.keep(output.takeShown()) }
    let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    output.report("time: \(String(format: "%.3f", seconds)) s")
    return flow
  }

  private func loop(_ variable: Name, _ items: [Expression], _ body: [Statement]) throws -> Flow {
    var found = try Evaluator(runner).loopItems(items)
    if runner.scope.frame == nil {
      try found.keepAsItWas(Statement.boundNames(in: body).union([variable.text])) { [session] name in
        session.recordCopy(of: name).map { .variable($0.name, origin: $0.origin) }
      }
    }
    var flow = Flow.goesOn
    try found.forEach { item in
      try runner.work.checkCancelled()
      bind(
        [variable.text], [item.value], ReplayPrinter.statement([variable.text], item.tree), item.tree.origins,
        isRound: item.value.hasLiteral)
      if runner.scope.frame == nil, !item.value.hasLiteral, let binding = session[variable.text] {
        session.keep([.line("\(variable.text): \(binding.summary)")])
      }
      do {
        if try block(body) == .returned {
          flow = .returned
          return false
        }
      } catch let error as CRSError where !session.settings.stopsOnError && error.kind != .interrupted {
        runner.frontend.cancellation.endShortage()
        passOver(ScriptError.located(error, source: sources.last ?? (cell.isEmpty ? nil : cell), text: ""))
      }
      return !session.isOver
    }
    return flow
  }

  private func holds(_ condition: Expression) throws -> Bool {
    let value = try Evaluator(runner).value(condition).value
    guard case .bool(let holds) = value else {
      if case .none = value { throw CRSError.usage("the condition is none", expected: "yes or no") }
      throw Condition.error(value.kind)
    }
    return holds
  }

  /// `!`: a line for the system's shell.
  ///
  /// - Throws: `CRSError` (data) when it fails.
  private func system(_ parts: [TextPart]) throws {
    let line = try Evaluator(runner).shellLine(parts)
    guard !session.onlyLooks else { throw CRSError.usage("the system's shell is not run for a value") }
    guard let status = runner.frontend.system(line) else {
      throw CRSError.file("the shell cannot be started", file: "/bin/sh")
    }
    try runner.work.checkCancelled()
    guard status == 0 else {
      let first = line.trimmingBlanks().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      throw CRSError.data(
        "the shell command ended with status \(status)",
        hint: runner.isVariable(String(first))
          ? "a leading ! is the system's shell; the mask is (!\(first))" : nil)
    }
    if runner.scope.frame == nil { session.recordRemark("!" + line) }
  }

  /// `NAME?`; in full with the text of a definition, or the script that makes a variable.
  private func help(_ name: String, inFull: Bool) throws {
    let position = SourcePosition(line: 1, column: 1)
    let word: [ArgumentSyntax] =
      name.isEmpty ? [] : [ArgumentSyntax(name: nil, value: .word(name, position), position: position)]
    func run(_ command: String) throws {
      _ = try Evaluator(runner).call(.command(name: command, arguments: word, position: position))
    }
    guard !name.isEmpty, runner.isVariable(name), !Words.commands.contains(name) else {
      if inFull, let origin = session.definition(of: name), session.record.indices.contains(origin) {
        output.report(session.record[origin].text)
        return
      }
      return try run("help")
    }
    try run("info")
    if inFull { try run("provenance") }
  }
}
