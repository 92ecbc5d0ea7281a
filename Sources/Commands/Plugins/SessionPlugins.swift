import Calling
import Files
import Kernels

/// Brings the commands of plugins into a registry.
package struct PluginRegistration: Sendable {
  /// Words that mean something to the language: functions, constants, keywords.
  let reserved: Set<String>
  /// The commands of a script; the language makes them.
  let script: @Sendable (FoundPlugin, CommandRegistry) throws -> [Entry]

  package init(
    reserved: Set<String>, script: @escaping @Sendable (FoundPlugin, CommandRegistry) throws -> [Entry]
  ) {
    (self.reserved, self.script) = (reserved, script)
  }

  /// Adds the commands of a plugin.
  ///
  /// - Returns: what is left out, and why.
  func add(_ plugin: FoundPlugin, to registry: inout CommandRegistry) -> [String] {
    if case .refused(let error) = plugin.state {
      return ["the plugin \(plugin.name) is left out: \(error.description)"]
    }
    var warnings: [String] = []
    do {
      for entry in plugin.script == nil ? PluginEntries.entries(of: plugin) : try script(plugin, registry) {
        let name = entry.manifest.name
        if reserved.contains(name) || registry[name] != nil {
          let owner = registry[name].map { "a command of \($0.origin.title)" } ?? "a word of the language"
          warnings.append(
            "the command \(name) of the plugin \(plugin.name) is left out: \(owner) has that name")
        } else {
          try registry.register(entry)
        }
      }
    } catch {
      warnings.append("the plugin \(plugin.name) is left out: \(Self.reason(error))")
    }
    return warnings
  }

  /// With file, line and column where they are known.
  private static func reason(_ error: any Error) -> String {
    guard let error = error as? CRSError else { return "\(error)" }
    guard let line = error.line, let file = error.script, !file.isEmpty else { return error.description }
    return "\(file):\(line):" + (error.column.map { "\($0):" } ?? "") + " " + error.description
  }
}

/// The plugins of one session, which are read again when their files change.
package final class SessionPlugins {
  private unowned let session: Session
  private let registration: PluginRegistration
  /// All that were found, those that are left out too.
  private var plugins: [FoundPlugin] = []

  package init(_ session: Session, _ registration: PluginRegistration) {
    (self.session, self.registration) = (session, registration)
  }

  /// Adds the commands of all plugins.
  ///
  /// - Returns: what deserves a warning.
  package func load(_ shelf: PluginShelf) -> [String] {
    shelf.warnings + shelf.plugins.flatMap(load)
  }

  /// Adds the commands of a plugin, in the place of those that it had before.
  ///
  /// - Returns: what deserves a warning.
  package func load(_ plugin: FoundPlugin) -> [String] {
    plugins.removeAll { $0.name == plugin.name }
    plugins.append(plugin)
    let warnings = session.changeRegistry { registry in
      registry.names(ofPlugin: plugin.name).forEach { registry.remove($0) }
      return registration.add(plugin, to: &registry)
    }
    session.leftOut[plugin.name] = warnings.isEmpty ? nil : warnings
    return warnings
  }

  /// Reads the plugins again whose files are others than before.
  ///
  /// - Returns: what is to be told.
  package func refresh() -> [String] {
    plugins.filter(\.hasChanged).flatMap { old -> [String] in
      let new = old.readAnew
      let warnings = load(new)
      let version = new.version == old.version ? "" : ", version \(new.version)"
      return ["the plugin \(new.name) has changed and was read anew\(version)"] + warnings
    }
  }
}
