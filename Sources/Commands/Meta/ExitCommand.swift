/// `exit`.
struct ExitCommand: Command {
  static let info = CommandInfo("exit", "End the session", family: .session)

  @Parameter("exit status", in: 0...255, positional: true) var status = 0

  func run(_ context: CommandContext) throws -> CommandResult {
    context.session.isOver = true
    context.session.exitStatus = Int32(status)
    return CommandResult()
  }
}
