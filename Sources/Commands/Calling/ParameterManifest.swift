import Pipeline

/// One parameter of a command.
package struct ParameterManifest: Sendable, Equatable {
  package var name: String
  package var aliases: [String]
  package var kind: Kind
  /// Further kinds that are taken as they are.
  package var also: [Kind]
  /// Unit, empty for none.
  package var unit: String
  package var help: String
  /// May be given without its name, in the order of declaration.
  package var isPositional: Bool
  /// Takes several values of its kind as a list: all further positional ones. Of kind list: as one list of any kind.
  package var isRest: Bool
  /// Of a number, and of each number in a list.
  package var limits: Limits
  /// The only values of a word, further ones of every other kind.
  package var choices: [String]
  /// nil where the parameter must be given; null where `none` may be given.
  package var `default`: JSONValue?

  package init(
    name: String, kind: Kind, also: [Kind] = [], unit: String = "", default: JSONValue? = nil,
    limits: Limits = Limits(),
    choices: [String] = [], help: String, isPositional: Bool = false, isRest: Bool = false,
    aliases: [String] = []
  ) {
    (self.name, self.kind, self.unit, self.help) = (name, kind, unit, help)
    self.also = also
    (self.default, self.limits, self.choices) = (`default`, limits, choices)
    (self.isPositional, self.isRest, self.aliases) = (isPositional, isRest, aliases)
  }

  package var isRequired: Bool { `default` == nil }

  /// `IMAGE`, `gain=`: how help writes it.
  package var shownName: String { isPositional ? name.uppercased() : name + "=" }

  /// Whether values of a kind can be given.
  package func takes(_ given: Kind) -> Bool { kind.takes(given) || also.contains(given) }

  /// A name that is not looked up: bare words are taken as they are, whatever variables there are.
  package var isName: Bool { kind == .word && choices.isEmpty }

  /// Words that completion proposes: the choices, of a flag yes and no.
  package var words: [String] { kind == .flag ? ["yes", "no"] + choices : choices }

  /// `a number`, `an integer or auto`, `a number, a list of them, none, auto or fit`: what can be given.
  package var expectation: String {
    let isOfNumbers = kind == .list && !limits.isEmpty
    let kinds = ([kind] + also).map(\.article)
    return Self.either((isOfNumbers ? ["a number", "a list of them"] : kinds) + choices)
  }

  /// What a number that is out of the limits should have been.
  func expectation(beside number: Double) -> String {
    // A limit that only keeps the arithmetic finite is told where it is the one that was passed.
    let shown = limits.informative.contains(number) ? limits : limits.informative
    return Self.either([shown.text + (unit.isEmpty ? "" : " " + unit)] + choices)
  }

  private static func either(_ words: [String]) -> String {
    words.count < 2
      ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1]
  }

  /// `2...50`, `median, mean`, `at least 1, or exact`: what help says about the values; empty where all are taken.
  package var valuesText: String {
    let limits = limits.text
    let words = choices.joined(separator: ", ")
    if kind == .word || words.isEmpty { return words.isEmpty ? limits : words }
    return limits.isEmpty ? "or \(words)" : "\(limits), or \(words)"
  }

  /// The default in the words of the language; nil where there is none to be shown.
  package var defaultText: String? { `default`.map(\.plain).flatMap { $0.isEmpty ? nil : $0 } }
}

extension ParameterManifest: Codable {
  private enum Key: String, CodingKey {
    case name, aliases, kind, also, unit, `default`, minimum, maximum, exclusiveMinimum, choices, help,
      positional,
      rest
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      name: try container.decode(String.self, forKey: .name),
      kind: try container.decode(Kind.self, forKey: .kind),
      also: try container.decodeIfPresent([Kind].self, forKey: .also) ?? [],
      unit: try container.decodeIfPresent(String.self, forKey: .unit) ?? "",
      // A default of null is one, other than none at all.
      default: container.contains(.default) ? try container.decode(JSONValue.self, forKey: .default) : nil,
      limits: Limits(
        minimum: try container.decodeIfPresent(Double.self, forKey: .minimum),
        maximum: try container.decodeIfPresent(Double.self, forKey: .maximum),
        exclusiveMinimum: try container.decodeIfPresent(Double.self, forKey: .exclusiveMinimum)),
      choices: try container.decodeIfPresent([String].self, forKey: .choices) ?? [],
      help: try container.decode(String.self, forKey: .help),
      isPositional: try container.decodeIfPresent(Bool.self, forKey: .positional) ?? false,
      isRest: try container.decodeIfPresent(Bool.self, forKey: .rest) ?? false,
      aliases: try container.decodeIfPresent([String].self, forKey: .aliases) ?? [])
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    try container.encode(aliases, forKey: .aliases)
    try container.encode(kind, forKey: .kind)
    if !also.isEmpty { try container.encode(also, forKey: .also) }
    try container.encode(unit, forKey: .unit)
    try container.encodeIfPresent(`default`, forKey: .default)
    try container.encodeIfPresent(limits.minimum, forKey: .minimum)
    try container.encodeIfPresent(limits.maximum, forKey: .maximum)
    try container.encodeIfPresent(limits.exclusiveMinimum, forKey: .exclusiveMinimum)
    try container.encode(choices, forKey: .choices)
    try container.encode(help, forKey: .help)
    try container.encode(isPositional, forKey: .positional)
    try container.encode(isRest, forKey: .rest)
  }
}
