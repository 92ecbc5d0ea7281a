import Calling

/// `undo`.
struct UndoCommand: SessionCommand {
  static let info = CommandInfo(
    "undo", "Undo the last statement",
    family: .session, effect: .session)

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    context.report("undone: " + (try session.undo()))
    return CommandResult()
  }
}
