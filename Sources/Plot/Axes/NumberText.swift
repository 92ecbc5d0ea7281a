import Foundation

/// Numbers as a paper prints them: a real minus sign, exponents as superscripts, no locale.
enum NumberText {
  /// A number with a fixed count of decimals (0 to 15).
  static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "∞" : "−∞" }
    let decimals = min(max(decimals, 0), 15)
    let scaled = (abs(value) * pow(10, Double(decimals))).rounded()
    guard scaled < 1e15 else { return scientific(value, digits: 3) }
    var digits = String(UInt64(scaled))
    if decimals > 0 {
      digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
    }
    return (value < 0 && scaled > 0 ? "−" : "") + digits
  }

  /// 10 to a whole power, with superscript digits.
  static func power(_ exponent: Int) -> String { "10" + superscript(exponent) }

  static func superscript(_ number: Int) -> String {
    let digits: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
      "9": "⁹",
    ]
    return String(String(number).map { digits[$0] ?? $0 })
  }

  /// `1.23×10⁴` with so many significant digits.
  static func scientific(_ value: Double, digits: Int) -> String {
    guard value.isFinite, value != 0 else { return fixed(value, decimals: 0) }
    var exponent = Int(log10(abs(value)).rounded(.down))
    var mantissa = value / pow(10, Double(exponent))
    if !mantissa.isFinite { mantissa = value * pow(10, Double(-exponent)) }
    if (abs(mantissa) * pow(10, Double(digits - 1))).rounded() >= pow(10, Double(digits)) {
      mantissa /= 10
      exponent += 1
    }
    return fixed(mantissa, decimals: digits - 1) + "×" + power(exponent)
  }

  /// A number with about four significant digits, for notes inside figures.
  static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return fixed(value, decimals: 0) }
    let exponent = Int(log10(abs(value)).rounded(.down))
    if exponent >= 6 || exponent < -4 { return scientific(value, digits: 4) }
    var text = fixed(value, decimals: max(0, 3 - exponent))
    while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") {
      let last = text.removeLast()
      if last == "." { break }
    }
    return text
  }
}
