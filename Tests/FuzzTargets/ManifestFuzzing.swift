import Calling
import Kernels
import Pipeline
import Plugins

/// plugin.json: what a plugin says of itself and of its commands.
package final class ManifestFuzzing: FuzzTarget {
  package static let name = "manifests"
  package static let longest = 4096

  package init() {}

  package func run(_ input: [UInt8]) throws {
    let plugin = try PluginDescription(input, folder: "demo", file: "plugin.json")
    for manifest in plugin.commands {
      guard !manifest.name.isEmpty, manifest.name.allSatisfy({ !$0.isWhitespace }) else {
        throw FuzzFault("a command has the name '\(manifest.name)'")
      }
    }
  }
}
