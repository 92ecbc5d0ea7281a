/// A piece of a YAML file together with where it stands.
package struct YAMLNode: Sendable, Equatable {
  package enum Content: Sendable, Equatable {
    /// The text; `isPlain` without quotes, so that it may be a number, a truth value or null.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    /// In the order of the file; keys are unique.
    case mapping([Entry])
  }

  package struct Entry: Sendable, Equatable {
    package var key: String
    package var value: YAMLNode
    /// Where the key stands, from 1.
    package var line: Int
    package var column: Int
  }

  package var content: Content
  /// From 1.
  package var line: Int
  /// From 1.
  package var column: Int

  package init(content: Content, line: Int, column: Int) {
    (self.content, self.line, self.column) = (content, line, column)
  }

  /// The entries of a mapping; nil for anything else.
  package var entries: [Entry]? {
    if case .mapping(let entries) = content { return entries }
    return nil
  }

  /// The value of a key of a mapping.
  package subscript(key: String) -> YAMLNode? { entries?.first { $0.key == key }?.value }

  /// What the node is, for messages.
  package var kindName: String {
    switch content {
    case .scalar: "a value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}
