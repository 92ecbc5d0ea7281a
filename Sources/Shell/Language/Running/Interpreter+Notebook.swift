import Calling
import Kernels
import Pipeline

/// Notebooks, and what notebooks ask about code.
extension Interpreter {
  /// Runs the code cells of a notebook one after another, when all of them can be read.
  ///
  /// - Throws: `CRSError` of the first statement that fails, with cell, line and column in its place.
  func run(notebook path: String) throws {
    let program = try NotebookProgram(at: path)
    if depth == 0 { session.refreshPlugins(output.note) }
    self.program = Statement.commands(in: try statements(of: program).flatMap { $0 })
    defer { self.program = nil }
    for cell in program.cells {
      try run(text: cell.text, source: cell.place)
      endCell()
    }
  }

  /// `exit` ends a cell, neither the notebook nor its kernel, and says what it has left out.
  package func endCell() {
    guard session.isOver else { return }
    (session.isOver, session.exitStatus) = (false, nil)
    let rest =
      switch leftOut {
      case 0: ""
      case 1: "; the statement behind it is left out"
      default: "; the \(leftOut) statements behind it are left out"
      }
    output.note("exit ends the cell, not the notebook" + rest)
  }

  /// Finds mistakes in a notebook without running it.
  func errors(inNotebook path: String) throws -> [CRSError] {
    let program = try NotebookProgram(at: path)
    do {
      var checker = StatementChecker(session: session)
      checker.arguments = arguments
      var errors: [CRSError] = []
      for (cell, statements) in zip(program.cells, try statements(of: program)) {
        checker.check(statements)
        errors += checker.errors.dropFirst(errors.count).map {
          ScriptError.located($0, source: cell.place, text: cell.text)
        }
      }
      return errors
    } catch let error as CRSError {
      return [error]
    }
  }

  /// The statements of each cell; a cell knows the names and definitions of those before it.
  private func statements(of program: NotebookProgram) throws -> [[Statement]] {
    var before: Parser?
    return try program.cells.map { cell in
      var parser = Parser(cell.text, vocabulary: vocabulary)
      if let before {
        (parser.bound, parser.dropped, parser.defined) = (before.bound, before.dropped, before.defined)
      }
      defer { before = parser }
      do {
        try session.checkNeeds(cell.text)
        return try parser.parse()
      } catch let unfinished as UnfinishedInput {
        throw ScriptError.located(unfinished.error, source: cell.place, text: cell.text)
      } catch let error as CRSError {
        throw ScriptError.located(error, source: cell.place, text: cell.text)
      }
    }
  }

  // MARK: - Questions about code

  /// Whether a text can be run.
  package enum Completeness: Sendable, Equatable {
    case complete
    /// More lines may complete it, the next one with these blanks before it.
    case incomplete(indent: String)
    case invalid
  }

  package func completeness(of text: String) -> Completeness {
    if isUnfinished(text) { return .incomplete(indent: Self.indent(behind: text)) }
    do {
      _ = try statements(of: text)
      return .complete
    } catch {
      return .invalid
    }
  }

  /// That of the last line, two deeper where it opens a block.
  private static func indent(behind text: String) -> String {
    let lines = text.split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }
    guard let last = lines.last else { return "" }
    let blanks = String(last.prefix { $0 == " " })
    let first = last.dropFirst(blanks.count).prefix { $0.isLetter }
    return ["for", "if", "else", "def"].contains(String(first)) ? blanks + "  " : blanks
  }

  /// The value of an expression or call.
  ///
  /// - Throws: `CRSError`; usage for what would write files or change the session.
  package func value(of text: String) throws -> Value {
    let statements: [(Statement, String)]
    do {
      statements = try self.statements(of: text)
    } catch let unfinished as UnfinishedInput {
      throw unfinished.error
    }
    guard statements.count == 1, case .run(let targets, let call, _) = statements[0].0, targets.isEmpty else {
      throw CRSError.usage("'\(text)' is not an expression", expected: "a value")
    }
    session.onlyLooks = true
    defer { session.onlyLooks = false }
    guard let value = try Evaluator(runner).call(call).values.first else {
      throw CRSError.usage("'\(text)' gives no value", expected: "a value")
    }
    return value
  }
}
