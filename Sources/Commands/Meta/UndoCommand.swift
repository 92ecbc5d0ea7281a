import Calling

/// `undo`.
struct UndoCommand: SessionCommand {
  static let info = CommandInfo(
    "undo", "Take the last step back: an assignment, drop or def; at the prompt a whole statement",
    family: .session, effect: .session)

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    context.report("undone: " + (try session.undo()))
    return CommandResult()
  }
}
