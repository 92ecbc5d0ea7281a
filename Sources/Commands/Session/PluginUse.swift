import Pipeline

/// A plugin that a statement has used.
package struct PluginUse: Hashable, Sendable {
  package var name: String
  package var version: String

  /// The statement that makes sure of it.
  var need: String {
    let parts = version.split(separator: ".", omittingEmptySubsequences: false)
    let isPlain = parts.count > 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isNumber) }
    return "plugin need \(name) \(isPlain ? version : Value.quoted(version))"
  }
}
