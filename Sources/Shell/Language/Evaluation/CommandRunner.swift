import Calling
import Files
import Kernels
import Pipeline

/// Runs commands in a session for a front end, and knows what names mean there.
final class CommandRunner {
  let session: Session
  let frontend: any Frontend
  let output: StatementOutput
  var scope = Scope()
  /// Whether long listings are shown together; those of scripts are not.
  var collectsListings = false

  init(session: Session, frontend: any Frontend) {
    (self.session, self.frontend) = (session, frontend)
    output = StatementOutput(frontend)
  }

  var work: Work {
    Work(
      threads: session.settings.threads, cancellation: frontend.cancellation, progress: frontend.progress,
      remark: output.note, told: session.toldLines)
  }

  // MARK: - Names

  /// The value of a name; inside a definition its own variables are all there is.
  func variable(_ name: String) -> Evaluator.Evaluation? {
    if let frame = scope.frame {
      return frame.variables[name].map { .init(value: $0, tree: .variable(name, origin: nil)) }
    }
    return session[name].map { .init(value: $0.value, tree: .variable(name, origin: $0.origin)) }
  }

  func isVariable(_ name: String) -> Bool {
    scope.frame.map { $0.variables[name] != nil } ?? (session[name] != nil)
  }

  var names: [String] { scope.frame.map { $0.variables.keys.sorted() } ?? session.names }

  func isCommand(_ name: String) -> Bool { session.registry[name] != nil }

  func entry(_ name: String) -> Entry? { session.registry[name] }

  func scriptArgument(_ name: String) -> String? { scope.frame == nil ? scope.arguments[name] : nil }

  /// The record of a command that was defined in the session; calls inside a definition belong to its own record.
  func definitionRecord(of name: String) -> Int? { scope.frame == nil ? session.definition(of: name) : nil }

  /// An error about a name that means nothing.
  func unknown(_ name: String) -> CRSError {
    var error = CRSError.usage("'\(name)' is not a variable")
    let functions = FunctionTable.names.filter { $0.first == name.first }
    let similar = names + session.registry.names + functions
    error.hint =
      Habits.words[name] ?? NumberWord.hint(for: name) ?? Habits.signed(name, isVariable: isVariable)
      ?? (isCommand(name) ? "'\(name)' is a command: (\(name) ...)" : nil)
      ?? (FunctionTable[name].map { "a function: \($0.usage)" }) ?? didYouMean(name, among: similar)
    if scope.frame != nil, session[name] != nil {
      error.hint = "a definition sees its parameters only: give '\(name)' as one"
    }
    return error
  }

  // MARK: - Commands

  func run(_ entry: Entry, _ arguments: [Argument], _ context: CommandContext) throws
    -> CommandResult
  {
    guard !session.onlyLooks || (entry.manifest.effect == .nothing && !entry.manifest.results.isEmpty) else {
      throw CRSError.usage(
        "\(entry.manifest.name) is not run for a value: it writes, shows or changes the session",
        expected: "an expression, or a command that only gives a value")
    }
    session.noteCall(of: entry.origin)
    let body = { [frontend] in
      do {
        return try frontend.during(entry.manifest.name) { try entry.call(arguments, context) }
      } catch var error as CRSError {
        // Reading and writing that a signal cut short looks like a fault of the disk.
        if error.kind == .file, frontend.cancellation.isRaised { throw frontend.cancellation.error }
        // A line of a file that the command read is no line of the script.
        let isOfCall = arguments.contains {
          $0.place?.line == error.line && $0.place?.column == error.column
        }
        if !isOfCall { error.foldFilePlace() }
        throw error
      }
    }
    guard entry.manifest.isListing, collectsListings, session.settings.pager == .auto else {
      return try body()
    }
    return try output.listing(body)
  }

  /// - Parameters:
  ///   - call: the call as it is written.
  ///   - provenance: the script that makes its first value.
  func context(call: String, provenance: @escaping @Sendable () -> [String]) -> CommandContext {
    var context = CommandContext(
      work: work, host: session, call: CallRecord(text: call, provenance: provenance),
      figures: session.settings.figures, report: output.report, note: output.note, ask: frontend.ask,
      show: output.show, draw: output.draw, keep: output.keep, pictureTerminal: frontend.pictureTerminal)
    context.columns = frontend.columns
    context.askAmong = frontend.askAmong
    return context
  }
}
