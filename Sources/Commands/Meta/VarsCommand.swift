import Calling

/// `vars`.
struct VarsCommand: SessionCommand {
  static let info = CommandInfo("vars", "List the variables", family: .session, isListing: true)

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    let names = session.names
    let width = names.map(\.count).max() ?? 0
    for name in names {
      if let binding = session[name] {
        context.report(name.rightPadded(to: width) + "  " + binding.summary)
      }
    }
    if names.isEmpty { context.report("no variables yet") }
    return CommandResult()
  }
}
