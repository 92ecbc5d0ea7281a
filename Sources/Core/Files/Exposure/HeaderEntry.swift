/// A card taken apart, with its continuation: what other programs see of a header.
package struct HeaderEntry: Sendable, Equatable {
  /// Empty for a blank card.
  package var keyword: String
  /// nil for an undefined value, and for a commentary card.
  package var value: Header.Value?
  /// The text of a commentary card (COMMENT, HISTORY, blank); nil for every other.
  package var text: String?
  package var comment: String
  /// As it stands in the header.
  package var cards: [String]

  /// An entry that stands in no header yet; `cards` are made for it.
  package init(keyword: String, value: Header.Value?, text: String? = nil, comment: String = "") {
    (self.keyword, self.value, self.text, self.comment) = (keyword, value, text, comment)
    if let text {
      cards = [String((keyword.padded + text).prefix(80))]
    } else if let value {
      cards = HeaderCard.cards(keyword, value, comment: comment)
    } else {
      cards = [keyword.padded + "=" + (comment.isEmpty ? "" : "  / " + comment)].map { String($0.prefix(80)) }
    }
  }

  fileprivate init(_ card: HeaderCard, _ cards: [String], text: String?) {
    keyword = card.keyword
    (self.text, self.cards) = (text, cards)
    value = text == nil ? card.value(continuation: Array(cards.dropFirst())) : nil
    // A long text has its comment behind its last piece.
    let last = cards.count > 1 ? HeaderCard("LAST    = " + cards[cards.count - 1].dropFirst(10)) : card
    comment = text == nil ? last.comment : ""
  }

  /// Whether another entry says the same, however it is spelt.
  package func says(theSameAs other: HeaderEntry) -> Bool {
    keyword == other.keyword && value == other.value && text == other.text && comment == other.comment
  }
}

extension String {
  fileprivate var padded: String { self + String(repeating: " ", count: max(0, 8 - count)) }
}

extension Header {
  /// Every card with those that continue it, in order.
  package var entries: [HeaderEntry] {
    var out: [HeaderEntry] = []
    var rest = cards[...]
    while let first = rest.popFirst() {
      let card = HeaderCard(first)
      guard card.hasValue else {
        out.append(HeaderEntry(card, [first], text: String(first.dropFirst(8))))
        continue
      }
      let more = rest.prefix { $0.hasPrefix("CONTINUE  ") }
      rest = rest.dropFirst(more.count)
      out.append(HeaderEntry(card, [first] + more, text: nil))
    }
    return out
  }

  package init(entries: [HeaderEntry]) { self.init(cards: entries.flatMap(\.cards)) }
}
