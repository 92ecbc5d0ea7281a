/// A value as a parameter file or a command line gives it, before anyone knows what it is for.
package enum SettingValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([SettingValue])

  /// The number, integers included; nil for anything else.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The integer, numbers such as `3.0` not included.
  package var integer: Int? {
    if case .integer(let value) = self { return value }
    return nil
  }

  package var text: String? {
    if case .text(let value) = self { return value }
    return nil
  }

  package var list: [SettingValue]? {
    if case .list(let values) = self { return values }
    return nil
  }

  package var bool: Bool? {
    if case .bool(let value) = self { return value }
    return nil
  }

  /// Null, or the word for it.
  package var isNone: Bool {
    switch self {
    case .null: true
    case .text(let text): ["none", "null", "~", ""].contains(text.trimmingBlanks().lowercased())
    default: false
    }
  }
}

extension SettingValue: CustomStringConvertible {
  /// As the reference writes values into HISTORY: None, True, 5.0, [[1, 2], [3, 4]].
  package var description: String {
    switch self {
    case .null: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): value
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    }
  }
}

extension SettingValue {
  /// Reads a list written as text, such as `[[1, 2], [3, 4]]` or `[10:20, 30:40]` (which becomes
  /// `[10, 20, 30, 40]`), or a number, or `none`. Nothing is evaluated.
  ///
  /// Nil when the text is none of these, is nested deeper than four lists, or has text left over.
  package init?(literal text: String) {
    var rest = Substring(text.filter { !$0.isWhitespace })
    guard let value = SettingValue.parse(&rest, depth: 0), rest.isEmpty else { return nil }
    self = value
  }

  private static func parse(_ rest: inout Substring, depth: Int) -> SettingValue? {
    guard let first = rest.first, depth <= 4 else { return nil }
    guard first == "[" || first == "(" else { return scalar(&rest) }
    let close: Character = first == "[" ? "]" : ")"
    rest.removeFirst()
    var items: [SettingValue] = []
    while rest.first != close {
      if !items.isEmpty {
        guard rest.first == "," || rest.first == ":" else { return nil }
        rest.removeFirst()
        if rest.first == close { break }  // a comma may follow the last item
      }
      guard let item = parse(&rest, depth: depth + 1) else { return nil }
      items.append(item)
    }
    rest.removeFirst()
    return .list(items)
  }

  private static func scalar(_ rest: inout Substring) -> SettingValue? {
    let word = rest.prefix { !"[](),:".contains($0) }
    rest = rest.dropFirst(word.count)
    if ["none", "null"].contains(word.lowercased()) { return .null }
    if let integer = Int(word) { return .integer(integer) }
    guard word.allSatisfy({ "0123456789+-.eE".contains($0) }), let number = Double(word) else { return nil }
    return .number(number)
  }
}
