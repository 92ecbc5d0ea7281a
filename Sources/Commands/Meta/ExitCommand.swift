import Calling

/// `exit`.
struct ExitCommand: SessionCommand {
  static let info = CommandInfo("exit", "Leave crs", family: .session, effect: .session)

  @Parameter("exit status", in: 0...255, positional: true) var status = 0

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    session.isOver = true
    session.exitStatus = Int32(status)
    return CommandResult()
  }
}
