import Foundation

/// All manifests as JSON, for tools and documentation.
package enum ManifestDump {
  package static func json(_ registry: CommandRegistry) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(registry.manifests), as: UTF8.self)
  }
}
