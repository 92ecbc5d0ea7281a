import Calling
import Foundation
import Kernels
import Plugins

/// Sessions with the commands of the plugins that are found, whatever they run in.
package enum PluginLoading {
  static let registration = PluginRegistration(reserved: ReservedWords.all) { plugin, registry in
    try ScriptPlugin.entries(
      plugin.script ?? "", file: plugin.scriptFile, origin: plugin.origin, registry: registry)
  }

  /// - Parameters:
  ///   - builtins: the commands that are there without plugins.
  ///   - warn: takes what is wrong with a plugin.
  package static func session(_ builtins: CommandRegistry, warn: (String) -> Void) -> Session {
    let session = Session(registry: builtins)
    let plugins = SessionPlugins(session, registration)
    plugins.load(PluginShelf()).forEach(warn)
    session.isReserved = { ReservedWords.all.contains($0) }
    session.checkNeeds = { [unowned session] text in
      try PluginNeed.check(text: text) { name in
        session.registry.names(ofPlugin: name).isEmpty ? session.leftOut[name] ?? [] : nil
      }
    }
    session.evaluate = { [unowned session] text, context in
      try Interpreter.results(of: text, context: context, like: session)
    }
    session.pluginNames = { PluginShelf().plugins.map(\.name).sorted() }
    session.loadPlugin = { folder in
      let name = URL(fileURLWithPath: folder).lastPathComponent
      return plugins.load(FoundPlugin(name: name, path: folder, isFolder: true))
    }
    session.readChangedPlugins = { plugins.refresh() }
    return session
  }
}
