import Kernels

/// Numbers as they are written.
enum NumberWord {
  /// A number; nil for a word that is none.
  ///
  /// - Throws: `CRSError` (usage) for numbers that are too large.
  static func expression(_ text: String, at position: SourcePosition) throws -> Expression? {
    guard let first = text.unicodeScalars.first, first.isDigit || ".+-".unicodeScalars.contains(first) else {
      return nil
    }
    if let integer = Int(text) { return .integer(integer, written: text, position) }
    let digits = text.unicodeScalars.drop { $0 == "-" || $0 == "+" }
    if text.unicodeScalars.count > digits.count + 1, double(String(digits)) != nil {
      throw CRSError(
        .usage, "\(text) has several signs and is no number",
        expected: "\(String(digits)) or -\(String(digits))",
        hint: "(- -\(String(digits))) is calculated, quotes make a text", line: position.line,
        column: position.column)
    }
    if !digits.isEmpty, digits.allSatisfy(\.isDigit) {
      throw CRSError(
        .usage, "\(text) is too large: whole numbers have 64 bits", expected: "\(Int.min)...\(Int.max)",
        hint: "\(text).0 is a number with a fraction, quotes make a text", line: position.line,
        column: position.column)
    }
    guard let number = double(text) else { return nil }
    guard number.isFinite else {
      throw CRSError(
        .usage, "\(text) is too large", expected: "a number below 1.8e308", line: position.line,
        column: position.column)
    }
    return .number(number, written: text, position)
  }

  private static func double(_ text: String) -> Double? {
    guard text.unicodeScalars.contains(where: \.isDigit),
      text.unicodeScalars.allSatisfy({ $0.isDigit || "+-.eE".unicodeScalars.contains($0) })
    else { return nil }
    return Double(text)
  }

  /// What a text from outside means: a number where it looks like one.
  static func value(of text: String) -> (integer: Int?, number: Double?) {
    guard let expression = try? expression(text, at: SourcePosition(line: 1, column: 1)) else {
      return (nil, nil)
    }
    switch expression {
    case .integer(let value, _, _): return (value, nil)
    case .number(let value, _, _): return (nil, value)
    default: return (nil, nil)
    }
  }

  /// What to write instead of a word that only looks like a number.
  static func hint(for text: String) -> String? {
    let digits = text.filter { $0 != "_" }
    if digits.count < text.count, Double(digits) != nil { return "write \(digits)" }
    if text.lowercased().hasPrefix("0x"), let number = Int(text.dropFirst(2), radix: 16) {
      return "write \(number)"
    }
    if text.hasSuffix("%"), let number = Double(text.dropLast()) { return "write \(number / 100)" }
    let number = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(number.count)
    if !number.isEmpty, Double(number) != nil, unit.allSatisfy({ $0.isLetter || "-/".contains($0) }) {
      return "units are not written: \(number)"
    }
    return nil
  }
}
