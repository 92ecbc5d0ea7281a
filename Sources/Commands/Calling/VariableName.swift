import Pipeline

/// A name that is not looked up.
package struct VariableName: ParameterValue, Sendable {
  package var name: String
  package static var kind: ParameterManifest.Kind { .name }
  package var defaultText: String { name }

  package static func make(from value: Value, context: CommandContext) throws -> VariableName {
    guard case .text(let text) = value else { throw mismatch(value, "a name") }
    return VariableName(name: text)
  }
}
