import Calling

/// `provenance`.
struct ProvenanceCommand: SessionCommand {
  static let info = CommandInfo(
    "provenance", "Print the shortest script that reproduces a value", family: .session, isListing: true)

  @Parameter("variable", positional: true) var name: VariableName

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    try session.provenance(of: name.name).forEach(context.report)
    return CommandResult()
  }
}
