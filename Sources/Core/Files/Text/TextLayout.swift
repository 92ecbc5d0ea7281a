extension String {
  package func leftPadded(to width: Int, with character: Character = " ") -> String {
    String(repeating: character, count: Swift.max(0, width - count)) + self
  }

  package func rightPadded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }
}

extension Double {
  /// The number with a fixed number of decimals, independent of the locale.
  package func fixed(_ decimals: Int) -> String {
    guard !isNaN else { return "nan" }
    guard isFinite, abs(self) < 1e15 else { return "\(self)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let rounded = (abs(self) * scale).rounded(.toNearestOrEven)
    guard rounded < 9e18 else { return "\(self)" }
    let digits = String(UInt64(rounded)).leftPadded(to: decimals + 1, with: "0")
    let sign = self < 0 && rounded > 0 ? "-" : ""
    return decimals == 0 ? sign + digits : sign + digits.dropLast(decimals) + "." + digits.suffix(decimals)
  }
}
