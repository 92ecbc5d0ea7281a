/// `drop`.
struct DropCommand: Command {
  static let info = CommandInfo("drop", "Forget variables", family: .session)

  @Parameter("variables", positional: true, rest: true) var names: [VariableName]

  func run(_ context: CommandContext) throws -> CommandResult {
    let dropped = names.map(\.name)
    try context.session.drop(dropped, statement: "drop " + dropped.joined(separator: " "))
    return CommandResult()
  }
}
