import Foundation

/// Formats of numbers and texts as in Python: `03d`, `.2f`, `>8`, `+.3e`.
package struct NumberFormat {
  private var fill: Character = " "
  private var align: Character?
  private var sign: Character = "-"
  private var width = 0
  private var precision: Int?
  private var kind: Character?

  /// nil for what is no format.
  package init?(_ text: String) {
    var rest = Substring(text)
    let aligns: Set<Character> = ["<", ">", "^", "="]
    if rest.count >= 2, let mark = rest.dropFirst().first, aligns.contains(mark), let filling = rest.first {
      (fill, align) = (filling, mark)
      rest = rest.dropFirst(2)
    } else if let mark = rest.first, aligns.contains(mark) {
      align = mark
      rest = rest.dropFirst()
    }
    if let mark = rest.first, "+- ".contains(mark) {
      sign = mark
      rest = rest.dropFirst()
    }
    if rest.first == "0" {
      if align == nil { (fill, align) = ("0", "=") }
      rest = rest.dropFirst()
    }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    if !digits.isEmpty {
      guard let number = Int(digits), number <= 1000 else { return nil }
      width = number
      rest = rest.dropFirst(digits.count)
    }
    if rest.first == "." {
      let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
      guard let number = Int(digits), number <= 100 else { return nil }
      precision = number
      rest = rest.dropFirst(digits.count + 1)
    }
    if let last = rest.first {
      guard rest.count == 1, "dfeEgGs%x".contains(last) else { return nil }
      kind = last
    }
  }

  /// A whole number; nil where the format is for texts.
  package func text(_ number: Int) -> String? {
    switch kind {
    case nil, "d": return padded(signed("\(number.magnitude)", number < 0), isNumber: true)
    case "x": return padded(signed(String(number.magnitude, radix: 16), number < 0), isNumber: true)
    case "s": return nil
    default: return text(Double(number))
    }
  }

  /// nil where the format is for whole numbers and the number has a fraction, or for texts.
  package func text(_ number: Double) -> String? {
    let size = number.magnitude
    let isNegative = number.sign == .minus && !number.isNaN
    let plain: String
    switch kind {
    case "d", "x":
      guard let whole = Int(exactly: number) else { return nil }
      return text(whole)
    case "s": return nil
    case "f", "e", "E", "g", "G", "%":
      let letter = kind == "%" ? "f" : String(kind ?? "g").lowercased()
      let scaled = kind == "%" ? 100 * size : size
      plain = Self.written(scaled, letter, precision ?? 6) + (kind == "%" ? "%" : "")
    default: plain = precision.map { Self.written(size, "g", $0) } ?? size.plain
    }
    return padded(signed(kind == "E" || kind == "G" ? plain.uppercased() : plain, isNegative), isNumber: true)
  }

  /// nil where the format is for numbers.
  package func text(_ text: String) -> String? {
    guard kind == nil || kind == "s", align != "=", sign == "-" else { return nil }
    return padded(("", precision.map { String(text.prefix($0)) } ?? text), isNumber: false)
  }

  private static func written(_ size: Double, _ letter: String, _ precision: Int) -> String {
    size.isFinite ? String(format: "%.\(precision)\(letter)", size) : size.plain
  }

  private func signed(_ digits: String, _ isNegative: Bool) -> (sign: String, digits: String) {
    (isNegative ? "-" : sign == "-" ? "" : String(sign), digits)
  }

  private func padded(_ parts: (sign: String, digits: String), isNumber: Bool) -> String {
    let text = parts.sign + parts.digits
    let missing = width - text.count
    guard missing > 0 else { return text }
    func filling(_ count: Int) -> String { String(repeating: fill, count: count) }
    switch align ?? (isNumber ? ">" : "<") {
    case "<": return text + filling(missing)
    case "^": return filling(missing / 2) + text + filling(missing - missing / 2)
    case "=": return parts.sign + filling(missing) + parts.digits
    default: return filling(missing) + text
    }
  }
}
