/// `undo`.
struct UndoCommand: Command {
  static let info = CommandInfo("undo", "Take the last step back: an assignment, drop or def, at the prompt a whole statement", family: .session)

  func run(_ context: CommandContext) throws -> CommandResult {
    context.report("undone: " + (try context.session.undo()))
    return CommandResult()
  }
}
