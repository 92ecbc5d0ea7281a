import Calling
import Kernels
import Pipeline

/// `source`.
struct SourceCommand: SessionCommand {
  static let info = CommandInfo("source", "Run a script in this session", family: .session, effect: .session)

  @Parameter("script; also searched for next to the script that runs it", positional: true) var file: FileName
  @Parameter("arguments $1, $2, ... of the script", positional: true, rest: true) var arguments: [String] = []

  @Parameter("let the script replace files that exist") var overwrite = false

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    let outer = session.replacesFiles
    defer { session.replacesFiles = outer }
    session.replacesFiles = outer || overwrite
    guard let run = session.runScript else { throw CRSError.usage("no script can be run here") }
    try run(file.path, arguments.map { .text($0) })
    return CommandResult()
  }
}
