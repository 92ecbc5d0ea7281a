import Calling

/// What `help` says about a parameter: the commands that take it, under whichever of its names.
enum ParameterPage {
  /// nil where no command has a parameter of that name.
  static func lines(_ name: String, _ registry: CommandRegistry) -> [String]? {
    let rows = registry.names.compactMap { registry[$0]?.manifest }.compactMap { manifest in
      manifest.parameter(named: name).map { (manifest.name, $0) }
    }
    guard !rows.isEmpty else { return nil }
    let width = rows.map { $0.0.count }.max() ?? 0
    return ["\(name): a parameter of", ""]
      + rows.map { command, parameter in
        let limits = parameter.defaultText.map { " (default \($0))" } ?? ""
        return "  " + command.rightPadded(to: width + 2) + parameter.shownName + " " + parameter.help + limits
      } + ["", "help COMMAND has the rest: units, ranges, other parameters."]
  }
}
