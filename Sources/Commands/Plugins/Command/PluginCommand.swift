import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// `plugin`.
package struct PluginCommand: SessionCommand {
  package static let info = CommandInfo(
    "plugin", "List, make, check and enable plugins",
    family: Family("Session"),
    effect: .session,
    examples: ["plugin list"],
    discussion: [
      "plugin list: all plugins that are found, and where. plugin info NAME: what one adds. plugin new NAME "
        + "kind=python (or script, c): a new one that works at once. plugin check NAME: run its examples and its "
        + "test.crs. plugin enable NAME: allow a library to be loaded; again after each change. plugin disable NAME: "
        + "take that back. Plugins that have changed on the disk are read anew before the next statement. plugin need NAME VERSION: an error unless that version is there; scripts that history "
        + "writes begin so.",
      "Plugins are looked for in CRS_PLUGIN_PATH (folders with colons between them), ~/.local/share/crs/plugins, "
        + "/usr/local/share/crs/plugins and /usr/share/crs/plugins. What another user could have written is left "
        + "out, with the reason. Nothing of a plugin runs before one of its commands is called.",
    ], isListing: true)

  package enum Action: String, WordParameter { case list, info, new, check, enable, disable, need }

  @Parameter("what to do", positional: true) var action: Action = .list
  @Parameter("of the plugin", positional: true) var name: VariableName? = nil
  @Parameter("that is needed", positional: true) var version: VariableName? = nil
  @Parameter("of a new plugin") var kind: PluginTemplate.Kind = .script

  package init() {}

  package func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    try checkWords(context)
    switch action {
    case .list: list(context, session)
    case .info: try info(context, session)
    case .new: try make(context, session)
    case .check: try PluginCheck(plugin: found(), session: session, context: context).run()
    case .enable: try enable(context, session)
    case .disable: try disable(context)
    case .need:
      guard let version else {
        throw CRSError.usage("version is missing", expected: "plugin need NAME VERSION")
      }
      try PluginNeed(name: try wanted(), version: version.name).check(PluginShelf())
    }
    return CommandResult(isRecorded: false)
  }

  /// Words that an action does not take are mistakes.
  private func checkWords(_ context: CommandContext) throws {
    let usage: String =
      switch action {
      case .list: "plugin list"
      case .need: "plugin need NAME VERSION"
      case .new: "plugin new NAME kind=script, python or c"
      case .info, .check, .enable, .disable: "plugin \(action.rawValue) NAME"
      }
    if action == .list, let name {
      throw CRSError.usage(
        "'\(name.name)' is too much", expected: usage, hint: "plugin info NAME tells of one")
    }
    if action != .need, let version { throw CRSError.usage("'\(version.name)' is too much", expected: usage) }
    if action != .new, context.call.bound["kind"] != nil {
      throw CRSError.usage("plugin \(action.rawValue) takes no kind", parameter: "kind", expected: usage)
    }
  }

  private func wanted() throws -> String {
    guard let name else {
      throw CRSError.usage("name is missing", expected: "plugin \(action.rawValue) NAME")
    }
    return name.name
  }

  private func found() throws -> FoundPlugin {
    let name = try wanted()
    let shelf = PluginShelf()
    guard let plugin = shelf[name] else {
      throw CRSError.usage(
        "there is no plugin '\(name)'", parameter: "name",
        hint: didYouMean(name, among: shelf.plugins.map(\.name))
          ?? "plugin list shows where they are looked for")
    }
    return plugin
  }

  // MARK: - Looking

  private func list(_ context: CommandContext, _ session: Session) {
    let shelf = PluginShelf()
    for var plugin in shelf.plugins {
      plugin.checkIsEnabled()
      let commands = session.registry.manifests.filter { session.registry[$0.name]?.origin == plugin.origin }
      let names = commands.isEmpty ? "" : ": " + commands.map(\.name).joined(separator: ", ")
      context.report("\(plugin.name) \(plugin.version) (\(plugin.kind))\(names)")
      context.report("  " + plugin.path)
      switch plugin.state {
      case .usable: break
      case .notEnabled(let reason): context.report("  not enabled: \(reason) (plugin enable \(plugin.name))")
      case .refused(let error): context.report("  left out: \(error.description)")
      }
      if case .refused = plugin.state { continue }
      // Of two of one name the session has the first.
      session.leftOut[plugin.name]?.forEach { context.report("  " + $0) }
    }
    shelf.warnings.forEach(context.note)
    if shelf.plugins.isEmpty {
      context.report("no plugins in " + PluginPath.folders.joined(separator: ", "))
      context.report("plugin new NAME kind=python makes one")
    }
  }

  private func info(_ context: CommandContext, _ session: Session) throws {
    var plugin = try found()
    plugin.checkIsEnabled()
    context.report("\(plugin.name) \(plugin.version): \(plugin.description?.summary ?? "script")")
    context.report("  kind     \(plugin.kind)")
    context.report("  place    \(plugin.path)")
    if let description = plugin.description {
      if !description.author.isEmpty { context.report("  author   \(description.author)") }
      if !description.license.isEmpty { context.report("  license  \(description.license)") }
      if case .process(let words, let keep) = description.program {
        context.report("  program  \(words.joined(separator: " "))\(keep ? " (stays for the session)" : "")")
      }
    }
    let added = session.registry.manifests.filter { session.registry[$0.name]?.origin == plugin.origin }
    for command in added.isEmpty ? plugin.description?.commands ?? [] : added {
      context.report("  command  \(command.usage)")
      context.report("           \(command.summary)")
    }
    switch plugin.state {
    case .usable: break
    case .notEnabled(let reason): context.note("not enabled: \(reason) (plugin enable \(plugin.name))")
    case .refused(let error): context.note("left out: \(error.description)")
    }
    if case .refused = plugin.state { return }
    session.leftOut[plugin.name]?.forEach(context.note)
  }

  // MARK: - Making and allowing

  private func make(_ context: CommandContext, _ session: Session) throws {
    let name = try wanted()
    guard ManifestCheck.isName(name) else {
      throw CRSError.usage("'\(name)' is no name", parameter: "name", expected: ManifestCheck.nameRule)
    }
    guard session.registry[name] == nil, !session.isReserved(name) else {
      throw CRSError.usage(
        "'\(name)' means something already", parameter: "name", expected: "a name that is free")
    }
    let folder = try PluginTemplate(name: name, kind: kind).write(into: PluginTemplate.folder())
    context.report("wrote \(folder)")
    switch kind {
    case .script: break
    case .python: noteMissing(context)
    case .c:
      do {
        _ = try CompilerRun.make(in: folder)
        var plugin = FoundPlugin(name: name, path: folder, isFolder: true)
        try enable(&plugin, context)
      } catch let error as CRSError {
        context.note(error.description)
      }
    }
    session.loadPlugin?(folder).forEach(context.note)
    context.report("try: plugin check \(name), or help \(name)")
  }

  /// Says what a plugin in Python lacks.
  private func noteMissing(_ context: CommandContext) {
    guard let python = CompilerRun.program("python3") else {
      return context.note("there is no python3 in PATH: apt install python3 python3-numpy")
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", "import numpy"]
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try? process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 {
      context.note("\(python) has no NumPy: apt install python3-numpy, or pip install numpy")
    }
  }

  private func enable(_ context: CommandContext, _ session: Session) throws {
    // What is allowed is what lies there now, and that is what runs from here on.
    session.refreshPlugins(context.note)
    var plugin = try found()
    guard case .library? = plugin.description?.program else {
      if case .refused(let error) = plugin.state { throw error }
      context.report("\(plugin.name) is no library: it needs not be enabled")
      return
    }
    try enable(&plugin, context)
  }

  private func disable(_ context: CommandContext) throws {
    let plugin = try found()
    guard case .library? = plugin.description?.program else {
      throw CRSError.usage(
        "\(plugin.name) is no library: only libraries are enabled and disabled", parameter: "name",
        hint: "to be rid of it, remove \(plugin.path)")
    }
    try EnabledLibraries.set(plugin.path, to: nil)
    LoadedLibrary.forget(plugin)
    context.report("\(plugin.name) is not enabled any more")
  }

  private func enable(_ plugin: inout FoundPlugin, _ context: CommandContext) throws {
    if case .refused(let error) = plugin.state { throw error }
    let hash = try plugin.hash()
    try EnabledLibraries.set(plugin.path, to: hash)
    context.report("\(plugin.name) is enabled (SHA-256 \(hash.prefix(12))...)")
  }
}
