import Calling
import Files
import Kernels

/// `help`.
struct HelpCommand: SessionCommand {
  static let info = CommandInfo(
    "help", "List commands, or tell all about one", family: .session, isListing: true)

  @Parameter("command", positional: true) var command: VariableName? = nil

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    let registry = session.registry
    guard let command else {
      HelpText.overview(registry).forEach(context.report)
      HelpText.beginning.forEach(context.report)
      context.report("help NAME tells all about a command, apropos WORD finds one")
      return CommandResult()
    }
    guard let entry = registry[command.name] else {
      throw CRSError.usage(
        "there is no help on \u{27}\(command.name)\u{27}",
        hint: didYouMean(command.name, among: registry.names) ?? "try: apropos")
    }
    HelpText.page(entry.manifest).forEach(context.report)
    return CommandResult()
  }
}
