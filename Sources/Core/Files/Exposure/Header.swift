/// The cards of one HDU, verbatim and in order.
package struct Header: Sendable, Equatable {
  /// The cards as they stand in the file: at most 80 ASCII characters, without trailing blanks, END left out.
  package private(set) var cards: [String]

  package init(cards: [String] = []) { self.cards = cards }

  /// A value as FITS spells it.
  package enum Value: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case real(Double)
    case logical(Bool)
  }

  /// The value of the first card of that keyword.
  package subscript(keyword: String) -> Value? {
    index(of: keyword).flatMap { HeaderCard(cards[$0]).value(continuation: continuation(after: $0)) }
  }

  package func text(_ keyword: String) -> String? {
    if case .text(let text)? = self[keyword] { return text }
    return nil
  }

  package func number(_ keyword: String) -> Double? {
    switch self[keyword] {
    case .integer(let value)?: Double(value)
    case .real(let value)?: value
    default: nil
    }
  }

  package func integer(_ keyword: String) -> Int? {
    if case .integer(let value)? = self[keyword] { return value }
    return nil
  }

  package func comment(of keyword: String) -> String? {
    index(of: keyword).map { HeaderCard(cards[$0]).comment }
  }

  /// Replaces the value in place, keeping the comment unless a new one is given, or adds a card at the end.
  package mutating func set(_ keyword: String, _ value: Value, comment: String? = nil) {
    if let position = index(of: keyword) {
      let kept = comment ?? HeaderCard(cards[position]).comment
      let end = position + 1 + continuation(after: position).count
      cards.replaceSubrange(position..<end, with: HeaderCard.cards(keyword, value, comment: kept))
    } else {
      cards += HeaderCard.cards(keyword, value, comment: comment ?? "")
    }
  }

  /// Removes every card of that keyword.
  package mutating func remove(_ keyword: String) {
    while let position = index(of: keyword) {
      cards.removeSubrange(position..<position + 1 + continuation(after: position).count)
    }
  }

  /// Adds HISTORY cards, splitting lines over 72 characters.
  package mutating func addHistory(_ line: String) {
    var rest = Substring(line.map { $0.isASCII && $0 >= " " ? $0 : "?" }.map(String.init).joined())
    repeat {
      cards.append("HISTORY " + rest.prefix(72))
      rest = rest.dropFirst(72)
    } while !rest.isEmpty
  }

  /// The text of all HISTORY cards, a line each.
  package var history: [String] {
    cards.filter { $0.hasPrefix("HISTORY") }.map { String($0.dropFirst(8)) }
  }

  private func index(of keyword: String) -> Int? {
    let wanted = keyword.uppercased()
    return cards.firstIndex { HeaderCard.isCard($0, of: wanted) }
  }

  private func continuation(after position: Int) -> [String] {
    Array(cards[(position + 1)...].prefix { $0.hasPrefix("CONTINUE  ") })
  }
}
