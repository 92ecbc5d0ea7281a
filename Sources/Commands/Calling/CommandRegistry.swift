import Files
import Kernels

/// All commands of a session by name; built-ins and plugins are alike once registered.
package struct CommandRegistry: Sendable {
  private var entries: [String: Entry] = [:]
  /// Commands by their names in other programs.
  private var otherNames: [String: String] = [:]
  /// Names of families in the order in which their first commands came.
  private var familyNames: [String] = []

  package init() {}

  /// - Throws: `CRSError` (usage) for a name that is taken.
  package mutating func register(_ entry: Entry) throws {
    guard entries[entry.manifest.name] == nil else {
      throw CRSError.usage("command '\(entry.manifest.name)' exists already")
    }
    entries[entry.manifest.name] = entry
    if !familyNames.contains(entry.manifest.family) { familyNames.append(entry.manifest.family) }
  }

  /// - Parameter others: what other programs call the command.
  package mutating func register<C: Command>(_ type: C.Type, also others: [String] = []) throws {
    try register(Entry(type))
    for other in others { otherNames[other] = C.info.name }
  }

  /// Takes a command in the place of another one of its name.
  mutating func define(_ entry: Entry) {
    remove(entry.manifest.name)
    entries[entry.manifest.name] = entry
    if !familyNames.contains(entry.manifest.family) { familyNames.append(entry.manifest.family) }
  }

  package mutating func remove(_ name: String) { entries[name] = nil }

  /// Names of the commands that a plugin adds.
  package func names(ofPlugin name: String) -> [String] {
    entries.filter { $1.origin.plugin?.name == name }.keys.sorted()
  }

  /// The command of a name, its own or another program's.
  package subscript(name: String) -> Entry? { entries[name] ?? otherNames[name].flatMap { entries[$0] } }

  /// Names in alphabetical order.
  package var names: [String] { entries.keys.sorted() }

  /// In alphabetical order.
  package var manifests: [CommandManifest] { names.compactMap { entries[$0]?.manifest } }

  /// Commands as they stand together in help, those of a family in alphabetical order.
  package var families: [(name: String, manifests: [CommandManifest])] {
    let manifests = manifests
    return familyNames.map { name in (name, manifests.filter { $0.family == name }) }
      .filter { !$0.manifests.isEmpty }
  }

  /// - Throws: `CRSError` (usage) for a name that is no command.
  package func entry(named name: String, at place: Place? = nil) throws -> Entry {
    guard let entry = self[name] else {
      throw CRSError.usage("'\(name)' is not a command", hint: didYouMean(name, among: names) ?? "see: help")
        .at(place)
    }
    return entry
  }
}
