/// `undo`.
struct UndoCommand: Command {
  static let info = CommandInfo("undo", "Take the last assignment or drop back", family: .session)

  func run(_ context: CommandContext) throws -> CommandResult {
    try context.session.undo()
    return CommandResult()
  }
}
