extension Value {
  /// The integer, numbers such as `3.0` not included.
  package var integer: Int? {
    if case .integer(let value) = self { return value }
    return nil
  }

  package var text: String? {
    if case .text(let value) = self { return value }
    return nil
  }

  package var list: [Value]? {
    if case .list(let values) = self { return values }
    return nil
  }

  package var bool: Bool? {
    if case .bool(let value) = self { return value }
    return nil
  }

  /// Nothing, or the word for it.
  package var isNone: Bool {
    switch self {
    case .none: true
    case .text(let text): ["none", "null", "~", ""].contains(text.trimmingBlanks().lowercased())
    default: false
    }
  }

  /// As numina writes values into HISTORY: None, True, 5.0, [[1, 2], [3, 4]].
  package var historyText: String {
    switch self {
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): value
    case .list(let values): "[" + values.map(\.historyText).joined(separator: ", ") + "]"
    default: "a value of kind \(kindName)"
    }
  }

  /// As help writes values: none, yes, 5, [[1, 2], [3, 4]].
  package var helpText: String {
    switch self {
    case .text(let value): value
    case .list(let values): "[" + values.map(\.helpText).joined(separator: ", ") + "]"
    default: literal ?? kindName
    }
  }
}
