import Calling
import Kernels

/// `source`.
struct SourceCommand: SessionCommand {
  static let info = CommandInfo("source", "Run a script in this session", family: .session, effect: .session)

  @Parameter("script", positional: true) var file: FileName

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    guard let run = session.runScript else { throw CRSError.usage("no script can be run here") }
    try run(file.path, context)
    return CommandResult()
  }
}
