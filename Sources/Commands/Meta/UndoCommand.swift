import Calling

/// `undo`.
struct UndoCommand: SessionCommand {
  static let info = CommandInfo(
    "undo", "Take the last assignment or drop back", family: .session, effect: .session)

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    try session.undo()
    return CommandResult()
  }
}
