import Files
import Kernels

/// `help`.
struct HelpCommand: Command {
  static let info = CommandInfo(
    "help", "List commands, or tell all about one", family: .session, isListing: true)

  @Parameter("command", positional: true) var name: VariableName? = nil

  func run(_ context: CommandContext) throws -> CommandResult {
    let registry = context.session.registry
    guard let name else {
      HelpText.overview(registry.names.compactMap { registry[$0]?.manifest }).forEach(context.report)
      HelpText.beginning.forEach(context.report)
      context.report("help NAME tells all about a command, apropos WORD finds one")
      return CommandResult()
    }
    guard let entry = registry[name.name] else {
      throw CRSError.usage(
        "there is no help on \u{27}\(name.name)\u{27}",
        hint: didYouMean(name.name, among: registry.names) ?? "try: apropos")
    }
    HelpText.page(entry.manifest).forEach(context.report)
    return CommandResult()
  }
}
