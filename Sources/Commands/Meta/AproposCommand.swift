import Calling
import Files

/// `apropos`.
struct AproposCommand: SessionCommand {
  static let info = CommandInfo(
    "apropos", "Find commands and help pages by a word", family: .session, isListing: true)

  @Parameter("word", positional: true) var word: VariableName

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    let wanted = word.name.lowercased()
    let registry = session.registry
    var found = false
    for name in registry.names {
      guard let entry = registry[name] else { continue }
      let manifest = entry.manifest
      let texts =
        [manifest.name, manifest.summary] + manifest.discussion
        + manifest.parameters.flatMap { [$0.name, $0.help] }
      if texts.contains(where: { $0.lowercased().contains(wanted) }) {
        let place = entry.origin.plugin.map { " (plugin \($0.name))" } ?? ""
        let line = name.rightPadded(to: 14) + " " + manifest.summary + place
        FoldedLine.lines(line, width: context.columns ?? .max).forEach(context.report)
        found = true
      }
    }
    // A page that has several names is told once.
    var told: Set<String> = []
    for name in session.topics.names where registry[name] == nil {
      guard let lines = session.topics.page(name), let first = lines.first,
        ([name] + lines).contains(where: { $0.lowercased().contains(wanted) }), told.insert(first).inserted
      else { continue }
      let line = "help \(name)".rightPadded(to: 14) + " " + first
      FoldedLine.lines(line, width: context.columns ?? .max).forEach(context.report)
      found = true
    }
    if !found { context.report("no command mentions '\(word.name)'") }
    return CommandResult()
  }
}
