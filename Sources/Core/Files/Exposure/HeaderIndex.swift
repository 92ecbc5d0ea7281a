import Kernels

/// Where the cards of each keyword stand in a header, and what they say, found when somebody asks for the first time.
///
/// An exposure is asked for dozens of keywords in every calculation, and has hundreds of cards. Copies of a header
/// share what was found; a header that changes gets an index of its own.
final class HeaderIndex: Sendable, Hashable {
  private struct Places {
    /// In the order of the cards.
    var places: [String: [Int]] = [:]
    /// Every keyword once, in the order of the cards, without the empty one.
    var keywords: [String] = []

    init(_ cards: [String]) {
      places.reserveCapacity(cards.count)
      for (place, card) in cards.enumerated() {
        let keyword = HeaderCard.keyword(of: card)
        if places[keyword, default: []].isEmpty, !keyword.isEmpty { keywords.append(keyword) }
        places[keyword, default: []].append(place)
      }
    }
  }

  private struct State {
    var places: Places?
    var readings: [String: CardReading?] = [:]
    var values: [String: Header.Value?] = [:]
    var comments: [String: String?] = [:]
    var detectors: [DetectorKey: HeaderDetector] = [:]
  }

  /// What the detector of a header depends on beside its cards.
  struct DetectorKey: Hashable, Sendable {
    var shape: Shape
    var hdu: Int?
    /// Of the primary header.
    var primary: HeaderIndex?
  }

  private let state: Guarded<State>

  init() { state = Guarded(State()) }

  private init(_ places: Places?) { state = Guarded(State(places: places)) }

  /// The index of a header in which one card took the place of another one of the same keyword.
  func withOtherCard() -> HeaderIndex { HeaderIndex(state.withLock { $0.places }) }

  /// The places of the cards of a keyword, which is in upper case.
  func places(of keyword: String, in cards: [String]) -> [Int] {
    state.withLock { Self.found(&$0, cards).places[keyword] ?? [] }
  }

  func keywords(of cards: [String]) -> [String] { state.withLock { Self.found(&$0, cards).keywords } }

  func reading(_ keyword: String, _ read: () -> CardReading?) -> CardReading? {
    if let known = state.withLock({ $0.readings[keyword] }) { return known }
    let found = read()
    state.withLock { $0.readings[keyword] = .some(found) }
    return found
  }

  func value(_ keyword: String, _ read: () -> Header.Value?) -> Header.Value? {
    if let known = state.withLock({ $0.values[keyword] }) { return known }
    let found = read()
    state.withLock { $0.values[keyword] = .some(found) }
    return found
  }

  func comment(_ keyword: String, _ read: () -> String?) -> String? {
    if let known = state.withLock({ $0.comments[keyword] }) { return known }
    let found = read()
    state.withLock { $0.comments[keyword] = .some(found) }
    return found
  }

  /// What the cards say of the detector; nil where nobody has looked.
  func detector(_ key: DetectorKey) -> HeaderDetector? { state.withLock { $0.detectors[key] } }

  func keep(_ detector: HeaderDetector, _ key: DetectorKey) {
    state.withLock { $0.detectors[key] = detector }
  }

  static func == (a: HeaderIndex, b: HeaderIndex) -> Bool { a === b }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }

  private static func found(_ state: inout State, _ cards: [String]) -> Places {
    if let places = state.places { return places }
    let places = Places(cards)
    state.places = places
    return places
  }
}
