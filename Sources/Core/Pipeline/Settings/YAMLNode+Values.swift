import Files

extension YAMLNode {
  /// The value of a scalar or of a sequence of such; nil when there is a mapping inside.
  package var value: Value? {
    switch content {
    case .scalar(let text, let isPlain): return isPlain ? Value(plain: text) : .text(text)
    case .mapping: return nil
    case .sequence(let nodes):
      let values = nodes.compactMap(\.value)
      return values.count == nodes.count ? .list(values) : nil
    }
  }
}

extension Value {
  /// A scalar without quotes, understood as YAML 1.1 does; `1e3` is a number too.
  init(plain text: String) {
    switch text {
    case "", "~", "null", "Null", "NULL": self = .none
    case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": self = .bool(true)
    case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": self = .bool(false)
    default: self = Value.number(plain: text) ?? .text(text)
    }
  }

  private static func number(plain text: String) -> Value? {
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
