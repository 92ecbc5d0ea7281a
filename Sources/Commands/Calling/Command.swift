import Pipeline

/// A command: one file, one declaration. Its parameters are properties wrapped in `@Parameter`.
package protocol Command: SendableMetatype {
  static var info: CommandInfo { get }
  init()
  /// Refuses what cannot be right whatever the values are: looks at the kinds of the arguments, at which ones are given,
  /// and at words, names and numbers that are written down. It runs before `run`; `--check` calls it with values that
  /// stand for what an argument will be, and none for those it knows nothing of.
  ///
  /// - Throws: `CRSError` (usage).
  static func check(_ bound: Bound) throws
  /// - Throws: `CRSError`.
  func run(_ context: CommandContext) throws -> CommandResult
}

extension Command {
  package static func check(_ bound: Bound) throws {}
}

/// What a command says of itself beside its parameters.
package struct CommandInfo: Sendable {
  package var name: String
  package var summary: String
  package var family: Family
  package var effect: Effect
  package var results: [ResultManifest]
  package var examples: [String]
  package var discussion: [String]
  /// Prints a listing that may be long.
  package var isListing: Bool
  package var memory: MemoryNeed

  package init(
    _ name: String, _ summary: String, family: Family, effect: Effect = .nothing,
    results: [ResultManifest] = [], examples: [String] = [], discussion: [String] = [],
    isListing: Bool = false, memory: MemoryNeed = .plane
  ) {
    self.memory = memory
    self.name = name
    self.summary = summary
    self.family = family
    self.effect = effect
    self.results = results
    self.examples = examples
    self.discussion = discussion
    self.isListing = isListing
  }
}

/// Where commands stand together in help: any text.
package struct Family: Sendable, Equatable {
  package let name: String

  package init(_ name: String) { self.name = name }
}

extension ResultManifest {
  /// A result in a declaration.
  package static func result(
    _ name: String, _ kind: Kind, _ help: String, like parameter: String? = nil, optional: Bool? = nil,
    columns: [String]? = nil
  ) -> ResultManifest {
    ResultManifest(
      name: name, kind: kind, help: help, like: parameter, optional: optional, columns: columns)
  }
}

/// What a command gives back; it has printed nothing.
package struct CommandResult: Sendable {
  /// In the order that the declaration names.
  package var values: [Value]
  /// Parameters that the command decided itself (a drawn seed, a gain from the header), for the record that
  /// replays the session.
  package var resolved: [String: Value]
  /// The command has written its results itself.
  package var hasWritten: Bool
  /// Whether a replay of the session needs a call without results; nil: what the command's effect says.
  package var isRecorded: Bool?
  /// How the results read where the call stands alone and no name takes them; nil: as their values do.
  package var lines: [String]?

  package init(
    _ values: [Value] = [], resolved: [String: Value] = [:], hasWritten: Bool = false,
    isRecorded: Bool? = nil, lines: [String]? = nil
  ) {
    self.lines = lines
    self.values = values
    self.resolved = resolved
    self.hasWritten = hasWritten
    self.isRecorded = isRecorded
  }
}
