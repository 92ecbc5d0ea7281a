/// All that is known of a command without running it: parsing, help, completion, subcommand options and
/// documentation read nothing else.
package struct CommandManifest: Codable, Sendable, Equatable {
  /// Version of this description.
  package var schema = 1
  package var name: String
  package var summary: String
  package var parameters: [ParameterManifest]
  /// The results, in order.
  package var results: [ResultManifest]
  package var examples: [String]
  /// Longer explanation, paragraphs.
  package var discussion: [String]
  /// Where commands stand together in help.
  package var family: String
  /// Prints a listing that may be long.
  package var isListing: Bool

  package func parameter(named name: String) -> ParameterManifest? {
    let wanted = name.replacingHyphens
    return parameters.first { $0.name == wanted || $0.aliases.contains(wanted) }
  }

  /// `lacosmic IMAGE [gain=] [rnoise=] ...`
  package var usage: String {
    let positional = parameters.filter(\.isPositional).map { parameter in
      let name = parameter.name.uppercased() + (parameter.isRest ? "..." : "")
      return parameter.isRequired ? name : "[\(name)]"
    }
    let keyed = parameters.filter { !$0.isPositional }.map { $0.isRequired ? "\($0.name)=" : "[\($0.name)=]" }
    let left = results.isEmpty ? "" : results.map(\.name).joined(separator: ", ") + " = "
    return left + ([name] + positional + keyed).joined(separator: " ")
  }
}

/// One parameter of a command.
package struct ParameterManifest: Codable, Sendable, Equatable {
  package enum Kind: String, Codable, Sendable {
    case image, stack, mask, maskSet, diagram, boundary, table, value, number, integer, flag, text, word,
      file,
      list, section, name
  }
  package var name: String
  package var kind: Kind
  /// Unit, empty for none.
  package var unit: String
  /// The default as text; nil for required parameters.
  package var defaultText: String?
  /// The valid range, for example `1...50`.
  package var range: String?
  /// The words of an enumerated parameter.
  package var choices: [String]
  package var help: String
  package var isPositional: Bool
  package var isRequired: Bool
  /// Takes all further positional arguments.
  package var isRest: Bool
  package var aliases: [String]
}

/// One result of a command.
package struct ResultManifest: Codable, Sendable, Equatable {
  package var name: String
  /// The kind of value in the words of help.
  package var kind: String
  package var help: String
}

extension String {
  /// Parameter names are written with underscores; command-line options may use hyphens.
  var replacingHyphens: String { String(map { $0 == "-" ? "_" : $0 }) }
}
