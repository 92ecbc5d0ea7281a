import Kernels

/// All commands of a session by name; built-ins and plugins are alike once registered.
package struct CommandRegistry: Sendable {
  /// A command ready to be used: its manifest and how to run it.
  package struct Entry: Sendable {
    package let manifest: CommandManifest
    /// Binds arguments and runs.
    package let run: @Sendable ([Argument], CommandContext) throws -> CommandResult
    /// Binds the arguments whose values are known, to find mistakes without running anything.
    package let check: @Sendable ([(argument: Argument, isKnown: Bool)], CommandContext) throws -> Void
  }

  package private(set) var entries: [String: Entry] = [:]

  package init() {}

  /// - Throws: `CRSError` (usage) for a name that is taken.
  package mutating func register<C: Command>(_ type: C.Type) throws {
    let manifest = CommandManifest(of: type)
    guard entries[manifest.name] == nil else {
      throw CRSError.usage("command '\(manifest.name)' exists already")
    }
    entries[manifest.name] = Entry(
      manifest: manifest,
      run: { arguments, context in
        let command = type.init()
        try Binder(manifest: manifest, command: command).bind(arguments, context: context)
        return try command.run(context)
      },
      check: { arguments, context in
        try Binder(manifest: manifest, command: type.init()).check(arguments, context: context)
      })
  }

  /// Takes a command in the place of another one of its name.
  mutating func define(_ entry: Entry) { entries[entry.manifest.name] = entry }

  mutating func remove(_ name: String) { entries[name] = nil }

  package subscript(name: String) -> Entry? { entries[name] }
  /// Names in alphabetical order.
  package var names: [String] { entries.keys.sorted() }
}

extension CommandManifest {
  /// Reads the declaration of a command.
  init<C: Command>(of type: C.Type) {
    let info = C.info
    self.init(
      name: info.name, summary: info.summary,
      parameters: Mirror(reflecting: type.init()).children.flatMap { child -> [ParameterManifest] in
        guard let parameter = child.value as? any DeclaredParameter, let label = child.label else {
          return []
        }
        return parameter.manifests(named: CommandManifest.name(ofProperty: label))
      },
      results: info.results, examples: info.examples, discussion: info.discussion,
      family: info.family.rawValue, isListing: info.isListing)
  }

  /// `_logLevel` is written log_level.
  static func name(ofProperty label: String) -> String {
    label.drop { $0 == "_" }.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
  }
}
