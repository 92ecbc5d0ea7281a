/// The order of names in which digits count by their number: `n_2` before `n_10`.
package enum NaturalOrder {
  package static func isBefore(_ a: String, _ b: String) -> Bool {
    let (x, y) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
    var (i, j) = (0, 0)
    while i < x.count, j < y.count {
      if isDigit(x[i]), isDigit(y[j]) {
        let (m, n) = (digits(x, &i), digits(y, &j))
        if m.count != n.count { return m.count < n.count }
        if m != n { return m.lexicographicallyPrecedes(n) { $0.value < $1.value } }
        continue
      }
      if x[i] != y[j] { return x[i].value < y[j].value }
      i += 1
      j += 1
    }
    if x.count - i != y.count - j { return x.count - i < y.count - j }
    // Names that differ by leading zeros only.
    return a < b
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  /// A run of digits without leading zeros.
  private static func digits(_ text: [Unicode.Scalar], _ place: inout Int) -> ArraySlice<Unicode.Scalar> {
    let start = place
    while place < text.count, isDigit(text[place]) { place += 1 }
    return text[start..<place].drop { $0 == "0" }
  }
}
