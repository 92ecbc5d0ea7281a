/// A name that is not looked up.
public struct VariableName: ParameterValue, Sendable {
  public var name: String
  public static var kind: ParameterManifest.Kind { .name }
  public var defaultText: String { name }

  public static func make(from value: Value, context: CommandContext) throws -> VariableName {
    guard case .text(let text) = value else { throw mismatch(value, "a name") }
    return VariableName(name: text)
  }
}
