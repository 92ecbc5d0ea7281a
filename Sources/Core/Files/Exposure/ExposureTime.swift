/// The exposure time that the cards tell.
enum ExposureTime {
  private static let keywords = ["EXPTIME", "XPOSURE", "EFFEXPTM", "TEXPTIME", "EXPOSURE"]

  /// A card of the exposure time that gives no number of seconds above 0, for messages; nil without one.
  static func refused(_ cards: ExposureCards) -> ExposureCards.Found? {
    guard find(cards) == nil else { return nil }
    return keywords.lazy.compactMap { cards.find($0) }.first {
      $0.keyword != "EXPOSURE" || isTime($0.comment)
    }
  }

  /// Seconds: EXPTIME; XPOSURE, EFFEXPTM, TEXPTIME, then EXPOSURE if it is a number of seconds. Nil without any above 0.
  static func find(_ cards: ExposureCards) -> Known<Double>? {
    for keyword in keywords {
      guard let card = cards.find(keyword), let number = card.reading.number, number > 0, number.isFinite,
        keyword != "EXPOSURE" || isTime(card.comment)
      else { continue }
      let unit = seconds(card.comment)
      return Known(number * unit.factor, card.source(unit.name.map { "in \($0)" }))
    }
    return nil
  }

  /// Whether EXPOSURE, which some files number exposures with, is a time.
  private static func isTime(_ comment: String) -> Bool {
    let text = comment.lowercased()
    return text.contains("time") || text.contains("sec") || text.hasPrefix("[s]") || text.hasPrefix("[ms]")
      || text.hasPrefix("[min") || text == "s" || seconds(comment).name != nil
  }

  /// Seconds of the unit that the comment names, and its name unless it is the second: in brackets, as all of it, or behind "in".
  private static func seconds(_ comment: String) -> (factor: Double, name: String?) {
    let text = comment.trimmingBlanks().lowercased()
    var named = [text]
    for (open, close) in [("[", "]"), ("(", ")")] {
      for part in text.split(separator: open).dropFirst(text.hasPrefix(open) ? 0 : 1) {
        if let end = part.range(of: close) { named.append(String(part[..<end.lowerBound]).trimmingBlanks()) }
      }
    }
    let words = text.split(whereSeparator: { " .,;".contains($0) })
    if words.count > 1, words[words.count - 2] == "in" { named.append(String(words[words.count - 1])) }
    return named.lazy.compactMap(unit).first ?? (1, nil)
  }

  private static func unit(_ name: String) -> (factor: Double, name: String?)? {
    switch name {
    case "ns", "nsec", "nanosecond", "nanoseconds": (1e-9, "ns")
    case "us", "usec", "microsec", "microsecond", "microseconds": (1e-6, "us")
    case "ms", "msec", "millisec", "millisecond", "milliseconds": (1e-3, "ms")
    case "cs", "csec", "centisecond", "centiseconds": (1e-2, "cs")
    case "ks", "ksec", "kilosecond", "kiloseconds": (1e3, "ks")
    case "min", "mins", "minute", "minutes": (60, "minutes")
    case "h", "hr", "hrs", "hour", "hours": (3600, "hours")
    case "d", "day", "days": (86400, "days")
    default: nil
    }
  }
}

extension Image {
  /// What is wrong with the card of the exposure time, quoted; nil where the time is known or no card tells one.
  package var refusedTime: String? {
    guard detector.exposureTime == nil else { return nil }
    return ExposureTime.refused(cards).map { HeaderDetector.refusal(of: $0) }
  }
}
