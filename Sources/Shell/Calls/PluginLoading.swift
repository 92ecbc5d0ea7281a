import Calling
import Commands
import Foundation
import Kernels
import Language
import Plugins

/// Sessions with the commands of the plugins that are found.
enum PluginLoading {
  static let registration = PluginRegistration(reserved: ReservedWords.all) { plugin, registry in
    try ScriptPlugin.entries(
      plugin.script ?? "", file: plugin.scriptFile, origin: plugin.origin, registry: registry)
  }

  /// - Parameter warn: takes what is wrong with a plugin.
  static func session(warn: @escaping (String) -> Void) throws -> Session {
    var registry = try Builtins.registry()
    registration.add(PluginShelf(), to: &registry).forEach(warn)
    let session = Session(registry: registry)
    session.isReserved = { ReservedWords.all.contains($0) }
    session.checkNeeds = { try PluginNeed.check(text: $0) }
    session.evaluate = { [unowned session] text, context in
      try Interpreter.results(of: text, context: context, like: session)
    }
    session.pluginNames = { PluginShelf().plugins.map(\.name).sorted() }
    session.loadPlugin = { [unowned session] folder in
      let name = URL(fileURLWithPath: folder).lastPathComponent
      let plugin = FoundPlugin(name: name, path: folder, isFolder: true)
      return session.changeRegistry { registration.add(plugin, to: &$0) }
    }
    return session
  }
}
