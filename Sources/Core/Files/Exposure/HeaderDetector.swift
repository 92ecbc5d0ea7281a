import Kernels

/// What the cards of an exposure say of its detector, in the units of the cards.
struct HeaderDetector {
  /// Gain [electron/ADU].
  private(set) var gain: Known<DetectorValue>?
  /// Readout noise, in electrons or ADU.
  private(set) var noise: Known<DetectorValue>?
  private(set) var isNoiseInADU = false
  /// Whether crs wrote the numbers for the values as they are: gain in electrons per unit of the pixels.
  private(set) var isEffective = false
  /// Whether crs wrote the noise for the values as they are.
  private(set) var isNoiseEffective = false
  /// Cards that were looked at and not used, a phrase each.
  private(set) var unusedGains: [String] = []
  private(set) var unusedNoises: [String] = []

  /// - Parameters:
  ///   - own: the image's own header, which tells the sections of amplifiers.
  ///   - excess: how many times as noisy the image is as a gain [electron/ADU] and the noise card allow; nil when that
  ///     cannot be said.
  init(
    _ cards: ExposureCards, own: Header, shape: Shape,
    excess: (_ gain: Double, _ noise: DetectorValue?, _ isADU: Bool) -> Double?
  ) {
    for place in cards.headers where noise == nil { findNoise(place, own, shape) }
    for place in cards.headers where gain == nil { findGain(place, own, shape, excess) }
  }

  /// What the cards of an image say, which is looked for once where the pixels are not asked.
  init(
    of image: Image, _ cards: ExposureCards,
    excess: (_ gain: Double, _ noise: DetectorValue?, _ isADU: Bool) -> Double?
  ) {
    let lookup = image.header.lookup
    let key = HeaderIndex.DetectorKey(
      shape: image.shape, hdu: image.origin?.hdu, primary: image.primaryHeader?.lookup)
    if let known = lookup.detector(key) {
      self = known
      return
    }
    var asksPixels = false
    self.init(cards, own: image.header, shape: image.shape) { gain, noise, isADU in
      asksPixels = true
      return excess(gain, noise, isADU)
    }
    // Planes of amplifiers are as large as the image.
    let isSmall = [gain, noise].allSatisfy { $0?.value.uniform != nil || $0 == nil }
    if !asksPixels, isSmall { lookup.keep(self, key) }
  }

  // MARK: - Gain

  private mutating func findGain(
    _ place: (header: Header, hdu: Int?, isInherited: Bool), _ own: Header, _ shape: Shape,
    _ excess: (Double, DetectorValue?, Bool) -> Double?
  ) {
    func card(_ keyword: String) -> ExposureCards.Found? { ExposureCards.find(keyword, place) }
    if let electrons = card("EGAIN"), let number = Self.gain(electrons) {
      let other = card("GAIN")
      let setting = other.flatMap(Self.gain)
      if let other, let setting, setting != number {
        let isUsual = (0.01...50).contains(number)
        let isNoisy = isUsual && (excess(number, noise?.value, isNoiseInADU) ?? 1) > 3
        if !isUsual || isNoisy && (excess(setting, noise?.value, isNoiseInADU) ?? 9) <= 3 {
          unusedGains.append(
            "EGAIN \(number) is not used: " + (isUsual ? "the noise contradicts it" : "outside 0.01 to 50"))
          return take(other, setting)
        }
        return take(electrons, number, "GAIN \(other.reading.literal) is not used")
      }
      return take(electrons, number)
    }
    if let found = card("EGAIN") { refuse(found) }
    for stem in ["ATODGAIN", "CONAD", "GAIN", "CCDGAIN"] {
      let family: AmplifierCards?
      switch stem {
      case "ATODGAIN": family = AmplifierCards(stem: "ATODGN", in: place)
      case "CONAD": family = AmplifierCards(name: "CONAD", in: place)
      case "GAIN": family = AmplifierCards(stem: "GAIN", in: place)
      default: family = nil
      }
      if let found = card(stem) {
        if let number = Self.gain(found) { return take(found, number) }
        refuse(found)
      }
      if let family, take(family, own, shape, isInverse: false) { return }
    }
    if take(AmplifierCards(stem: "GTGAIN", in: place), own, shape, isInverse: false) { return }
    // ESO's GAIN is ADU per electron, CONAD its inverse.
    _ = take(AmplifierCards(name: "GAIN", in: place), own, shape, isInverse: true)
  }

  private mutating func take(_ card: ExposureCards.Found, _ number: Double, _ note: String? = nil) {
    let isInverse = Self.isInverse(card)
    isEffective = Self.isEffective(card)
    let notes = [note, isInverse ? "1/\(card.reading.literal), it is in ADU/e-" : nil].compactMap { $0 }
    gain = Known(.constant(number), card.source(notes.isEmpty ? nil : notes.joined(separator: ", ")))
  }

  private mutating func take(
    _ family: AmplifierCards, _ own: Header, _ shape: Shape, isInverse: Bool
  ) -> Bool {
    guard let first = family.amplifiers.first else { return false }
    let numbers = family.amplifiers.compactMap { amplifier -> Double? in
      let saysInverse = Self.isInverse(amplifier.card)
      let saysDirect = Self.isDirect(amplifier.card)
      return Self.gain(amplifier.card, isInverse: saysInverse || isInverse && !saysDirect)
    }
    guard numbers.count == family.amplifiers.count else {
      for amplifier in family.amplifiers where Self.gain(amplifier.card) == nil { refuse(amplifier.card) }
      return false
    }
    let (value, note) = family.value(numbers, in: own, shape: shape)
    var card = first.card
    if family.amplifiers.count > 1 {
      card.keyword = family.amplifiers.map(\.card.keyword).joined(separator: " ")
    }
    isEffective = Self.isEffective(first.card)
    let inverse = isInverse && !Self.isDirect(first.card) || Self.isInverse(first.card)
    let notes = [note, inverse ? "1/GAIN, it is in ADU/e-" : nil].compactMap { $0 }
    gain = Known(value, card.source(notes.isEmpty ? nil : notes.joined(separator: ", ")))
    return true
  }

  private mutating func refuse(_ card: ExposureCards.Found) { unusedGains.append(Self.refusal(of: card)) }

  /// Electrons per ADU that a card says; nil when it says none above 0.
  private static func gain(_ card: ExposureCards.Found) -> Double? { gain(card, isInverse: isInverse(card)) }

  private static func gain(_ card: ExposureCards.Found, isInverse: Bool) -> Double? {
    guard let number = card.reading.number, number > 0, number.isFinite else { return nil }
    let gain = isInverse ? 1 / number : number
    guard gain.isFinite, gain > 0 else { return nil }
    return plausible.contains(gain) || isEffective(card) ? gain : nil
  }

  /// Gains that a detector may have [electron/ADU]; crs itself writes any for pixels that were multiplied.
  private static let plausible = 1e-4...1e5

  /// Whether the comment says ADU per electron.
  private static func isInverse(_ card: ExposureCards.Found) -> Bool {
    let text = compact(card.comment)
    guard !isDirect(card) else { return false }
    return ["adu/e", "dn/e", "counts/e", "count/e", "aduper", "electronstoadu", "e-toadu"].contains {
      text.contains($0)
    }
  }

  /// Whether the comment says electrons per ADU.
  private static func isDirect(_ card: ExposureCards.Found) -> Bool {
    let text = compact(card.comment)
    if text.contains("adutoe") || text.contains("adustoe") { return true }
    return ["e-/", "e/", "electron/", "electrons/", "el/", "e-per", "electronsper", "electronper"].contains {
      guard let place = text.firstRange(of: $0) else { return false }
      return ["adu", "dn", "count", "a/d", "data"].contains { text[place.upperBound...].hasPrefix($0) }
    }
  }

  private static func compact(_ comment: String) -> String {
    comment.lowercased().filter { $0 != " " && $0 != "." }
  }

  // MARK: - Readout noise

  private mutating func findNoise(
    _ place: (header: Header, hdu: Int?, isInherited: Bool), _ own: Header, _ shape: Shape
  ) {
    for keyword in ["RDNOISE", "READNOIS", "READNOISE", "RON", "RNOISE", "ENOISE"] {
      guard let card = ExposureCards.find(keyword, place) else { continue }
      guard let number = Self.noise(card) else {
        unusedNoises.append(Self.refusal(of: card))
        continue
      }
      isNoiseInADU = Self.isInADU(card.comment)
      isNoiseEffective = Self.isEffective(card)
      noise = Known(.constant(number), card.source())
      return
    }
    for family in [
      AmplifierCards(stem: "RDNOISE", in: place), AmplifierCards(stem: "RDNOIS", in: place),
      AmplifierCards(stem: "READNSE", in: place), AmplifierCards(stem: "GTRON", in: place),
      AmplifierCards(stem: "RON", in: place), AmplifierCards(name: "RON", in: place),
    ] {
      let numbers = family.amplifiers.compactMap { Self.noise($0.card) }
      guard let first = family.amplifiers.first, numbers.count == family.amplifiers.count else { continue }
      let (value, note) = family.value(numbers, in: own, shape: shape)
      var card = first.card
      if family.amplifiers.count > 1 {
        card.keyword = family.amplifiers.map(\.card.keyword).joined(separator: " ")
      }
      isNoiseInADU = Self.isInADU(first.card.comment)
      noise = Known(value, card.source(note))
      return
    }
  }

  private static func noise(_ card: ExposureCards.Found) -> Double? {
    guard let number = card.reading.number, number.isFinite, number >= 0 else { return nil }
    return number > 0 || isEffective(card) ? number : nil
  }

  /// Whether a unit in brackets at the start of a comment (FITS 4.0, 4.3.2), or a comment that is nothing but a unit,
  /// says ADU.
  static func isInADU(_ comment: String) -> Bool {
    var text = comment.trimmingBlanks()
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      text = String(text[text.index(after: text.startIndex)..<end])
    } else if text.hasPrefix("("), text.hasSuffix(")") {
      text = String(text.dropFirst().dropLast())
    }
    return PixelUnit(parsing: text).quantity == .counts
  }

  // MARK: - All

  /// Whether crs wrote the number for the pixels as they are.
  static func isEffective(_ card: ExposureCards.Found) -> Bool { card.comment.hasSuffix("effective") }

  /// What is wrong with a card that is there, quoted as it stands.
  static func refusal(of card: ExposureCards.Found) -> String {
    let isPositive = card.reading.number.map { $0 > 0 && $0.isFinite } ?? false
    return "the header's card '\(card.reading.card)'\(card.hdu.map { " of HDU \($0)" } ?? "") gives "
      + (isPositive ? "no number that a detector may have" : "no number above 0")
  }
}
