import Calling

/// `redo`.
struct RedoCommand: SessionCommand {
  static let info = CommandInfo("redo", "Redo what undo took back", family: .session, effect: .session)

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    context.report("redone: " + (try session.redo()))
    return CommandResult()
  }
}
