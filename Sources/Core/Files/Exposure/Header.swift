/// The cards of one HDU, verbatim and in order.
package struct Header: Sendable, Equatable {
  /// The cards as they stand in the file: at most 80 ASCII characters, without trailing blanks, END left out.
  package private(set) var cards: [String] { didSet { lookup = HeaderIndex() } }
  /// What has been looked for in the cards.
  private(set) var lookup = HeaderIndex()

  package init(cards: [String] = []) { self.cards = cards }

  package static func == (a: Header, b: Header) -> Bool { a.cards == b.cards }

  /// A value as FITS spells it.
  package enum Value: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case real(Double)
    case logical(Bool)
  }

  /// The value of the first card of that keyword.
  package subscript(keyword: String) -> Value? {
    let wanted = HeaderCard.upper(keyword)
    return lookup.value(wanted) {
      place(of: wanted).flatMap { HeaderCard(cards[$0]).value(continuation: continuation(after: $0)) }
    }
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
    let wanted = HeaderCard.upper(keyword)
    return lookup.comment(wanted) { place(of: wanted).map { HeaderCard(cards[$0]).comment } }
  }

  /// Replaces the value in place, keeping the comment unless a new one is given, or adds a card at the end.
  package mutating func set(_ keyword: String, _ value: Value, comment: String? = nil) {
    if let position = index(of: keyword) {
      let kept = comment ?? HeaderCard(cards[position]).comment
      let count = 1 + continuation(after: position).count
      let new = HeaderCard.cards(keyword, value, comment: kept)
      let before = lookup
      cards.replaceSubrange(position..<position + count, with: new)
      if count == new.count, new.first.map(HeaderCard.keyword) == HeaderCard.upper(keyword) {
        lookup = before.withOtherCard()
      }
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

  /// Every keyword once, in order.
  package var keywords: [String] { lookup.keywords(of: cards) }

  /// What the first card of a keyword says; nil when there is no such card, or it has no value by its form.
  package func reading(_ keyword: String) -> CardReading? {
    let wanted = HeaderCard.upper(keyword)
    return lookup.reading(wanted) {
      for place in places(of: wanted) {
        let card = HeaderCard(cards[place])
        guard card.hasValue else { continue }
        let more = continuation(after: place)
        return CardReading(
          card: cards[place], value: card.value(continuation: more), literal: card.literal(continuation: more)
        )
      }
      return nil
    }
  }

  /// - Parameter keyword: in upper case.
  func places(of keyword: String) -> [Int] { lookup.places(of: keyword, in: cards) }

  private func place(of keyword: String) -> Int? { places(of: keyword).first }

  private func index(of keyword: String) -> Int? { place(of: HeaderCard.upper(keyword)) }

  private func continuation(after position: Int) -> [String] {
    Array(cards[(position + 1)...].prefix { $0.hasPrefix("CONTINUE  ") })
  }
}
