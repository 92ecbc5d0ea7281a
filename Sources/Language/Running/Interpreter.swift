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
  package private(set) var lastResults: [Value] = []
  /// How many texts are being run inside each other.
  private var depth = 0
  /// Lines about results that wait until a timed statement is measured; nil when nothing is timed.
  private var delayed: [() -> Void]?
  /// Later commands that variables hide, which is said once.
  private var hidden: Set<String> = []
  /// Whether long listings that scripts do not print are handed to the front end as a whole.
  package var collectsListings = false {
    didSet { runner.collectsListings = collectsListings && sources.isEmpty }
  }
  package init(session: Session, frontend: any Frontend) {
    self.session = session
    runner = CommandRunner(session: session, frontend: frontend)
    session.runScript = { [unowned self] path, arguments in try self.source(path, arguments) }
    session.topics = (LanguageHelp.names, LanguageHelp.page)
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
    try run(text: try ScriptFile.text(at: path), source: path, goesOn: goesOn)
  }

  /// Runs a script with arguments of its own, looked for beside the script that runs first.
  private func source(_ name: String, _ values: [Value]) throws {
    let path = try ScriptFile.path(name, beside: sources.last)
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
    let outer = self.text
    self.text = text
    defer {
      depth -= 1
      self.text = outer
    }
    let statements: [(Statement, String)]
    do {
      statements = try parsed(text)
    } catch let error as CRSError {
      let error = ScriptError.located(error, source: source, text: text)
      if depth == 1 { try record(text, [ErrorText.text(error)], hasFailed: true) }
      throw error
    }
    for (statement, written) in statements {
      if depth == 1 { session.remember(typed: written) }
      do {
        try recorded(written) {
          do {
            try asStep { try run(statement) }
          } catch let error as CRSError {
            throw ScriptError.located(error, source: source, text: text, statement: statement.position)
          }
        }
      } catch let error as CRSError {
        let error = ScriptError.located(error, source: source, text: text)
        guard goesOn || !session.settings.stopsOnError, error.kind != .interrupted else { throw error }
        passOver(error)
      }
      if session.isOver { return }
    }
  }

  /// An outermost statement is one step of undo, whatever it runs.
  private func asStep(_ body: () throws -> Void) throws {
    if depth == 1 { try session.asOneStep(body) } else { try body() }
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
  private func statements(of text: String) throws -> [(Statement, String)] {
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
    let text = try ScriptFile.text(at: path)
    do {
      try session.checkNeeds(text)
    } catch let error as CRSError {
      return [ScriptError.located(error, source: path, text: text)]
    }
    var read = SyntaxCheck(text, vocabulary: vocabulary)
    let statements = read.statements()
    var checker = StatementChecker(session: session)
    checker.check(statements)
    let errors = read.errors + checker.errors
    return errors.map { ScriptError.located($0, source: path, text: text) }
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
    case .help(let name, _): try help(name)
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
    waiting.forEach { $0() }
    let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    output.report("time: \(String(format: "%.3f", seconds)) s")
    return flow
  }

  private func loop(_ variable: Name, _ items: [Expression], _ body: [Statement]) throws -> Flow {
    var found = try Evaluator(runner).loopItems(items)
    keepAsItWas(&found, Statement.boundNames(in: body).union([variable.text]))
    for item in found {
      try runner.work.checkCancelled()
      bind(
        [variable.text], [item.value], ReplayPrinter.statement([variable.text], item.tree), item.tree.origins)
      do {
        if try block(body) == .returned { return .returned }
      } catch let error as CRSError where !session.settings.stopsOnError && error.kind != .interrupted {
        passOver(ScriptError.located(error, source: sources.last, text: ""))
      }
      if session.isOver { break }
    }
    return .goesOn
  }

  /// Rounds that bind what is looped over anew must not change what the record says of the rounds behind them.
  private func keepAsItWas(_ items: inout [Evaluator.Evaluation], _ rebound: Set<String>) {
    guard runner.scope.frame == nil else { return }
    var copies: [String: Resolved] = [:]
    for k in items.indices {
      guard case .index(.variable(let name, _), let places) = items[k].tree, rebound.contains(name) else {
        continue
      }
      if items[k].value.literal != nil {
        items[k].tree = .literal(items[k].value)
      } else {
        guard
          let copy = copies[name]
            ?? session.recordCopy(of: name).map({ .variable($0.name, origin: $0.origin) })
        else { continue }
        copies[name] = copy
        items[k].tree = .index(copy, places)
      }
    }
  }

  private func holds(_ condition: Expression) throws -> Bool {
    let value = try Evaluator(runner).value(condition).value
    switch value {
    case .bool(let holds): return holds
    case .mask, .list:
      let counts = if case .mask = value { " or countflagged(m) > 0" } else { "" }
      throw CRSError.usage(
        "the condition is a value of kind \(value.kindName)", expected: "yes or no",
        hint: "any(m), all(m)\(counts)")
    default:
      throw CRSError.usage("the condition is a value of kind \(value.kindName)", expected: "yes or no")
    }
  }

  /// `!`: a line for the system's shell.
  ///
  /// - Throws: `CRSError` (data) when it fails.
  private func system(_ parts: [TextPart]) throws {
    let line = try Evaluator(runner).shellLine(parts)
    guard let status = runner.frontend.system(line) else {
      throw CRSError.file("the shell cannot be started", file: "/bin/sh")
    }
    guard status == 0 else {
      let first = line.trimmingBlanks().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      throw CRSError.data(
        "the shell command ended with status \(status)",
        hint: runner.isVariable(String(first))
          ? "a leading ! is the system's shell; the mask is (!\(first))" : nil)
    }
    if runner.scope.frame == nil { session.recordRemark("!" + line) }
  }

  /// `NAME?`
  private func help(_ name: String) throws {
    let position = SourcePosition(line: 1, column: 1)
    let word: [ArgumentSyntax] =
      name.isEmpty ? [] : [ArgumentSyntax(name: nil, value: .word(name, position), position: position)]
    let command = !name.isEmpty && runner.isVariable(name) && !Words.commands.contains(name) ? "info" : "help"
    _ = try Evaluator(runner).call(.command(name: command, arguments: word, position: position))
  }

  // MARK: - Results

  private func run(_ targets: [Target], _ call: Call) throws {
    if targets.isEmpty, case .expression(let expression) = call, let word = expression.firstWord,
      !runner.isVariable(word), let hint = Words.leaving(word)
    {
      throw CRSError.usage("'\(word)' is not a variable", hint: hint)
    }
    let evaluator = Evaluator(runner)
    if runner.scope.frame == nil { session.beginStatement() }
    let outcome = try evaluator.call(call, wanted: targets.count)
    lastResults = outcome.values
    let uses = outcome.tree.origins
    guard targets.isEmpty else { return try assign(targets, outcome, evaluator) }
    if case .expression(.word(let word, _)) = call, runner.isVariable(word) {
      if runner.scope.frame == nil, let value = session.look(at: word) {
        let binding = session[word]
        show(value) { ValueText.lines(value, summary: binding?.summary ?? value.summary) }
      }
    } else if let value = outcome.values.first {
      if runner.scope.frame == nil {
        session.keepLast(value, statement: ReplayPrinter.statement(["_"], outcome.tree), uses: uses)
      } else {
        runner.scope.frame?.variables["_"] = value
      }
      let lines = outcome.lines
      show(value) { lines ?? ValueText.lines(value, summary: value.summary) }
    } else if outcome.isRecorded, runner.scope.frame == nil {
      session.recordEffect(
        ReplayPrinter.text(outcome.tree), uses: uses, changesFolder: outcome.effect == .folder)
    }
  }

  private func assign(_ targets: [Target], _ outcome: Evaluator.Outcome, _ evaluator: Evaluator) throws {
    var values = outcome.values
    if targets.count > 1, values.count == 1, let elements = values[0].elements {
      guard elements.count == targets.count else {
        throw CRSError.usage(
          "\(targets.count) names for \(elements.count) elements", expected: "as many names as elements")
      }
      values = elements
    }
    guard targets.count <= values.count else {
      guard !values.isEmpty else {
        throw CRSError.usage("the command gives no value", expected: "it without NAME =")
      }
      throw CRSError.usage(
        "\(targets.count) names for \(values.count) result\(values.count == 1 ? "" : "s")",
        expected: "as many names as results at most")
    }
    var uses = outcome.tree.origins
    var written: [String] = []
    for (k, target) in targets.enumerated() {
      guard !target.places.isEmpty else {
        written.append(target.name.text)
        continue
      }
      guard let whole = runner.variable(target.name.text) else { throw runner.unknown(target.name.text) }
      let changed = try evaluator.changed(whole.value, target.places, to: values[k])
      values[k] = changed.value
      uses.formUnion(whole.tree.origins)
      for place in changed.places.joined() { uses.formUnion(place.origins) }
      written.append(ReplayPrinter.target(target.name.text, changed.places))
    }
    let names = targets.map(\.name.text)
    bind(names, values, ReplayPrinter.statement(written, outcome.tree), uses)
    for (name, value) in zip(names, values) where name != "_" {
      // The binding of now: a loop may bind the name anew before a timed statement ends.
      let binding = runner.scope.frame == nil ? session[name] : nil
      show(value) { [name + ": " + (binding?.summary ?? value.summary)] }
    }
  }

  /// Binds names, in a definition those of its frame.
  private func bind(_ names: [String], _ values: [Value], _ statement: String, _ uses: Set<Int>) {
    if let frame = runner.scope.frame {
      for (name, value) in zip(names, values) where name != "_" { frame.variables[name] = value }
      if let first = values.first { frame.variables["_"] = first }
      return
    }
    session.bind(names, values, statement: statement, uses: uses)
    noteHidden(names)
  }

  /// Says once that a variable hides a command.
  func noteHidden(_ names: [String]) {
    for name in names
    where session[name] != nil && runner.isCommand(name) && hidden.insert(name).inserted {
      output.note("'\(name)' is a variable and no command; drop \(name) gives the command back")
    }
  }

  /// Tells of a result, after the time when the statement is timed; inside a definition nothing is told.
  private func show(_ value: Value, _ lines: @escaping () -> [String]) {
    guard runner.scope.frame == nil else { return }
    if delayed == nil {
      output.show(value, lines())
    } else {
      delayed?.append { [output] in output.show(value, lines()) }
    }
  }
}

extension Expression {
  /// The bare word that it begins with.
  fileprivate var firstWord: String? {
    switch self {
    case .word(let word, _): word
    case .chain(let first, _): first.firstWord
    default: nil
    }
  }
}
