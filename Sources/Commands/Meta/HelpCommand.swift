import Calling
import Files
import Kernels

/// `help`.
struct HelpCommand: SessionCommand {
  static let info = CommandInfo(
    "help", "List commands, or tell all about a command, function, keyword or topic", family: .session,
    isListing: true)

  @Parameter("command, function, keyword, or language, operators, functions, keywords", positional: true)
  var command: VariableName? = nil

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    let registry = session.registry
    guard let command else {
      HelpText.overview(registry).forEach(context.report)
      HelpText.beginning.forEach(context.report)
      context.report("help NAME tells all about a command, apropos WORD finds one, help language the rest")
      return CommandResult()
    }
    guard let entry = registry[command.name] else {
      if let lines = session.topics.page(command.name) {
        lines.forEach(context.report)
        return CommandResult()
      }
      throw CRSError.usage(
        "there is no help on '\(command.name)'",
        hint: didYouMean(
          command.name, among: registry.names + session.topics.names.filter { $0.first == command.name.first }
        ) ?? "try: apropos")
    }
    HelpText.page(entry).forEach(context.report)
    return CommandResult()
  }
}
