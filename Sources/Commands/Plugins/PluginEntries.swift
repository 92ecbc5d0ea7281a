import Calling
import Files
import Foundation
import Kernels
import Pipeline
import Synchronization

/// Makes commands of what plugins declare.
package enum PluginEntries {
  /// The commands of a process or library plugin.
  package static func entries(of plugin: FoundPlugin) -> [Entry] {
    guard let description = plugin.description else { return [] }
    return description.commands.map { manifest in
      let told = told(manifest)
      return Entry(manifest: told, origin: plugin.origin) { bound, context in
        try run(plugin, manifest, bound, context)
      }
    }
  }

  /// The manifest that users see: crs adds what it does itself.
  private static func told(_ manifest: CommandManifest) -> CommandManifest {
    var told = manifest
    if manifest.effect == .files, manifest.parameter(named: "overwrite") == nil {
      told.parameters.append(
        ParameterManifest(
          name: "overwrite", kind: .flag, default: .bool(false), help: "replace existing files"))
    }
    return told
  }

  private static func run(
    _ plugin: FoundPlugin, _ manifest: CommandManifest, _ bound: Bound, _ context: CommandContext
  ) throws -> CommandResult {
    if case .refused(let error) = plugin.state { throw error }
    noteChange(of: plugin, context)
    var bound = bound
    var resolved: [String: Value] = [:]
    if let parameter = manifest.parameter(named: "seed"), parameter.kind == .integer,
      parameter.default == .null,
      bound["seed"].map({ if case .none = $0 { true } else { false } }) ?? true
    {
      let seed = Value.integer(Int.random(in: 1...999_999_999))
      context.report("seed: \(seed.literal ?? "") (drawn)")
      resolved["seed"] = seed
      bound.set("seed", to: seed, given: Argument(value: seed))
    }
    let files = manifest.effect == .files ? try WrittenFiles(manifest, &bound, context) : nil
    let values = try results(plugin, manifest, bound, context)
    try files?.commit(plugin.name)
    return CommandResult(values, resolved: resolved)
  }

  /// Says once that a script goes on with what it began with.
  private static func noteChange(of plugin: FoundPlugin, _ context: CommandContext) {
    guard plugin.hasChanged, toldOf.withLock({ $0.insert(plugin.path).inserted }) else { return }
    context.note("the files of the plugin \(plugin.name) have changed: the next statement reads them anew")
  }

  private static let toldOf = Mutex<Set<String>>([])

  private static func results(
    _ plugin: FoundPlugin, _ manifest: CommandManifest, _ bound: Bound, _ context: CommandContext
  ) throws -> [Value] {
    switch plugin.description?.program {
    case .process?: return try PluginPrograms.shared.call(plugin, manifest, bound, context)
    case .library(let file)?:
      let call = LibraryCall(manifest, bound, context)
      let code = try LoadedLibrary.library(of: plugin, file: file).run(call)
      try context.work.checkCancelled()
      if let failure = call.failure { throw failure }
      guard code == 0 else { throw CRSError.data("the plugin \(plugin.name) gave the error \(code)") }
      return try call.taken(bound, plugin: plugin.name)
    case .script?, nil: return []
    }
  }
}

/// The files that a plugin's command writes: under temporary names, until it has ended well.
private struct WrittenFiles {
  private var files: [AtomicFile] = []

  init(_ manifest: CommandManifest, _ bound: inout Bound, _ context: CommandContext) throws {
    var overwrites = (context.host as? Session)?.replacesFiles ?? false
    if case .bool(true)? = bound["overwrite"] { overwrites = true }
    for parameter in manifest.parameters where parameter.kind == .file {
      guard let value = bound[parameter.name] else { continue }
      let new = try temporary(value, existing: .init(overwrite: overwrites))
      bound.set(parameter.name, to: new, given: Argument(value: value))
    }
  }

  private mutating func temporary(_ value: Value, existing: AtomicFile.Existing) throws -> Value {
    switch value {
    case .text(let path):
      let file = try AtomicFile(PluginArguments.absolute(path), existing: existing, keepsEnding: true)
      files.append(file)
      return .text(file.temporary)
    case .list(let items): return .list(try items.map { try temporary($0, existing: existing) })
    default: return value
    }
  }

  /// - Throws: `CRSError` (data) for a file that was not written; none of the others appears then.
  func commit(_ plugin: String) throws {
    for file in files {
      var facts = stat()
      guard lstat(file.temporary, &facts) == 0, facts.st_mode & S_IFMT != S_IFREG else { continue }
      // A folder or FIFO: nothing of it stays.
      try? FileManager.default.removeItem(atPath: file.temporary)
      throw CRSError.data(
        "the plugin \(plugin) made something else than a regular file of \(file.path)",
        expected: "a file that it writes")
    }
    if let file = files.first(where: { !FileManager.default.fileExists(atPath: $0.temporary) }) {
      throw CRSError.data("the plugin \(plugin) ended well and has not written \(file.path)")
    }
    for file in files {
      try file.wasMade()
      try file.commit()
    }
  }
}
