import Calling

/// `drop`.
struct DropCommand: SessionCommand {
  static let info = CommandInfo("drop", "Forget variables", family: .session, effect: .session)

  @Parameter("variables", positional: true, rest: true) var names: [VariableName]

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    let dropped = names.map(\.name)
    try session.drop(dropped, statement: "drop " + dropped.joined(separator: " "))
    return CommandResult()
  }
}
