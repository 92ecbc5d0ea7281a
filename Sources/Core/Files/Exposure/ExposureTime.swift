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
    guard let (card, number) = card(cards) else { return nil }
    let unit = seconds(card.comment)
    let note = unit.name.map { "in \($0)" } ?? unknownUnit(card.comment).map { "'\($0)' taken for seconds" }
    return Known(number * unit.factor, card.source(note))
  }

  /// A sentence where the comment of the card names a unit that nobody knows; nil elsewhere.
  static func unitNote(_ cards: ExposureCards) -> String? {
    guard let (card, number) = card(cards), let name = unknownUnit(card.comment) else { return nil }
    return
      "the comment of \(card.keyword) gives '\(name)', which is no unit of time that crs knows: \(number.plain) counts as "
      + "seconds (known are s, ms, us, ns, cs, ks, min, h and d)"
  }

  /// The card that tells the time, and its number.
  private static func card(_ cards: ExposureCards) -> (ExposureCards.Found, Double)? {
    for keyword in keywords {
      guard let card = cards.find(keyword), let number = card.reading.number, number > 0, number.isFinite,
        keyword != "EXPOSURE" || isTime(card.comment)
      else { continue }
      return (card, number)
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
    var named = [text] + bracketed(text)
    let words = text.split(whereSeparator: { " .,;".contains($0) })
    if words.count > 1, words[words.count - 2] == "in" { named.append(String(words[words.count - 1])) }
    return named.lazy.compactMap(unit).first ?? (1, nil)
  }

  /// What stands in brackets.
  private static func bracketed(_ text: String) -> [String] {
    [("[", "]"), ("(", ")")].flatMap { open, close in
      text.split(separator: open).dropFirst(text.hasPrefix(open) ? 0 : 1).compactMap { part in
        part.firstRange(of: close).map { String(part[..<$0.lowerBound]).trimmingBlanks() }
      }
    }
  }

  /// What stands where a comment names its unit, and is none of time: in square brackets at its start (FITS 4.0, 4.3.2);
  /// elsewhere in brackets or behind "in" only what looks like a unit.
  private static func unknownUnit(_ comment: String) -> String? {
    guard seconds(comment).name == nil else { return nil }
    let text = comment.trimmingBlanks().lowercased()
    let all = bracketed(text)
    if all.contains(where: isSecond) { return nil }
    if text.hasPrefix("["), let first = all.first, !first.isEmpty { return first }
    let behind = text.firstRange(of: " in ").map { String(text[$0.upperBound...]).trimmingBlanks() }
    return (all + [behind].compactMap { $0 }).first(where: isLikeUnit)
  }

  private static func isSecond(_ name: String) -> Bool {
    ["s", "s.", "sec", "sec.", "secs", "second", "seconds", "second(s)", "second(s", "sec(s)", "sec(s"]
      .contains(name)
  }

  /// Whether it is a number with a unit of time, such as `1/1000 s`, or the metre that stands for minutes.
  private static func isLikeUnit(_ name: String) -> Bool {
    let last = name.split(whereSeparator: { !$0.isLetter }).last.map(String.init) ?? ""
    guard name != "m" else { return true }
    return name.first?.isNumber == true && name.hasSuffix(last) && (isSecond(last) || unit(last) != nil)
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
