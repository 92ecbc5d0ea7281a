import Calling
import Kernels

/// Reads the characters of a script and knows where it stands.
struct SourceReader {
  private let scalars: [Unicode.Scalar]
  private(set) var index = 0
  private var line: Int
  private var lineStart = 0

  /// - Parameters:
  ///   - line: the place of the first character in a longer text.
  ///   - column: as `line`.
  init(_ text: String, line: Int = 1, column: Int = 1) {
    // Scripts of Windows end their lines with two characters.
    scalars = text.unicodeScalars.contains("\r") ? Self.unixLines(text) : Array(text.unicodeScalars)
    self.line = line
    lineStart = 1 - column
  }

  private static func unixLines(_ text: String) -> [Unicode.Scalar] {
    var out: [Unicode.Scalar] = []
    for scalar in text.unicodeScalars {
      if scalar == "\n", out.last == "\r" { out.removeLast() }
      out.append(scalar)
    }
    return out
  }

  @inline(__always) var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  func peek(_ offset: Int = 1) -> Unicode.Scalar? {
    index + offset < scalars.count ? scalars[index + offset] : nil
  }

  var previous: Unicode.Scalar? { index > 0 ? scalars[index - 1] : nil }

  var position: SourcePosition { SourcePosition(line: line, column: index - lineStart + 1) }

  /// What was read from a place up to here.
  func text(from start: Int) -> String { text(between: start, index) }

  /// What was read from a place up to another one.
  func text(between start: Int, _ end: Int) -> String {
    let end = min(end, scalars.count)
    let part = scalars[min(start, end)..<end]
    // Names and statements are mostly ASCII, which needs no encoding.
    guard part.allSatisfy({ $0.value < 0x80 }) else {
      var text = ""
      text.unicodeScalars.append(contentsOf: part)
      return text
    }
    return String(unsafeUninitializedCapacity: part.count) { bytes in
      for (place, scalar) in zip(bytes.indices, part) {
        bytes[place] = UInt8(truncatingIfNeeded: scalar.value)
      }
      return part.count
    }
  }

  mutating func advance() {
    guard index < scalars.count else { return }
    index += 1
    if scalars[index - 1] == "\n" {
      line += 1
      lineStart = index
    }
  }

  mutating func advance(_ count: Int) {
    for _ in 0..<count { advance() }
  }

  /// Returns to a place on the same line.
  mutating func goBack(to place: Int) { index = min(max(place, lineStart, 0), index) }

  /// How many characters a `\` takes that continues the line: itself, blanks behind it, which nobody sees, and the end
  /// of the line. Nil for every other one.
  var continuation: Int? {
    guard current == "\\" else { return nil }
    var count = 1
    while let next = peek(count), next.isBlank { count += 1 }
    guard let next = peek(count) else { return count }
    return next.isLineEnd ? count + 1 : nil
  }

  var startOfLine: String { text(between: max(lineStart, 0), index) }

  var restOfLine: String {
    var ahead = self
    while let current = ahead.current, !current.isLineEnd { ahead.advance() }
    return ahead.text(from: index)
  }

  /// Whether a text stands here.
  func hasPrefix(_ text: String) -> Bool {
    var place = index
    for scalar in text.unicodeScalars {
      guard place < scalars.count, scalars[place] == scalar else { return false }
      place += 1
    }
    return true
  }

  /// A place to come back to.
  struct Mark {
    fileprivate var index: Int
    fileprivate var line: Int
    fileprivate var lineStart: Int
  }

  var mark: Mark { Mark(index: index, line: line, lineStart: lineStart) }

  mutating func reset(to mark: Mark) { (index, line, lineStart) = (mark.index, mark.line, mark.lineStart) }

  func error(
    _ message: String, at position: SourcePosition? = nil, expected: String? = nil, hint: String? = nil
  )
    -> CRSError
  {
    let place = position ?? self.position
    return CRSError(
      .usage, message, expected: expected, hint: hint, line: place.line, column: place.column)
  }
}

/// A place in the source, from 1.
struct SourcePosition: Sendable, Equatable {
  var line: Int
  var column: Int

  var place: Place { Place(line: line, column: column) }
}

extension Unicode.Scalar {
  /// What parts words: anything but the end of a line.
  @inline(__always) var isBlank: Bool {
    self == " " || self == "\t" || (value > 0x7F && properties.isWhitespace) || self == "\r"
      || self == "\u{0C}"
  }

  @inline(__always) var isLineEnd: Bool { self == "\n" }

  @inline(__always) var isDigit: Bool { value >= 0x30 && value <= 0x39 }

  /// What names begin with.
  @inline(__always) var isNameStart: Bool {
    (value | 0x20) >= 0x61 && (value | 0x20) <= 0x7A && value < 0x80 || self == "_"
      || (value > 0x7F && properties.isAlphabetic)
  }

  @inline(__always) var isNamePart: Bool {
    isNameStart || isDigit || (value > 0x7F && properties.numericType != nil)
  }
}
