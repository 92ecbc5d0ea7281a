/// Help made from manifests alone.
package enum HelpText {
  /// All commands, a line each, as they stand together.
  package static func overview(_ registry: CommandRegistry) -> [String] {
    registry.families.flatMap { family in
      [family.name] + family.manifests.map { "  " + $0.name.rightPadded(to: 14) + " " + $0.summary }
    }
  }

  /// How a session begins.
  package static let beginning = [
    "To clean three or more exposures:",
    "  s = load a.fits b.fits c.fits",
    "  masks = crmasks s",
    "  clean = combine s method=mediancr masks=masks",
    "  show clean",
    "  save clean clean.fits",
    "  history session.crs",
  ]

  /// Everything about one command, and where it comes from when it is not built in.
  package static func page(_ entry: Entry) -> [String] {
    page(entry.manifest) + (entry.origin == .builtin ? [] : ["", "From \(entry.origin.title)"])
  }

  /// Everything about one command.
  package static func page(_ manifest: CommandManifest) -> [String] {
    var lines = ["\(manifest.name): \(manifest.summary)", "", "  " + wrapped(manifest.usage, indent: 6), ""]
    for parameter in manifest.parameters { lines += describe(parameter) }
    if !manifest.results.isEmpty {
      lines += ["", "Results"]
      lines += manifest.results.map { result in
        "  " + result.name + (result.kind == .any ? "" : " (\(result.kind.title))")
          + (result.help.isEmpty ? "" : ": " + result.help)
      }
    }
    for paragraph in manifest.discussion { lines += ["", wrapped(paragraph, indent: 0)] }
    if !manifest.examples.isEmpty {
      lines += ["", "Examples"]
      lines += manifest.examples.flatMap { $0.split(separator: "\n").map { "  " + $0 } }
    }
    return lines.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
  }

  private static func describe(_ parameter: ParameterManifest) -> [String] {
    let name = parameter.isPositional ? parameter.name.uppercased() : parameter.name + "="
    var facts: [String] = []
    if !parameter.valuesText.isEmpty { facts.append(parameter.valuesText) }
    if !parameter.unit.isEmpty { facts.append("[\(parameter.unit)]") }
    if let text = parameter.defaultText { facts.append("default \(text)") }
    let tail = facts.isEmpty ? "" : " (" + facts.joined(separator: "; ") + ")"
    return ["  " + name.rightPadded(to: 16) + " " + wrapped(parameter.help + tail, indent: 19)]
  }

  /// Breaks a paragraph into lines of 80 columns.
  static func wrapped(_ text: String, indent: Int, width: Int = 80) -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, indent + line.count + 1 + word.count > width {
        lines.append(line)
        line = String(word)
      } else {
        line += line.isEmpty ? String(word) : " " + word
      }
    }
    lines.append(line)
    return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
  }
}
