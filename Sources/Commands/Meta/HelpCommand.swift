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
  @Parameter("further words of the name", positional: true, rest: true) var words: [VariableName] = []

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
    if let lines = try parameter(of: command, registry, width: width) {
      context.show(Page(lines))
      return CommandResult()
    }
    let name = ([command] + words).map(\.name).joined(separator: "_")
    guard let entry = registry[name] else {
      if let lines = session.topics.page(name) ?? ParameterPage.lines(name, registry) {
        context.show(folded(Page(lines)))
        return CommandResult()
      }
      let near = registry.names + session.topics.names.filter { $0.first == name.first }
      throw CRSError.usage(
        "there is no help on '\(name)'",
        hint: didYouMean(name, among: near) ?? "try: apropos \(name)")
    }
    context.show(Page(HelpText.page(entry, width: width), parts: HelpText.parts(entry)))
    return CommandResult()
  }

  /// `help lacosmic sigclip`: one parameter of a command; nil where the words are something else.
  ///
  /// - Throws: `CRSError` (usage) for a word that is no parameter of the command.
  private func parameter(
    of command: VariableName, _ registry: CommandRegistry, width: Int
  ) throws -> [String]? {
    guard words.count == 1, let manifest = registry[command.name]?.manifest,
      registry["\(command.name)_\(words[0].name)"] == nil
    else { return nil }
    guard let parameter = manifest.parameter(named: words[0].name) else {
      throw CRSError.usage(
        "\(manifest.name) has no parameter '\(words[0].name)'",
        hint: didYouMean(words[0].name, among: manifest.parameters.map(\.name))
          ?? "see: help \(manifest.name)")
    }
    return ["\(parameter.name): a parameter of \(manifest.name)", ""]
      + HelpText.describe(parameter, width: width)
  }
}
