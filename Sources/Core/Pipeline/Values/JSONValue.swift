/// A value in JSON: defaults of manifests, messages, notebooks.
///
/// JSON knows no difference between 4 and 4.0: whole numbers are integers here, and the kind of a parameter decides.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  package init(_ number: Double) {
    self = Int(exactly: number).map { .integer($0) } ?? .number(number)
  }

  /// nil for images and the like.
  package init?(_ value: Pipeline.Value) {
    switch value {
    case .none: self = .null
    case .bool(let flag): self = .bool(flag)
    case .integer(let number): self = .integer(number)
    case .number(let number): self.init(number)
    case .text(let text): self = .text(text)
    case .list(let values):
      let items = values.compactMap(JSONValue.init)
      guard items.count == values.count else { return nil }
      self = .list(items)
    default: return nil
    }
  }

  /// As help writes it: yes, no, none, 5, [1, 2].
  package var plain: String {
    switch self {
    case .null: "none"
    case .bool(let flag): flag ? "yes" : "no"
    case .integer(let number): "\(number)"
    case .number(let number): number.plain
    case .text(let text): text
    case .list(let items): "[" + items.map(\.plain).joined(separator: ", ") + "]"
    case .object: String(decoding: bytes, as: UTF8.self)
    }
  }
}

extension Value {
  /// A value of JSON for a parameter or result of a kind.
  package init(_ json: JSONValue, kind: Kind = .any) {
    switch json {
    case .null: self = .none
    case .bool(let flag): self = .bool(flag)
    case .integer(let number): self = kind == .number ? .number(Double(number)) : .integer(number)
    case .number(let number): self = .number(number)
    case .text(let text): self = .text(text)
    case .list(let items): self = .list(items.map { Value($0) })
    // Values have no objects.
    case .object: self = .text(json.plain)
    }
  }
}

extension JSONValue: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .bool(flag)
    } else if let number = try? container.decode(Int.self) {
      self = .integer(number)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let items = try? container.decode([JSONValue].self) {
      self = .list(items)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let flag): try container.encode(flag)
    case .integer(let number): try container.encode(number)
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    case .list(let items): try container.encode(items)
    case .object(let members): try container.encode(members)
    }
  }
}
