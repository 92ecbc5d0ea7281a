import Foundation

/// All manifests as JSON, for tools and documentation.
public enum ManifestDump {
  public static func json(_ registry: CommandRegistry) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let manifests = registry.names.compactMap { registry[$0]?.manifest }
    return String(decoding: try encoder.encode(manifests), as: UTF8.self)
  }
}
