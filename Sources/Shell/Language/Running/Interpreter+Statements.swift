import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// Statements, blocks and loops.
extension Interpreter {
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
    case .loop(let variable, let source, let body): return try loop(variable, source, body)
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

  private func loop(_ variable: Name, _ source: LoopSource, _ body: [Statement]) throws -> Flow {
    var found = try Evaluator(runner).loopItems(source)
    noteLoneWord(source)
    if runner.scope.frame == nil {
      try found.keepAsItWas(Statement.boundNames(in: body).union([variable.text])) { [session] name in
        session.recordCopy(of: name).map { .variable($0.name, origin: $0.origin) }
      }
    }
    var flow = Flow.goesOn
    var round = 0
    func run(_ item: LoopItems.Item) throws -> Bool {
      try runner.work.checkCancelled()
      round += 1
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
    do {
      try found.forEach(run)
    } catch var error as CRSError where error.kind == .interrupted && runner.scope.frame == nil {
      error.message = "interrupted in round \(max(1, round)) of \(found.count)"
      throw error
    }
    return flow
  }

  /// Says once that a loop over a single word runs once: a misspelt variable reads so too.
  private func noteLoneWord(_ source: LoopSource) {
    guard source.items.count == 1, case .word(let word, _) = source.items[0], Words.isPlainName(word),
      !runner.isVariable(word), Evaluator.constant(word) == nil, Evaluator.number(word) == nil,
      !FileManager.default.fileExists(atPath: word), lone.insert(word).inserted
    else { return }
    output.note("'\(word)' is not a variable: the loop runs once, over the text '\(word)'")
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
