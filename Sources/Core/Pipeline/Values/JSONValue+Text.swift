import Foundation

extension JSONValue {
  /// - Throws: `DecodingError` for what is no JSON.
  package init(bytes: [UInt8]) throws { self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) }

  /// The shortest text, members in the order of their names.
  package var bytes: [UInt8] {
    var writer = Writer(indent: nil)
    writer.write(self, depth: 0)
    return writer.bytes
  }

  /// Text of several lines, each member and item on its own, one blank deeper a level, as notebooks are stored.
  package var lines: String {
    var writer = Writer(indent: 1)
    writer.write(self, depth: 0)
    return String(decoding: writer.bytes, as: UTF8.self) + "\n"
  }

  private struct Writer {
    var bytes: [UInt8] = []
    let indent: Int?

    init(indent: Int?) { self.indent = indent }

    mutating func write(_ value: JSONValue, depth: Int) {
      switch value {
      case .null: append("null")
      case .bool(let flag): append(flag ? "true" : "false")
      case .integer(let number): append("\(number)")
      // JSON has no infinities.
      case .number(let number): append(number.isFinite ? "\(number)" : "null")
      case .text(let text): write(text)
      case .list(let items):
        enclosed("[", "]", items, depth) { writer, item in writer.write(item, depth: depth + 1) }
      case .object(let members):
        enclosed("{", "}", members.sorted { $0.key < $1.key }, depth) { writer, member in
          writer.write(member.key)
          writer.append(writer.indent == nil ? ":" : ": ")
          writer.write(member.value, depth: depth + 1)
        }
      }
    }

    private mutating func enclosed<Item>(
      _ open: String, _ close: String, _ items: [Item], _ depth: Int, _ body: (inout Writer, Item) -> Void
    ) {
      append(open)
      for (k, item) in items.enumerated() {
        if k > 0 { append(",") }
        newLine(depth + 1)
        body(&self, item)
      }
      if !items.isEmpty { newLine(depth) }
      append(close)
    }

    private mutating func newLine(_ depth: Int) {
      guard let indent else { return }
      bytes.append(0x0A)
      bytes.append(contentsOf: repeatElement(0x20, count: indent * depth))
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Stretches that need no escape are copied as a whole: pictures are long texts.
    private mutating func write(_ text: String) {
      var text = text
      bytes.append(0x22)
      text.withUTF8 { source in
        var start = 0
        for k in source.indices where source[k] < 0x20 || source[k] == 0x22 || source[k] == 0x5C {
          bytes.append(contentsOf: source[start..<k])
          escape(source[k])
          start = k + 1
        }
        bytes.append(contentsOf: source[start...])
      }
      bytes.append(0x22)
    }

    private mutating func escape(_ byte: UInt8) {
      switch byte {
      case 0x22: append("\\\"")
      case 0x5C: append("\\\\")
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      default:
        let digits = String(byte, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
      }
    }
  }
}

// MARK: - Looking into it

extension JSONValue {
  /// A member; nil where there is none.
  package subscript(name: String) -> JSONValue? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  package var string: String? { if case .text(let text) = self { text } else { nil } }
  package var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  package var items: [JSONValue]? { if case .list(let items) = self { items } else { nil } }
  package var members: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }

  /// A whole number.
  package var int: Int? {
    switch self {
    case .integer(let number): number
    case .number(let number): Int(exactly: number)
    default: nil
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral text: String) { self = .text(text) }
  package init(booleanLiteral flag: Bool) { self = .bool(flag) }
  package init(integerLiteral number: Int) { self = .integer(number) }
  package init(arrayLiteral items: JSONValue...) { self = .list(items) }
  package init(dictionaryLiteral members: (String, JSONValue)...) {
    self = .object(Dictionary(members, uniquingKeysWith: { $1 }))
  }
}
