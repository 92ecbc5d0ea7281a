import Calling
import Files

/// `apropos`.
struct AproposCommand: SessionCommand {
  static let info = CommandInfo(
    "apropos", "Find commands, parameters and help pages by a word", family: .session,
    examples: ["apropos flux factor", "apropos la_sigclip"],
    discussion: [
      "Capital letters, hyphens and underscores make no difference; of several words each must be there. The names "
        + "that other programs give to parameters, files and figures are found too."
    ], isListing: true)

  @Parameter("word", positional: true) var word: VariableName
  @Parameter("further words", positional: true, rest: true) var words: [VariableName] = []

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    let typed = ([word] + words).map(\.name).joined(separator: " ")
    let wanted = Self.plain(typed).split(separator: " ").map(String.init)
    func isIn(_ text: String) -> Bool {
      let text = Self.plain(text)
      return wanted.allSatisfy(text.contains)
    }
    var found = false
    func tell(_ line: String) {
      FoldedLine.lines(line, width: context.columns ?? .max).forEach(context.report)
      found = true
    }
    let registry = session.registry
    for name in registry.names {
      guard let entry = registry[name] else { continue }
      let manifest = entry.manifest
      let about = [manifest.name, manifest.summary] + manifest.discussion
      let parameters = manifest.parameters.filter { ($0.aliases + [$0.name, $0.help]).contains(where: isIn) }
      guard !parameters.isEmpty || about.contains(where: isIn) else { continue }
      let place = entry.origin.plugin.map { " (plugin \($0.name))" } ?? ""
      tell(name.rightPadded(to: 14) + " " + manifest.summary + place)
      // A parameter that is meant, not only mentioned.
      for parameter in parameters
      where ([parameter.name] + parameter.aliases).contains(where: {
        Self.plain($0) == wanted.joined(separator: " ")
      }) {
        tell("  " + parameter.shownName.rightPadded(to: 12) + " " + parameter.help)
      }
    }
    // A page that has several names is told once.
    var told: Set<String> = []
    for name in session.topics.names where registry[name] == nil {
      guard let lines = session.topics.page(name), let first = lines.first,
        ([name] + lines).contains(where: isIn), told.insert(first).inserted
      else { continue }
      tell("help \(name)".rightPadded(to: 14) + " " + first)
    }
    if !found { context.report("no command, parameter or help page mentions '\(typed)'") }
    return CommandResult()
  }

  /// Small letters, one blank for every hyphen, underscore and blank.
  private static func plain(_ text: String) -> String {
    String(text.lowercased().map { $0 == "_" || $0 == "-" ? " " : $0 })
  }
}
