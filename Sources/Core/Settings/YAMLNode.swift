/// A piece of a YAML file together with where it stands.
public struct YAMLNode: Sendable, Equatable {
  public enum Content: Sendable, Equatable {
    /// The text; `isPlain` without quotes, so that it may be a number, a truth value or null.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    /// In the order of the file; keys are unique.
    case mapping([Entry])
  }

  public struct Entry: Sendable, Equatable {
    public var key: String
    public var value: YAMLNode
    /// Where the key stands, from 1.
    public var line: Int
    public var column: Int
  }

  public var content: Content
  /// From 1.
  public var line: Int
  /// From 1.
  public var column: Int

  /// The entries of a mapping; nil for anything else.
  public var entries: [Entry]? {
    if case .mapping(let entries) = content { return entries }
    return nil
  }

  /// The value of a key of a mapping.
  public subscript(key: String) -> YAMLNode? { entries?.first { $0.key == key }?.value }

  /// The value of a scalar or of a sequence of such; nil when there is a mapping inside.
  public var value: SettingValue? {
    switch content {
    case .scalar(let text, let isPlain): return isPlain ? SettingValue(plain: text) : .text(text)
    case .mapping: return nil
    case .sequence(let nodes):
      let values = nodes.compactMap(\.value)
      return values.count == nodes.count ? .list(values) : nil
    }
  }

  /// What the node is, for messages.
  var kindName: String {
    switch content {
    case .scalar: "a value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}

extension SettingValue {
  /// A scalar without quotes, understood as YAML 1.1 does; `1e3` is a number too.
  init(plain text: String) {
    switch text {
    case "", "~", "null", "Null", "NULL": self = .null
    case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": self = .bool(true)
    case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": self = .bool(false)
    default: self = SettingValue.number(plain: text) ?? .text(text)
    }
  }

  private static func number(plain text: String) -> SettingValue? {
    let digits = text.filter { $0 != "_" }
    guard let first = digits.first, first.isASCII, first.isNumber || "+-.".contains(first) else { return nil }
    if let integer = Int(digits) { return .integer(integer) }
    if digits.hasPrefix("0x"), let integer = Int(digits.dropFirst(2), radix: 16) { return .integer(integer) }
    if [".inf", "+.inf", ".Inf", ".INF"].contains(digits) { return .number(.infinity) }
    if ["-.inf", "-.Inf", "-.INF"].contains(digits) { return .number(-.infinity) }
    if [".nan", ".NaN", ".NAN"].contains(digits) { return .number(.nan) }
    guard digits.allSatisfy({ "0123456789+-.eE".contains($0) }) else { return nil }
    return Double(digits).map { .number($0) }
  }
}
