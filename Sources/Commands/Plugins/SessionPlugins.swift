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

  /// Adds the commands of all plugins.
  ///
  /// - Returns: what deserves a warning.
  package func add(_ shelf: PluginShelf, to registry: inout CommandRegistry) -> [String] {
    var warnings = shelf.warnings
    for plugin in shelf.plugins { warnings += add(plugin, to: &registry) }
    return warnings
  }

  package func add(_ plugin: FoundPlugin, to registry: inout CommandRegistry) -> [String] {
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
      let reason = (error as? CRSError)?.description ?? "\(error)"
      warnings.append("the plugin \(plugin.name) is left out: \(reason)")
    }
    return warnings
  }
}
