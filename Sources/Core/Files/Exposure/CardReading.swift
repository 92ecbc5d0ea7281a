/// What a card says, whether or not it obeys the FITS standard.
package struct CardReading: Sendable, Equatable {
  /// The card as it stands, without trailing blanks.
  package var card: String
  /// The value; nil when it is undefined, a complex number, or none that FITS knows.
  package var value: Header.Value?
  /// What stands there: text without its quotes, anything else as it is spelt, so that no digit is lost; empty when
  /// it is undefined.
  package var literal: String

  /// The number, also where it stands in quotes.
  package var number: Double? {
    switch value {
    case .integer(let number)?: return Double(number)
    case .real(let number)?: return number
    case .text(let text)?:
      return switch HeaderCard.number(text.trimmingBlanks()) {
      case .integer(let number)?: Double(number)
      case .real(let number)?: number
      default: nil
      }
    default: return nil
    }
  }

  /// The whole number, also where it stands in quotes or has a point.
  package var integer: Int? {
    if case .integer(let exact)? = value { return exact }
    return number.flatMap { Int(exactly: $0) }
  }

  /// Whether the value is text.
  package var isText: Bool {
    if case .text? = value { return true }
    return false
  }
}

extension Header {
  /// The texts of all commentary cards of a keyword, such as HISTORY and COMMENT.
  package func commentary(_ keyword: String) -> [String] {
    places(of: HeaderCard.upper(keyword)).map { cards[$0] }.filter { !HeaderCard($0).hasValue }.map {
      String($0.dropFirst(8))
    }
  }

  /// The text values of all cards of a keyword, without blanks at their ends.
  func texts(of keyword: String) -> [String] {
    places(of: keyword).map { cards[$0] }.compactMap {
      guard case .text(let text)? = HeaderCard($0).value(continuation: []) else { return nil }
      return text.trimmingBlanks()
    }
  }

  /// What stands in each card of a keyword that has a value by its form.
  func literals(of keyword: String) -> [String] {
    places(of: keyword).map { HeaderCard(cards[$0]) }.filter(\.hasValue).map {
      $0.literal(continuation: []).trimmingBlanks()
    }
  }
}
