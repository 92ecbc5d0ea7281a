/// The command reference in Markdown, made from manifests alone.
package enum ReferenceText {
  package static func markdown(_ registry: CommandRegistry) -> String {
    var text =
      "# Command reference\n\nMade from the declarations of the commands by `crs --reference`; do not edit.\n"
    for family in registry.families {
      text += "\n## \(family.name)\n"
      for manifest in family.manifests {
        text += section(manifest)
        if let origin = registry[manifest.name]?.origin, origin != .builtin {
          text += "\nFrom \(origin.title).\n"
        }
      }
    }
    return text
  }

  private static func section(_ manifest: CommandManifest) -> String {
    var text =
      "\n### \(manifest.name)\n\n\(manifest.summary).\n\n```\n\(HelpText.wrapped(manifest.usage, indent: 2))\n```\n"
    if !manifest.parameters.isEmpty {
      text +=
        "\n| parameter | kind | unit | default | values | meaning |\n| --- | --- | --- | --- | --- | --- |\n"
      for parameter in manifest.parameters {
        let standard = parameter.isRequired ? "(required)" : parameter.defaultText ?? ""
        let cells = [
          parameter.name, parameter.kind.rawValue, parameter.unit, standard, parameter.valuesText,
          parameter.help,
        ]
        text +=
          "| " + cells.map { $0.split(separator: "|").joined(separator: "\\|") }.joined(separator: " | ")
          + " |\n"
      }
    }
    if !manifest.results.isEmpty {
      text +=
        "\nResults: "
        + manifest.results.map { "`\($0.name)` (\($0.kind.title)): \($0.help)" }.joined(separator: "; ")
        + ".\n"
    }
    for paragraph in manifest.discussion { text += "\n\(paragraph)\n" }
    for example in manifest.examples { text += "\n```\n\(example)\n```\n" }
    return text
  }
}
