/// A date as cards tell it, for comparisons.
private struct CardDate: Comparable {
  let day: Int
  let time: Double

  /// - Parameters:
  ///   - date: of ISO 8601, with or without a time, or `31/12/99`, which FITS had before 2000.
  ///   - time: of a card of its own, where the date has none.
  init?(_ date: String, time other: Header.Value?) {
    let parts = date.trimmingBlanks().split(maxSplits: 1) { $0 == "T" || $0 == " " }
    guard let first = parts.first else { return nil }
    let isOld = first.contains("/")
    let numbers = first.split(separator: isOld ? "/" : "-", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 3, var year = numbers[isOld ? 2 : 0], let month = numbers[1],
      let ofMonth = numbers[isOld ? 0 : 2], (0...9999).contains(year), (1...12).contains(month),
      (1...31).contains(ofMonth)
    else { return nil }
    if isOld, year < 100 { year += 1900 }
    day = (year * 100 + month) * 100 + ofMonth
    if parts.count == 2 {
      guard let seconds = Self.seconds(String(parts[1])) else { return nil }
      time = seconds
      return
    }
    switch other {
    case .text(let text)?: time = Self.seconds(text) ?? 0
    case .real(let number)?: time = number
    case .integer(let number)?: time = Double(number)
    default: time = 0
    }
  }

  /// Of `23:59:30.5`.
  private static func seconds(_ text: String) -> Double? {
    var text = text.trimmingBlanks()
    if text.hasSuffix("Z") { text.removeLast() }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard (2...3).contains(parts.count), let hours = parts[0], let minutes = parts[1] else { return nil }
    guard let seconds = parts.count == 3 ? parts[2] : 0 else { return nil }
    return hours * 3600 + minutes * 60 + seconds
  }

  static func < (a: CardDate, b: CardDate) -> Bool { (a.day, a.time) < (b.day, b.time) }
}

extension Image {
  /// Cards of dates, whether the latest counts, and the cards that have the time of the same moment.
  private static let dates: [(date: String, takesLatest: Bool, times: [String])] = [
    ("DATE-OBS", false, ["TIME-OBS", "UT", "UTC", "UTSTART", "UT-START", "UTC-OBS"]),
    ("DATE-BEG", false, ["TIME-BEG"]),
    ("DATE-END", true, ["TIME-END", "UTEND", "UT-END"]),
  ]

  /// Writes the earliest beginning and the latest end of exposures. Date and time stay those of one exposure.
  mutating func writeDates(of exposures: [Image]) {
    for (keyword, takesLatest, times) in Self.dates {
      let texts = exposures.compactMap { $0.cards.text(keyword) }
      guard texts.count == exposures.count else { continue }
      let shared = times.filter { time in exposures.allSatisfy { $0.cards.find(time)?.reading.value != nil } }
      let dates = zip(texts, exposures).compactMap { text, exposure in
        CardDate(text, time: shared.first.flatMap { exposure.cards.find($0)?.reading.value })
      }
      let place: Int?
      if dates.count == exposures.count {
        let chosen = takesLatest ? dates.max() : dates.min()
        place = dates.firstIndex { $0 == chosen }
      } else if texts.allSatisfy({ $0.count > 3 && $0.prefix(4).allSatisfy(\.isNumber) }) {
        let chosen = takesLatest ? texts.max() : texts.min()
        place = texts.firstIndex { $0 == chosen }
      } else {
        place = nil
      }
      guard let place else { continue }
      setCard(keyword, .text(texts[place]), nil)
      for time in shared {
        if let value = exposures[place].cards.find(time)?.reading.value { setCard(time, value, nil) }
      }
    }
  }
}
