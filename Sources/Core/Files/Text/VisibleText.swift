extension String {
  /// The text without what steers a terminal: control characters, which a file's name may hold, and marks that turn the
  /// direction of writing are written as `\x1b` and `\u{202e}`. Line feeds and tabs stay.
  package var visible: String {
    guard unicodeScalars.contains(where: Self.steers) else { return self }
    var out = ""
    for scalar in unicodeScalars {
      if !Self.steers(scalar) {
        out.unicodeScalars.append(scalar)
      } else if scalar.value < 256 {
        out += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      } else {
        out += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
    return out
  }

  /// The same in one line, for names and units that others wrote: line feeds and tabs are written as `\x0a` and `\x09`.
  package var visibleLine: String {
    let text = visible
    guard text.utf8.contains(where: { $0 == 9 || $0 == 10 }) else { return text }
    return text.replacing("\n", with: "\\x0a").replacing("\t", with: "\\x09")
  }

  private static func steers(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 9, 10: false
    case 0..<32, 127..<160, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
