import Files
import Kernels

extension JSONValue {
  /// Reads a text of JSON as it is written: `4` is an integer, `4.0` a number, integers are exact to 64 bits.
  ///
  /// - Throws: `CRSError` (data) for what is no JSON, and for lists within lists that are deeper than any message.
  package init(parsing bytes: some Collection<UInt8>) throws {
    var reader = JSONReader(bytes: Array(bytes))
    self = try reader.whole()
  }
}

private struct JSONReader {
  let bytes: [UInt8]
  private var place = 0
  private static let deepest = 200

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func whole() throws -> JSONValue {
    let value = try value(depth: 0)
    skipBlanks()
    guard place == bytes.count else { throw broken("something behind its end") }
    return value
  }

  private func broken(_ what: String) -> CRSError {
    CRSError.data("no JSON: \(what) at byte \(place + 1)")
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { place += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipBlanks()
    guard next == byte else { return false }
    place += 1
    return true
  }

  private mutating func value(depth: Int) throws -> JSONValue {
    guard depth < Self.deepest else { throw broken("more than \(Self.deepest) levels") }
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try list(depth)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw broken("the end")
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws -> JSONValue {
    guard bytes[place...].starts(with: word.utf8) else { throw broken("an unknown word") }
    place += word.utf8.count
    return value
  }

  private mutating func object(_ depth: Int) throws -> JSONValue {
    place += 1
    var members: [String: JSONValue] = [:]
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw broken("no name") }
      let name = try text()
      guard take(UInt8(ascii: ":")) else { throw broken("no colon") }
      members[name] = try value(depth: depth + 1)
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw broken("no closing brace") }
    return .object(members)
  }

  private mutating func list(_ depth: Int) throws -> JSONValue {
    place += 1
    var items: [JSONValue] = []
    if take(UInt8(ascii: "]")) { return .list(items) }
    repeat { items.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw broken("no closing bracket") }
    return .list(items)
  }

  private mutating func number() throws -> JSONValue {
    let start = place
    while let byte = next, (48...57).contains(byte) || "+-.eE".utf8.contains(byte) { place += 1 }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    guard let first = text.utf8.first, first == UInt8(ascii: "-") || (48...57).contains(first) else {
      throw broken("an unknown character")
    }
    if let whole = Int(text) { return .integer(whole) }
    guard let number = Double(text), number.isFinite else { throw broken("the number \(text.prefix(40))") }
    return .number(number)
  }

  private mutating func text() throws -> String {
    place += 1
    let start = place
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { place += 1 }
    if next == UInt8(ascii: "\"") {
      defer { place += 1 }
      return try decoded(bytes[start..<place])
    }
    var out = Array(bytes[start..<place])
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw broken("a control character in a text") }
      place += 1
      if byte == UInt8(ascii: "\\") { try escape(into: &out) } else { out.append(byte) }
    }
    guard next != nil else { throw broken("a text without its end") }
    place += 1
    return try decoded(out[...])
  }

  private func decoded(_ bytes: ArraySlice<UInt8>) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw broken("a text that is no UTF-8") }
    return text
  }

  private mutating func escape(into out: inout [UInt8]) throws {
    guard let byte = next else { throw broken("the end") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code), bytes[place...].starts(with: [0x5C, 0x75]) {
        place += 2
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw broken("half a character") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw broken("half a character") }
      out.append(contentsOf: Array(String(Character(scalar)).utf8))
    default: throw broken("an unknown escape")
    }
  }

  private mutating func hexadecimal() throws -> UInt32 {
    let end = place + 4
    guard end <= bytes.count, bytes[place..<end].allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }),
      let code = UInt32(String(decoding: bytes[place..<end], as: UTF8.self), radix: 16)
    else { throw broken("an unknown escape") }
    place = end
    return code
  }
}
