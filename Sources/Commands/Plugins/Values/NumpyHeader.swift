import Kernels

/// The head of a .npy file: element type, order and shape (NumPy Enhancement Proposal 1, versions 1.0 to 3.0).
struct NumpyHeader {
  enum Element: String {
    case float16 = "f2"
    case float32 = "f4"
    case float64 = "f8"
    case int8 = "i1"
    case int16 = "i2"
    case int32 = "i4"
    case int64 = "i8"
    case uint8 = "u1"
    case uint16 = "u2"
    case uint32 = "u4"
    case uint64 = "u8"
    case bool = "b1"

    var size: Int { Int(rawValue.suffix(1)) ?? 1 }
  }

  var element: Element
  var isBigEndian: Bool
  /// Columns behind each other instead of rows.
  var isColumnMajor: Bool
  var width: Int
  var height: Int
  /// Where the data begin.
  var offset: Int

  private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

  /// The bytes of a head for an array in rows, with the data at a multiple of 64.
  static func bytes(_ element: Element, width: Int, height: Int) -> [UInt8] {
    let order = element.size == 1 ? "|" : "<"
    let text =
      "{'descr': '\(order)\(element.rawValue)', 'fortran_order': False, 'shape': (\(height), \(width)), }"
    let length = (10 + text.utf8.count + 1 + 63) / 64 * 64
    let padded = text + String(repeating: " ", count: length - 10 - text.utf8.count - 1) + "\n"
    return magic + [1, 0, UInt8((length - 10) & 0xFF), UInt8((length - 10) >> 8)] + Array(padded.utf8)
  }

  /// - Parameter bytes: the beginning of a file, up to 64 KB.
  /// - Throws: `CRSError` (data) for what is no .npy file of a two-dimensional array of numbers.
  init(_ bytes: [UInt8]) throws {
    guard bytes.count >= 10, bytes.starts(with: Self.magic) else { throw Self.wrong("is no .npy file") }
    let isLong = bytes[6] >= 2
    guard (1...3).contains(bytes[6]), bytes[7] == 0, !isLong || bytes.count >= 12 else {
      throw Self.wrong("is a .npy file of version \(bytes[6]).\(bytes[7])")
    }
    let start = isLong ? 12 : 10
    let count = (8..<start).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
    guard count <= bytes.count - start else { throw Self.wrong("ends within its head") }
    offset = start + count
    var text = DictionaryText(String(decoding: bytes[start..<offset], as: UTF8.self))
    guard let fields = text.fields(), let type = fields["descr"], let order = fields["fortran_order"],
      let shape = fields["shape"]
    else { throw Self.wrong("has a head that cannot be read") }
    guard let mark = type.first, "<>|=".contains(mark),
      let element = Element(rawValue: String(type.dropFirst()))
    else { throw Self.wrong("holds elements of type '\(type.prefix(20))'") }
    self.element = element
    isBigEndian = mark == ">"
    isColumnMajor = order == "True"
    let axes = shape.split(separator: ",").map { Int($0.filter { $0 != " " }) }
    guard axes.count == 2, let rows = axes[0], let columns = axes[1], rows > 0, columns > 0 else {
      throw Self.wrong("has the shape (\(shape.prefix(40)))")
    }
    (height, width) = (rows, columns)
  }

  /// Bytes of the data.
  ///
  /// - Throws: `CRSError` (data) for more than any file holds.
  func size() throws -> Int {
    let (count, tooMany) = width.multipliedReportingOverflow(by: height)
    let (bytes, tooLarge) = count.multipliedReportingOverflow(by: element.size)
    guard !tooMany, !tooLarge, bytes < 1 << 46 else { throw Self.wrong("claims \(height) x \(width) pixels") }
    return bytes
  }

  static func wrong(_ what: String) -> CRSError {
    CRSError.data(what, expected: "an array [ny, nx] of floating-point numbers, integers or booleans")
  }
}

/// The dictionary that NumPy writes, in the spelling of Python.
private struct DictionaryText {
  private var rest: Substring

  init(_ text: String) { rest = text[...].drop { $0 == " " } }

  /// The values without quotes or parentheses; nil for what is no such dictionary.
  mutating func fields() -> [String: String]? {
    guard take("{") else { return nil }
    var fields: [String: String] = [:]
    while !take("}") {
      guard let name = quoted(), take(":") else { return nil }
      if let text = quoted() {
        fields[name] = text
      } else if take("(") {
        guard let end = rest.firstIndex(of: ")") else { return nil }
        fields[name] = String(rest[..<end])
        rest = rest[rest.index(after: end)...]
      } else {
        let word = rest.prefix { $0.isLetter }
        guard !word.isEmpty else { return nil }
        fields[name] = String(word)
        rest = rest.dropFirst(word.count)
      }
      if !take(",") {
        guard take("}") else { return nil }
        return fields
      }
    }
    return fields
  }

  private mutating func take(_ character: Character) -> Bool {
    rest = rest.drop { $0 == " " || $0 == "\n" }
    guard rest.first == character else { return false }
    rest = rest.dropFirst()
    return true
  }

  private mutating func quoted() -> String? {
    rest = rest.drop { $0 == " " || $0 == "\n" }
    guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
    guard let end = rest.dropFirst().firstIndex(of: quote) else { return nil }
    defer { rest = rest[rest.index(after: end)...] }
    return String(rest[rest.index(after: rest.startIndex)..<end])
  }
}
