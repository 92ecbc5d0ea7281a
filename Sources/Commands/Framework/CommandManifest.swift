/// All that is known of a command without running it: parsing, help, completion, subcommand options and
/// documentation read nothing else.
public struct CommandManifest: Codable, Sendable, Equatable {
  /// Version of this description.
  public var schema = 1
  public var name: String
  public var summary: String
  public var parameters: [ParameterManifest]
  /// The results, in order.
  public var results: [ResultManifest]
  public var examples: [String]
  /// Longer explanation, paragraphs.
  public var discussion: [String]
  /// Where commands stand together in help.
  public var family: String
  /// Prints a listing that may be long.
  public var isListing: Bool

  public func parameter(named name: String) -> ParameterManifest? {
    let wanted = name.replacingHyphens
    return parameters.first { $0.name == wanted || $0.aliases.contains(wanted) }
  }

  /// `lacosmic IMAGE [gain=] [rnoise=] ...`
  public var usage: String {
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
public struct ParameterManifest: Codable, Sendable, Equatable {
  public enum Kind: String, Codable, Sendable {
    case image, stack, mask, maskSet, diagram, boundary, table, value, number, integer, flag, text, word,
      file,
      list, section, name
  }
  public var name: String
  public var kind: Kind
  /// Unit, empty for none.
  public var unit: String
  /// The default as text; nil for required parameters.
  public var defaultText: String?
  /// The valid range, for example `1...50`.
  public var range: String?
  /// The words of an enumerated parameter.
  public var choices: [String]
  public var help: String
  public var isPositional: Bool
  public var isRequired: Bool
  /// Takes all further positional arguments.
  public var isRest: Bool
  public var aliases: [String]
}

/// One result of a command.
public struct ResultManifest: Codable, Sendable, Equatable {
  public var name: String
  /// The kind of value in the words of help.
  public var kind: String
  public var help: String
}

extension String {
  /// Parameter names are written with underscores; command-line options may use hyphens.
  var replacingHyphens: String { String(map { $0 == "-" ? "_" : $0 }) }
}
