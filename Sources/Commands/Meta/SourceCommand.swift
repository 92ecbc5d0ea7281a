import Kernels

/// `source`.
struct SourceCommand: Command {
  static let info = CommandInfo("source", "Run a script in this session", family: .session)

  @Parameter("script", positional: true) var file: FileName

  func run(_ context: CommandContext) throws -> CommandResult {
    guard let run = context.session.runScript else { throw CRSError.usage("no script can be run here") }
    try run(file.path, context)
    return CommandResult()
  }
}
