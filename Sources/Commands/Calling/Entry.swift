import Kernels
import Pipeline

/// Where a command comes from.
package enum Origin: Sendable, Equatable {
  case builtin
  case script(String, version: String)
  case process(String, version: String)
  case library(String, version: String)
}

/// A command ready to be used, whatever it is made of.
package struct Entry: Sendable {
  package let manifest: CommandManifest
  package let origin: Origin
  /// What is refused before anything runs; see `Command.check`.
  package let check: @Sendable (Bound) throws -> Void
  /// Takes the arguments of the declared kinds.
  package let run: @Sendable (Bound, CommandContext) throws -> CommandResult

  package init(
    manifest: CommandManifest, origin: Origin,
    check: @escaping @Sendable (Bound) throws -> Void = { _ in },
    run: @escaping @Sendable (Bound, CommandContext) throws -> CommandResult
  ) {
    (self.manifest, self.origin, self.check, self.run) = (manifest, origin, check, run)
  }

  package init<C: Command>(_ type: C.Type) {
    self.init(manifest: CommandManifest(of: type), origin: .builtin, check: { try type.check($0) }) {
      bound, context in
      let command = type.init()
      try command.receive(bound)
      try type.info.memory.check(bound, work: context.work)
      return try command.run(context)
    }
  }

  /// Binds the arguments and runs.
  ///
  /// - Throws: `CRSError`.
  package func call(_ arguments: [Argument], _ context: CommandContext) throws -> CommandResult {
    var context = context
    context.call.bound = try Binder.bind(arguments, manifest, reading: context.reading)
    try check(context.call.bound)
    return try run(context.call.bound, context)
  }

  /// Whether a replay of the session needs a call that gave no results.
  package func isRecorded(_ result: CommandResult) -> Bool {
    result.isRecorded ?? (manifest.effect == .files || manifest.effect == .folder)
  }
}

extension CommandManifest {
  /// Reads the declaration of a command.
  init<C: Command>(of type: C.Type) {
    let info = C.info
    self.init(
      name: info.name, summary: info.summary, family: info.family.name, discussion: info.discussion,
      examples: info.examples, effect: info.effect, isListing: info.isListing, results: info.results,
      parameters: Mirror(reflecting: type.init()).children.flatMap { child -> [ParameterManifest] in
        guard let parameter = child.value as? any DeclaredParameter, let label = child.label else {
          return []
        }
        return parameter.manifests(named: CommandManifest.name(ofProperty: label))
      })
  }

  /// `_logLevel` is written log_level.
  static func name(ofProperty label: String) -> String {
    label.drop { $0 == "_" }.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
  }
}

extension Origin {
  /// As help and warnings name it.
  package var title: String {
    switch self {
    case .builtin: "crs"
    case .script(let name, let version) where version.isEmpty: name.isEmpty ? "this session" : name
    case .script(let name, let version): "the plugin \(name) \(version) (script)"
    case .process(let name, let version): "the plugin \(name) \(version) (process)"
    case .library(let name, let version): "the plugin \(name) \(version) (library)"
    }
  }

  /// Name and version of the plugin; nil where it is none.
  package var plugin: (name: String, version: String)? {
    switch self {
    case .builtin: nil
    case .script(_, let version) where version.isEmpty: nil
    case .script(let name, let version), .process(let name, let version), .library(let name, let version):
      (name, version)
    }
  }
}
