extension Double {
  /// A finite number as people write it, in decimal digits; nil for `0x6`, `inf`, `nan` and what is no number.
  package init?(decimal text: String) {
    guard text.allSatisfy({ "0123456789+-.eE".contains($0) }), let number = Double(text), number.isFinite
    else {
      return nil
    }
    self = number
  }

  /// The shortest text that reads back as the same number; whole numbers without a fraction, but for -0.0.
  package var plain: String {
    // The processor makes NaN with a sign, which means nothing; that of zero is told from its inverse.
    if isNaN { return "nan" }
    if self == 0 { return sign == .minus ? "-0.0" : "0" }
    return self == rounded() && abs(self) < 1e15 ? String(Int(self)) : "\(self)"
  }

  /// Four significant digits or so, for people.
  package var short: String {
    guard !isNaN else { return "nan" }
    let size = abs(self)
    if size >= 1e9 || (size < 1e-3 && size > 0) {
      let single = Float(self)
      // What single precision cannot hold is written in full.
      return (single.isNormal || !isFinite) ? "\(single)" : "\(self)"
    }
    if size >= 1000 { return "\(Int(rounded()))" }
    let text = fixed(size >= 100 ? 1 : size >= 10 ? 2 : 3)
    guard text.contains(".") else { return text }
    let trimmed = text.reversed().drop { $0 == "0" }
    return String((trimmed.first == "." ? trimmed.dropFirst() : trimmed).reversed())
  }
}

extension String {
  /// Whether it is digits only, with a sign or none.
  package var isWholeNumber: Bool {
    let digits = utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    return !digits.isEmpty && utf8.count - digits.count <= 1
      && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
