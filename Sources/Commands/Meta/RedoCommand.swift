/// `redo`.
struct RedoCommand: Command {
  static let info = CommandInfo("redo", "Do again what undo took back", family: .session)

  func run(_ context: CommandContext) throws -> CommandResult {
    context.report("redone: " + (try context.session.redo()))
    return CommandResult()
  }
}
