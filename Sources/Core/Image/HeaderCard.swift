/// One 80-character card of a FITS header (FITS standard 4.0, section 4).
struct HeaderCard {
  let keyword: String
  private let body: Substring  // what follows "= ", or the free text of a commentary card

  init(_ card: String) {
    if card.hasPrefix("HIERARCH"), let equals = card.firstIndex(of: "=") {
      keyword = card[card.index(card.startIndex, offsetBy: 8)..<equals].trimmingBlanks().uppercased()
      body = card[card.index(after: equals)...]
    } else {
      keyword = card.prefix(8).trimmingBlanks().uppercased()
      body = card.dropFirst(8).hasPrefix("= ") ? card.dropFirst(10) : ""
    }
  }

  /// The value, strings joined with the CONTINUE cards that follow.
  func value(continuation: [String]) -> Header.Value? {
    let (literal, _) = split
    guard !literal.isEmpty else { return nil }
    if literal.hasPrefix("'") {
      var text = unquoted(literal)
      for card in continuation where text.hasSuffix("&") {
        text.removeLast()
        text += unquoted(HeaderCard.splitLiteral(card.dropFirst(10)).literal)
      }
      return .text(text)
    }
    if literal == "T" || literal == "F" { return .logical(literal == "T") }
    if let integer = Int(literal) { return .integer(integer) }
    let real = literal.map { $0 == "D" || $0 == "d" ? "E" : $0 }
    return Double(String(real)).map { .real($0) }
  }

  var comment: String { split.comment }

  private var split: (literal: String, comment: String) { Self.splitLiteral(body) }

  /// Separates the literal from the comment behind the slash; quotes protect both.
  private static func splitLiteral(_ body: Substring) -> (literal: String, comment: String) {
    var quoted = false
    for index in body.indices {
      let character = body[index]
      if character == "'" { quoted.toggle() }
      if character == "/", !quoted {
        return (body[..<index].trimmingBlanks(), body[body.index(after: index)...].trimmingBlanks())
      }
    }
    return (body.trimmingBlanks(), "")
  }

  private func unquoted(_ literal: String) -> String {
    guard literal.count >= 2, literal.hasPrefix("'"), literal.hasSuffix("'") else { return literal }
    var text = literal.dropFirst().dropLast().split(separator: "''", omittingEmptySubsequences: false)
      .joined(separator: "'")
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }

  /// Writes one card in fixed format. Text that does not fit is cut; long text belongs into HISTORY.
  static func text(_ keyword: String, _ value: Header.Value, comment: String) -> String {
    let literal: String
    switch value {
    case .text(let text):
      let escaped = text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        .prefix(68)
      let quoted = "'" + escaped + String(repeating: " ", count: max(0, 8 - escaped.count)) + "'"
      literal = quoted + String(repeating: " ", count: max(0, 20 - quoted.count))
    case .integer(let integer): literal = padded("\(integer)")
    case .real(let real):
      let short = "\(real)".uppercased()
      literal = padded(short.contains(".") || short.contains("E") ? short : short + ".0")
    case .logical(let logical): literal = padded(logical ? "T" : "F")
    }
    let name = keyword.uppercased()
    let head =
      name.count <= 8 && !name.contains(" ")
      ? name + String(repeating: " ", count: 8 - name.count) + "= " : "HIERARCH \(name) = "
    let card = head + literal + (comment.isEmpty ? "" : " / " + comment)
    return String(card.prefix(80))
  }

  private static func padded(_ text: String) -> String {
    String(repeating: " ", count: max(0, 20 - text.count)) + text
  }
}
