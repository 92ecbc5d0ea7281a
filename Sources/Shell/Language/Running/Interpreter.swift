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
  /// Words that loops went over alone, which is said once.
  var lone: Set<String> = []
  /// Commands whose results were given each other's names, which is said once.
  var swapped: Set<String> = []
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
  ///   - goesOn: whether statements behind one that fails, or cannot be read, run, whatever is set.
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
    if goesOn { return try run(read: readable(text, source), source: source, ScriptLines(text)) }
    let statements: [(Statement, String)]
    do {
      statements = try parsed(text)
    } catch let error as CRSError {
      let error = ScriptError.located(error, source: source, text: text)
      if depth == 1 {
        if remembersTyped { session.remember(typed: text) }
        try record(text, [ErrorText.text(error)], hasFailed: true)
      }
      throw error
    }
    if isScript, depth == 1 {
      // Nobody can take back what a script did: earlier values would only fill the memory.
      let commands = program ?? Statement.commands(in: statements.lazy.map(\.0))
      session.keepsUndo = Self.mayTakeBack(commands)
      session.keepsFigures = !commands.isDisjoint(with: ["history", "source"])
    }
    let lines = ScriptLines(text)
    for (k, (statement, written)) in statements.enumerated() {
      if depth == 1 {
        isAtLast = k == statements.count - 1 && statement.isCall
        leftOut = statements.count - k - 1
      }
      do {
        try runOutermost(statement, written, source: source, lines)
      } catch {
        // They were typed, too.
        if depth == 1, remembersTyped { statements[(k + 1)...].forEach { session.remember(typed: $0.1) } }
        throw error
      }
      if session.isOver { return }
    }
  }

  /// Runs what is readable of a text, and tells of the rest.
  private func run(read: [Parser.Read], source: String?, _ lines: ScriptLines) throws {
    for part in read {
      switch part {
      case .wrong(let error): passOver(ScriptError.located(error, source: source, text: lines))
      case .statement(let statement, let written):
        (isAtLast, leftOut) = (false, 0)
        try runOutermost(statement, written, source: source, lines, goesOn: true)
      }
      if session.isOver { return }
    }
  }

  /// - Parameter goesOn: whether an error, which is told, ends nothing, whatever is set.
  private func runOutermost(
    _ statement: Statement, _ written: String, source: String?, _ lines: ScriptLines, goesOn: Bool = false
  ) throws {
    if depth == 1 {
      // An allocation that failed where nobody looked is no matter of the statements behind it.
      runner.frontend.cancellation.endShortage()
      if remembersTyped { session.remember(typed: written) }
    }
    let before = session.recordings
    do {
      try recorded(written) {
        defer { if depth == 1 { session.lostNumbers.take().forEach(output.note) } }
        do {
          try Memory.returningFreed { try asStep(statement) { try run(statement) } }
        } catch let error as CRSError {
          throw ScriptError.located(error, source: source, text: lines, statement: statement.position)
        }
      }
    } catch let error as CRSError {
      var error = ScriptError.located(error, source: source, text: lines)
      if let source, isScript, depth == 1, error.hint == CRSError.replaceHint {
        error.hint =
          "\(CRSError.replaceHint); crs \(source) --overwrite replaces all that the script writes"
      }
      if error.kind == .interrupted, depth == 1, !isScript, session.recordings > before, error.hint == nil {
        error.hint = "what was assigned before stays; undo takes it back"
      }
      runner.frontend.cancellation.endShortage()
      guard goesOn || !session.settings.stopsOnError, error.kind != .interrupted else { throw error }
      passOver(error)
    }
  }

  /// An outermost statement is one step of undo, whatever it runs.
  private func asStep(_ statement: Statement, _ body: () throws -> Void) throws {
    guard depth == 1 else { return try body() }
    // In a script that never takes anything back no statement does.
    let mayTakeBack =
      (!isScript || session.keepsUndo) && Self.mayTakeBack(Statement.commands(in: [statement]))
    try session.asOneStep(keepsParts: mayTakeBack, body)
  }

  /// Whether undo or redo may run: they are among the commands, or another script is.
  private static func mayTakeBack(_ commands: Set<String>) -> Bool {
    !commands.isDisjoint(with: ["undo", "redo", "source"])
  }

  func passOver(_ error: CRSError) {
    session.passedOver.append(error)
    output.error(error)
  }

  /// Whether more lines could complete a text.
  package func isUnfinished(_ text: String) -> Bool {
    var parser = Parser(text, vocabulary: vocabulary)
    do {
      _ = try parser.parse()
      return parser.endsContinued
    } catch {
      return (error as? UnfinishedInput)?.goesOn ?? false || parser.endsContinued
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

  /// What can be read of a text whose errors end nothing.
  private func readable(_ text: String, _ source: String?) -> [Parser.Read] {
    var parser = Parser(text, vocabulary: vocabulary)
    do {
      try session.checkNeeds(text)
      return parser.parseGoingOn()
    } catch {
      return [.wrong(error as? CRSError ?? CRSError.usage("\(error)"))] + parser.parseGoingOn()
    }
  }

  var vocabulary: Parser.Vocabulary {
    Parser.Vocabulary(
      isCommand: { [session] in session.registry[$0] != nil },
      isVariable: { [session] in session[$0] != nil },
      manifest: { [session] in session.registry[$0]?.manifest })
  }
}
