import Pipeline

/// All that is known of a command without running it: calls, help, completion, subcommand options and documentation
/// read nothing else, and a plugin declares itself by one in JSON.
package struct CommandManifest: Sendable, Equatable {
  package var name: String
  package var summary: String
  /// Where commands stand together in help.
  package var family: String
  /// Longer explanation, paragraphs.
  package var discussion: [String]
  package var examples: [String]
  package var effect: Effect
  /// Prints a listing that may be long.
  package var isListing: Bool
  /// The results, in order.
  package var results: [ResultManifest]
  package var parameters: [ParameterManifest]

  package init(
    name: String, summary: String, family: String, discussion: [String] = [], examples: [String] = [],
    effect: Effect = .nothing, isListing: Bool = false, results: [ResultManifest] = [],
    parameters: [ParameterManifest] = []
  ) {
    (self.name, self.summary, self.family) = (name, summary, family)
    (self.discussion, self.examples) = (discussion, examples)
    (self.effect, self.isListing) = (effect, isListing)
    (self.results, self.parameters) = (results, parameters)
  }

  /// The parameter of a name or alias, hyphens for underscores allowed.
  package func parameter(named name: String) -> ParameterManifest? {
    let wanted = name.replacingHyphens
    return parameters.first { $0.name == wanted } ?? parameters.first { $0.aliases.contains(wanted) }
  }

  /// `clean, mask = lacosmic IMAGE [KEY=VALUE ...]`: what an error has room for.
  package var shortUsage: String {
    var short = self
    short.parameters = parameters.filter { $0.isPositional || $0.isRequired }
    return short.usage + (short.parameters.count < parameters.count ? " [KEY=VALUE ...]" : "")
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

/// One result of a command.
package struct ResultManifest: Codable, Sendable, Equatable {
  package var name: String
  package var kind: Kind
  package var help: String
  /// The parameter whose image this one shows edited: the same sky, header and detector.
  package var like: String?
  /// true where some calls do not have it; nil is false.
  package var optional: Bool?
  /// The columns that a table can have; nil where it can have others.
  package var columns: [String]?

  package init(
    name: String, kind: Kind, help: String, like: String? = nil, optional: Bool? = nil,
    columns: [String]? = nil
  ) {
    (self.name, self.kind, self.help, self.like) = (name, kind, help, like)
    (self.optional, self.columns) = (optional, columns)
  }
}

extension CommandManifest: Codable {
  private enum Key: String, CodingKey {
    case name, summary, family, discussion, examples, effect, listing, results, parameters
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      name: try container.decode(String.self, forKey: .name),
      summary: try container.decode(String.self, forKey: .summary),
      family: try container.decode(String.self, forKey: .family),
      discussion: try container.decodeIfPresent([String].self, forKey: .discussion) ?? [],
      examples: try container.decodeIfPresent([String].self, forKey: .examples) ?? [],
      effect: try container.decodeIfPresent(Effect.self, forKey: .effect) ?? .nothing,
      isListing: try container.decodeIfPresent(Bool.self, forKey: .listing) ?? false,
      results: try container.decodeIfPresent([ResultManifest].self, forKey: .results) ?? [],
      parameters: try container.decodeIfPresent([ParameterManifest].self, forKey: .parameters) ?? [])
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    try container.encode(summary, forKey: .summary)
    try container.encode(family, forKey: .family)
    try container.encode(discussion, forKey: .discussion)
    try container.encode(examples, forKey: .examples)
    try container.encode(effect, forKey: .effect)
    if isListing { try container.encode(isListing, forKey: .listing) }
    try container.encode(results, forKey: .results)
    try container.encode(parameters, forKey: .parameters)
  }
}

extension String {
  /// Parameter names are written with underscores; command-line options may use hyphens.
  var replacingHyphens: String { String(map { $0 == "-" ? "_" : $0 }) }
}
