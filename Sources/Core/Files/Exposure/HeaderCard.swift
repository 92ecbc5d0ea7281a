/// One 80-character card of a FITS header (FITS standard 4.0, section 4).
struct HeaderCard {
  /// In upper case; of a HIERARCH card all words.
  let keyword: String
  /// Whether the card has a value, defined or not.
  let hasValue: Bool
  private let body: Substring  // what follows "= "; empty for a commentary card

  init(_ card: String) {
    if card.hasPrefix("HIERARCH"), let equals = card.firstIndex(of: "=") {
      keyword = card[card.index(card.startIndex, offsetBy: 8)..<equals].trimmingBlanks().uppercased()
      body = card[card.index(after: equals)...]
      hasValue = true
    } else {
      keyword = card.prefix(8).trimmingBlanks().uppercased()
      // A card that ends behind "=" lost its blanks.
      hasValue = card.dropFirst(8).hasPrefix("= ") || card.dropFirst(8) == "="
      body = hasValue ? card.dropFirst(10) : ""
    }
  }

  /// The keyword of a card as `keyword` gives it, read byte by byte where that is enough.
  static func keyword(of card: String) -> String {
    var card = card
    let plain: String? = card.withUTF8 { bytes in
      let head = bytes.prefix(8)
      guard head.allSatisfy({ (0x20..<0x7F).contains($0) }), !head.elementsEqual("HIERARCH".utf8) else {
        return nil
      }
      guard let first = head.firstIndex(where: { $0 != 0x20 }),
        let last = head.lastIndex(where: { $0 != 0x20 })
      else { return "" }
      return String(
        decoding: head[first...last].map { $0 >= 97 && $0 <= 122 ? $0 - 32 : $0 }, as: UTF8.self)
    }
    return plain ?? HeaderCard(card).keyword
  }

  /// A keyword in upper case, which most are.
  static func upper(_ keyword: String) -> String {
    keyword.utf8.allSatisfy { $0 < 0x7F && !($0 >= 97 && $0 <= 122) } ? keyword : keyword.uppercased()
  }

  /// Whether a card has that keyword (in upper case): most are told by their first letters, without reading the card.
  static func isCard(_ card: String, of keyword: String) -> Bool {
    var letters = card.utf8.makeIterator()
    for letter in keyword.utf8.prefix(4) {
      guard let next = letters.next() else { return false }
      let upper = next >= 97 && next <= 122 ? next - 32 : next
      if upper != letter {
        return card.utf8.starts(with: "HIERARCH".utf8) && HeaderCard(card).keyword == keyword
      }
    }
    return HeaderCard(card).keyword == keyword
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
    return HeaderCard.number(literal)
  }

  /// A number as FITS spells it, an exponent with E or D; nil for anything else, such as NaN.
  static func number(_ literal: String) -> Header.Value? {
    guard literal.utf8.allSatisfy({ (48...57).contains($0) || Array("+-.EeDd".utf8).contains($0) }) else {
      return nil
    }
    if let integer = Int(literal) { return .integer(integer) }
    let real = literal.map { $0 == "D" || $0 == "d" ? "E" : $0 }
    guard let number = Double(String(real)), number.isFinite else { return nil }
    return .real(number)
  }

  /// What stands for the value: text without its quotes, anything else as it is spelt.
  func literal(continuation: [String]) -> String {
    if case .text(let text)? = value(continuation: continuation) { return text }
    let (literal, _) = split
    // What is no value of FITS has no comment either.
    return literal.isEmpty || isComplex || value(continuation: continuation) != nil
      ? literal : body.trimmingBlanks()
  }

  /// A pair of numbers in parentheses.
  var isComplex: Bool {
    let literal = split.literal
    guard literal.hasPrefix("("), literal.hasSuffix(")") else { return false }
    let parts = literal.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { HeaderCard.number($0.trimmingBlanks()) != nil }
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
    guard literal.hasPrefix("'") else { return literal }
    // A quote that is not closed ends with the card.
    let isClosed = literal.count >= 2 && literal.hasSuffix("'")
    var text = literal.dropFirst().dropLast(isClosed ? 1 : 0).split(
      separator: "''", omittingEmptySubsequences: false
    )
    .joined(separator: "'")
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }

  /// Writes one card in fixed format. Text that does not fit is cut; `cards` continues it.
  static func text(_ keyword: String, _ value: Header.Value, comment: String) -> String {
    let head = head(of: keyword)
    let literal =
      switch value {
      case .text(let text): quoted(escaped(text), upTo: 80 - head.count)
      case .integer(let integer): padded("\(integer)")
      case .real(let real): padded(spelling(of: real))
      case .logical(let logical): padded(logical ? "T" : "F")
      }
    return String((head + literal + (comment.isEmpty ? "" : " / " + ascii(comment))).prefix(80))
  }

  /// Writes a value on as many cards as it needs: long text goes on CONTINUE cards.
  static func cards(_ keyword: String, _ value: Header.Value, comment: String) -> [String] {
    guard case .text(let text) = value else { return [self.text(keyword, value, comment: comment)] }
    var rest = escaped(text)[...]
    let room = 80 - head(of: keyword).count
    guard rest.count > room - 2, room >= 12 else { return [self.text(keyword, value, comment: comment)] }
    var cards: [String] = []
    while !rest.isEmpty {
      let width = (cards.isEmpty ? room : 70) - 3  // two quotes and the ampersand
      let isLast = rest.count <= width + 1
      let piece = isLast ? rest : rest[..<splitPoint(of: rest, at: width)]
      rest = rest.dropFirst(piece.count)
      let literal = "'" + piece + (isLast ? "'" : "&'")
      var card = (cards.isEmpty ? head(of: keyword) : "CONTINUE  ") + literal
      if isLast, !comment.isEmpty { card += " / " + ascii(comment) }
      cards.append(String(card.prefix(80)))
    }
    return cards
  }

  private static func head(of keyword: String) -> String {
    let name = ascii(keyword).uppercased()
    return name.count <= 8 && !name.contains(" ")
      ? name + String(repeating: " ", count: 8 - name.count) + "= " : "HIERARCH \(name.prefix(50)) = "
  }

  /// The printable ASCII of a text; anything else becomes a question mark.
  private static func ascii(_ text: String) -> String {
    String(text.map { $0.isASCII && $0 >= " " && $0 <= "~" ? $0 : "?" })
  }

  private static func escaped(_ text: String) -> String {
    ascii(text).split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
  }

  private static func quoted(_ escaped: String, upTo room: Int) -> String {
    let fitting = escaped[..<splitPoint(of: escaped[...], at: room - 2)]
    let quoted = "'" + fitting + String(repeating: " ", count: max(0, 8 - fitting.count)) + "'"
    return quoted + String(repeating: " ", count: max(0, 20 - quoted.count))
  }

  /// Where text may be cut at the latest without parting a doubled quote.
  private static func splitPoint(of text: Substring, at width: Int) -> String.Index {
    guard text.count > width else { return text.endIndex }
    let piece = text.prefix(max(0, width))
    let quotes = piece.reversed().prefix { $0 == "'" }.count
    return quotes % 2 == 0 ? piece.endIndex : text.index(before: piece.endIndex)
  }

  /// FITS has no spelling for NaN and infinity in headers, which become text.
  private static func spelling(of real: Double) -> String {
    guard real.isFinite else { return "'\(real)'" }
    let short = "\(real)".uppercased()
    return short.contains(".") || !short.contains("E") ? short : short.replacing("E", with: ".0E")
  }

  private static func padded(_ text: String) -> String {
    String(repeating: " ", count: max(0, 20 - text.count)) + text
  }
}
