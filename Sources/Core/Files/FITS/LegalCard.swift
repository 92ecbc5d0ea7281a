/// Makes cards obey the FITS standard (4.0, section 4) where they do not, and leaves all others as they stand.
enum LegalCard {
  /// The card, or those that keep its text: a name in lower case is written in upper case, a value that FITS does
  /// not know becomes text, and a card without a usable name a comment.
  static func legal(_ card: String) -> [String] {
    if card.hasPrefix("        ") || card.isEmpty { return [card] }
    if card.hasPrefix("HIERARCH "), let equals = card.firstIndex(of: "=") {
      let body = card[card.index(after: equals)...]
      if legalValue(body) != nil { return [card] }
      let name = card[..<equals].dropFirst(9).trimmingBlanks()
      return HeaderCard.cards(name, .text(text(of: body)), comment: "")
    }
    let name = card.prefix(8).uppercased()
    let keyword = name.trimmingBlanks()
    guard isName(keyword), name.hasPrefix(keyword) else { return comment(card) }
    let rest = card.dropFirst(8)
    if keyword == "CONTINUE" { return isContinuation(rest) ? [name + rest] : comment(card) }
    guard rest.hasPrefix("= ") || rest == "=", !["COMMENT", "HISTORY"].contains(keyword) else {
      return [name + rest]
    }
    let body = rest.dropFirst(2)
    if let value = legalValue(body) { return [name + "= " + value] }
    return HeaderCard.cards(keyword, .text(text(of: body)), comment: "")
  }

  private static func isName(_ keyword: String) -> Bool {
    !keyword.isEmpty
      && keyword.utf8.allSatisfy {
        (65...90).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
      }
  }

  private static func comment(_ card: String) -> [String] {
    [card.prefix(72), card.dropFirst(72)].filter { !$0.isEmpty }.map { "COMMENT " + $0 }
  }

  private static func isContinuation(_ rest: Substring) -> Bool {
    let text = rest.drop { $0 == " " }
    return rest.hasPrefix("  ") && text.hasPrefix("'") && closingQuote(of: text) != nil
  }

  /// Where the text that begins with a quote ends; a doubled quote stands for one inside.
  private static func closingQuote(of text: Substring) -> Substring.Index? {
    var index = text.index(after: text.startIndex)
    while index < text.endIndex {
      if text[index] == "'" {
        let next = text.index(after: index)
        guard next < text.endIndex, text[next] == "'" else { return index }
        index = next
      }
      index = text.index(after: index)
    }
    return nil
  }

  /// The value and comment as they stand, exponents in upper case; nil when the value is none of FITS.
  private static func legalValue(_ body: Substring) -> String? {
    let value = body.drop { $0 == " " }
    if value.isEmpty || value.hasPrefix("/") { return String(body) }
    if value.hasPrefix("'") {
      guard let end = closingQuote(of: value) else { return nil }
      let behind = value[value.index(after: end)...].drop { $0 == " " }
      return behind.isEmpty || behind.hasPrefix("/") ? String(body) : nil
    }
    let end = value.firstIndex(of: "/") ?? value.endIndex
    let literal = value[..<end].trimmingBlanks()
    let isComplex = literal.hasPrefix("(") && HeaderCard("COMPLEX = " + literal).isComplex
    guard ["T", "F"].contains(literal) || HeaderCard.number(literal) != nil || isComplex else { return nil }
    return body[..<value.startIndex] + value[..<end].uppercased() + value[end...]
  }

  /// The text of a value that is none: without the quote that opens it.
  private static func text(of body: Substring) -> String {
    let text = body.trimmingBlanks()
    guard text.hasPrefix("'") else { return text }
    let inner = text.dropFirst()
    // A comment behind a closed quote stays with the text: which of the two ends it is not known.
    return inner.replacing("''", with: "'").trimmingBlanks()
  }
}
