import Calling
import Files
import Kernels

/// `help`.
struct HelpCommand: SessionCommand {
  static let info = CommandInfo(
    "help", "List the commands, or describe one, a function or a keyword", family: .session,
    isListing: true)

  @Parameter("command, function, keyword, or language, operators, functions, keywords", positional: true)
  var command: VariableName? = nil

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    let registry = session.registry
    let width = min(100, context.columns ?? 80)
    func folded(_ page: Page) -> Page {
      Page(page.lines.flatMap { FoldedLine.lines($0, width: width) }, parts: page.parts)
    }
    guard let command else {
      context.show(folded(HelpText.start(registry)))
      return CommandResult()
    }
    guard let entry = registry[command.name] else {
      if let lines = session.topics.page(command.name) {
        context.show(folded(Page(lines)))
        return CommandResult()
      }
      throw CRSError.usage(
        "there is no help on '\(command.name)'",
        hint: didYouMean(
          command.name, among: registry.names + session.topics.names.filter { $0.first == command.name.first }
        ) ?? "try: apropos")
    }
    context.show(Page(HelpText.page(entry, width: width), parts: HelpText.parts(entry)))
    return CommandResult()
  }
}
