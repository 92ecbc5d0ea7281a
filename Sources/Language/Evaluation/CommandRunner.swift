import Calling
import Kernels

/// Runs commands in a session for a front end.
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
      remark: output.note)
  }

  func run(_ entry: Entry, _ arguments: [Argument], _ context: CommandContext) throws
    -> CommandResult
  {
    let body = { [frontend] in
      do {
        return try frontend.during(entry.manifest.name) { try entry.call(arguments, context) }
      } catch var error as CRSError {
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
    CommandContext(
      work: work, host: session, call: CallRecord(text: call, provenance: provenance),
      figures: session.settings.figures, report: output.report, note: output.note, ask: frontend.ask,
      pictureTerminal: frontend.pictureTerminal)
  }
}
