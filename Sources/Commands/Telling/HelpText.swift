import Files

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

  /// What help says without a name.
  package static func start(_ registry: CommandRegistry) -> Page {
    let end = "help NAME tells all about a command, apropos WORD finds one, help language the rest"
    let families = registry.families.flatMap { family -> [Page.Part] in
      let rows = family.manifests.map { [$0.name, $0.summary] }
      return [.heading(family.name), .table(columns: [], rows: rows)]
    }
    return Page(
      overview(registry) + beginning + [end],
      parts: families + [
        .paragraph(beginning[0]), .lines(beginning.dropFirst().map { String($0.dropFirst(2)) }),
        .paragraph(end),
      ])
  }

  /// Everything about one command, as headings, paragraphs and tables.
  package static func parts(_ manifest: CommandManifest) -> [Page.Part] {
    var parts: [Page.Part] = [
      .heading(manifest.name), .paragraph(manifest.summary),
      .lines([wrapped(manifest.usage, indent: 4, width: 80)]),
    ]
    if !manifest.parameters.isEmpty {
      parts.append(
        .table(
          columns: ["parameter", "meaning", "values", "unit", "default"],
          rows: manifest.parameters.map { parameter in
            let help = parameter.help + (aliases(of: parameter).map { " (\($0))" } ?? "")
            return [
              parameter.shownName, help, parameter.valuesText, parameter.unit, parameter.defaultText ?? "",
            ]
          }))
    }
    if !manifest.results.isEmpty {
      let rows = manifest.results.map { [$0.name, $0.kind.title, $0.help] }
      parts.append(.table(columns: ["result", "kind", "meaning"], rows: rows))
    }
    parts += manifest.discussion.map { .paragraph($0) }
    if !manifest.examples.isEmpty { parts += [.heading("Examples"), .lines(manifest.examples)] }
    return parts
  }

  /// Everything about one command, and where it comes from when it is not built in.
  package static func parts(_ entry: Entry) -> [Page.Part] {
    parts(entry.manifest) + (entry.origin == .builtin ? [] : [.paragraph("From \(entry.origin.title)")])
  }

  /// The same in lines of at most `width` characters where words allow it.
  package static func page(_ entry: Entry, width: Int = 80) -> [String] {
    page(entry.manifest, width: width)
      + (entry.origin == .builtin
        ? [] : ["", wrapped("From \(entry.origin.title)", indent: 0, width: width)])
  }

  /// Everything about one command, in lines of at most `width` characters where words allow it.
  package static func page(_ manifest: CommandManifest, width: Int = 80) -> [String] {
    func wrapped(_ text: String, indent: Int) -> String {
      Self.wrapped(text, indent: indent, width: width)
    }
    let isLong = manifest.parameters.count > 20
    let usage = isLong ? manifest.shortUsage : manifest.usage
    var lines = [
      wrapped("\(manifest.name): \(manifest.summary)", indent: 2), "", "  " + wrapped(usage, indent: 6), "",
    ]
    if isLong {
      for (title, parameters) in groups(of: manifest) {
        lines += (lines.last == "" ? [] : [""]) + [title] + parameters.flatMap { describe($0, width: width) }
      }
    } else {
      for parameter in manifest.parameters { lines += describe(parameter, width: width) }
    }
    if !manifest.results.isEmpty {
      lines += ["", "Results"]
      lines += manifest.results.map { result in
        "  "
          + wrapped(
            result.name + (result.kind == .any ? "" : " (\(result.kind.title))")
              + (result.help.isEmpty ? "" : ": " + result.help), indent: 4)
      }
    }
    for paragraph in manifest.discussion { lines += ["", wrapped(paragraph, indent: 0)] }
    if !manifest.examples.isEmpty {
      lines += ["", "Examples"]
      lines += manifest.examples.flatMap {
        $0.split(separator: "\n").flatMap { FoldedLine.statement("  " + $0, width: width) }
      }
    }
    return lines.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
  }

  /// Parameters that belong together, by the beginning of their names in parameter files.
  private static func groups(of manifest: CommandManifest) -> [(
    title: String, parameters: [ParameterManifest]
  )] {
    func group(_ parameter: ParameterManifest) -> Int {
      if parameter.isPositional { return 0 }
      if parameter.aliases.contains(where: { $0.hasPrefix("la_") }) { return 2 }
      return parameter.aliases.contains { $0.hasPrefix("mm_") } ? 3 : 1
    }
    let titles = [
      "Input", "General", "Single cosmic rays: L.A.Cosmic (la_ in parameter files)",
      "Coincident cosmic rays: medians and minima (mm_ in parameter files)",
    ]
    return titles.enumerated().map { number, title in
      (title, manifest.parameters.filter { group($0) == number })
    }.filter { !$0.parameters.isEmpty }
  }

  /// Other names that may be written; nil where there are none, or only those of parameter files, which groups tell.
  private static func aliases(of parameter: ParameterManifest) -> String? {
    let names = parameter.aliases.filter { !$0.hasPrefix("la_") && !$0.hasPrefix("mm_") }
    return names.isEmpty ? nil : "also " + names.map { $0 + "=" }.joined(separator: ", ")
  }

  /// One parameter, in lines.
  package static func describe(_ parameter: ParameterManifest, width: Int) -> [String] {
    let name = parameter.shownName
    var facts: [String] = []
    if !parameter.valuesText.isEmpty { facts.append(parameter.valuesText) }
    if !parameter.unit.isEmpty { facts.append("[\(parameter.unit)]") }
    if let text = parameter.defaultText { facts.append("default \(text)") }
    if let aliases = aliases(of: parameter) { facts.append(aliases) }
    let tail = facts.isEmpty ? "" : " (" + facts.joined(separator: "; ") + ")"
    // In a narrow terminal, and behind a long name, the text has lines of its own.
    let indent = width < 50 ? 4 : 19
    let text = wrapped(parameter.help + tail, indent: indent, width: width)
    return name.count > 16 || indent < 19
      ? ["  " + name, String(repeating: " ", count: indent) + text]
      : ["  " + name.rightPadded(to: 16) + " " + text]
  }

  /// Breaks a paragraph into lines of so many columns.
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
