/// The factors of a unit as FITS and its users spell them: `electron / s`, `DN s-1`, `e-/s/pix`, `adu*s**-1`.
struct UnitFactors {
  /// Names in lower case and in the singular, with their powers.
  private(set) var factors: [(name: String, power: Int)] = []

  /// Nil when the text is no product of names and powers.
  init?(_ text: Substring) {
    var rest = text
    var sign = 1
    var isFirst = true
    while true {
      let blanks = rest.prefix { $0 == " " }
      rest = rest.dropFirst(blanks.count)
      guard let next = rest.first else { break }
      if next == "/" || next == "*" || next == "." {
        guard !isFirst else { return nil }
        sign = next == "/" ? -1 : 1
        rest = rest.dropFirst().drop { $0 == " " }
      } else if !isFirst, blanks.isEmpty {
        return nil
      }
      var name = rest.prefix { $0.isLetter && $0.isASCII }
      guard !name.isEmpty else { return nil }
      rest = rest.dropFirst(name.count)
      if name == "per", !isFirst {
        // `electrons per second`
        sign = -1
        rest = rest.drop { $0 == " " }
        name = rest.prefix { $0.isLetter && $0.isASCII }
        guard !name.isEmpty else { return nil }
        rest = rest.dropFirst(name.count)
      }
      var word = String(name)
      if word == "e" || word == "ke", rest.hasPrefix("^-"),
        rest.dropFirst(2).first.map({ !$0.isNumber }) ?? true
      {
        word += "-"
        rest = rest.dropFirst(2)
      } else if word == "e" || word == "ke", rest.first == "-",
        rest.dropFirst().first.map({ !$0.isNumber }) ?? true
      {
        word += "-"
        rest = rest.dropFirst()
      }
      guard let power = UnitFactors.power(&rest) else { return nil }
      factors.append((UnitFactors.singular(word), sign * power))
      (sign, isFirst) = (1, false)
    }
    if factors.isEmpty { return nil }
  }

  /// Takes `**-1`, `^(-1)`, `-1` or `2` from the front; 1 without any.
  static func power(_ rest: inout Substring) -> Int? {
    var text = rest
    var isWritten = false
    if text.hasPrefix("**") {
      (text, isWritten) = (text.dropFirst(2), true)
    } else if text.hasPrefix("^") {
      (text, isWritten) = (text.dropFirst(), true)
    }
    let open = text.first
    let isOpen = open == "(" || isWritten && open == "{"
    if isOpen { text = text.dropFirst() }
    let digits = text.prefix { $0 == "-" || $0 == "+" || ($0.isNumber && $0.isASCII) }
    if digits.isEmpty { return isWritten || isOpen ? nil : 1 }
    text = text.dropFirst(digits.count)
    if isOpen {
      guard text.first == (open == "{" ? "}" : ")") else { return nil }
      text = text.dropFirst()
    }
    guard let power = Int(digits), (-9...9).contains(power) else { return nil }
    rest = text
    return power
  }

  private static func singular(_ word: String) -> String {
    word.count > 2 && word.hasSuffix("s") ? String(word.dropLast()) : word
  }

  /// Takes a power of ten (`10**3`, `10^3`, `10+3`) or a number (`1E3`) and what joins it from the front of a unit.
  ///
  /// 1 where there is none, nil where it is no number above 0.
  static func scale(of rest: inout Substring) -> Double? {
    guard rest.first?.isNumber == true else { return 1 }
    var scale: Double?
    for mark in ["10**", "10^", "10+", "10-"] where rest.hasPrefix(mark) {
      let sign: Substring = mark == "10-" ? "-" : ""
      let digits = rest.dropFirst(mark.count).prefix { "+-()".contains($0) || ($0.isNumber && $0.isASCII) }
      rest = rest.dropFirst(mark.count + digits.count)
      guard let power = Int(sign + digits.filter { !"()+".contains($0) }), (-99...99).contains(power) else {
        return nil
      }
      scale = Double("1e\(power)")
      break
    }
    if scale == nil {
      var number = rest.prefix { $0 == "." || ($0.isNumber && $0.isASCII) }
      var after = rest.dropFirst(number.count)
      if after.first == "e" {
        let sign = after.dropFirst().prefix { $0 == "-" || $0 == "+" }.prefix(1)
        let digits = after.dropFirst(1 + sign.count).prefix { $0.isNumber && $0.isASCII }
        if !digits.isEmpty {
          number = rest.prefix(number.count + 1 + sign.count + digits.count)
          after = rest.dropFirst(number.count)
        }
      }
      scale = Double(number)
      rest = after
    }
    rest = rest.drop { $0 == " " }
    if rest.first == "*" || rest.first == "." { rest = rest.dropFirst() }
    guard let scale, scale > 0, scale.isFinite else { return nil }
    return scale
  }
}
