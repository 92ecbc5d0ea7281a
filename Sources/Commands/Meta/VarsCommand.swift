import Calling

/// `vars`.
struct VarsCommand: SessionCommand {
  static let info = CommandInfo("vars", "List the variables", family: .session, isListing: true)

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    let names = session.names
    let width = names.map(\.count).max() ?? 0
    let rows = names.map { [$0, session[$0]?.summary ?? ""] }
    if names.isEmpty { context.report("no variables yet") }
    context.show(
      Page(
        rows.map { $0[0].rightPadded(to: width) + "  " + $0[1] },
        parts: [.table(columns: ["name", "value"], rows: rows)]))
    return CommandResult()
  }
}
