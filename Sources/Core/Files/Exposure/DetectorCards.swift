import Kernels

extension Image {
  /// Makes the cards say what is known of the detector, so that the image is the same once it was saved and loaded:
  /// numbers that differ are rewritten ("effective", for the pixels as they are), and those that no longer hold removed.
  ///
  /// Values pixel by pixel have no card: their cards are removed. Where the unit alone would tell a gain that does not
  /// hold, a card says so.
  package mutating func writeDetectorCards() {
    let known = knownDetector
    var plain = self
    plain.detector = DetectorFacts()
    if let lost = detector.lost {
      plain.removeCards(where: { DetectorCards.isGain($0) || DetectorCards.isNoise($0) })
      // The unit alone would tell a gain.
      if !DetectorCards.agree(plain.knownDetector.gain, known.gain) {
        plain.header.set(ExposureDetector.lostCard, .text(lost), comment: "gain and noise are not known")
      }
    }
    plain.writeGain(known)
    plain.writeNoise(known)
    let isLost = detector.lost != nil
    let (bias, saturation) =
      isLost ? (detector.bias, detector.saturation) : (known.bias, known.saturation)
    plain.write(ExposureDetector.biasCard, bias?.value.uniform, "[\(unit.name)] bias in the pixels") {
      $0.bias?.value.uniform
    }
    plain.write("SATURATE", saturation?.value, "[\(unit.name)] saturation level, effective") {
      $0.saturation?.value
    }
    plain.write("EXPTIME", known.exposureTime?.value, "[s] exposure time, effective") {
      $0.exposureTime?.value
    }
    (header, primaryHeader) = (plain.header, plain.primaryHeader)
  }

  private mutating func writeGain(_ known: DetectorFacts) {
    guard !DetectorCards.agree(knownDetector.gain, known.gain) else { return }
    removeCards(where: DetectorCards.isGain, keeping: known.gain?.value.uniform == nil ? nil : "GAIN")
    if let gain = known.gain?.value.uniform {
      header.set("GAIN", .real(gain), comment: "[electron/\(unit.name)] effective")
    }
  }

  private mutating func writeNoise(_ known: DetectorFacts) {
    guard !DetectorCards.agree(knownDetector.readoutNoise, known.readoutNoise) else { return }
    removeCards(
      where: DetectorCards.isNoise, keeping: known.readoutNoise?.value.uniform == nil ? nil : "RDNOISE")
    guard let noise = known.readoutNoise?.value.uniform else { return }
    if let gain = knownDetector.gain?.value.uniform {
      header.set("RDNOISE", .real(noise * gain), comment: "[electron] effective")
    } else {
      header.set("RDNOISE", .real(noise), comment: "[adu] effective")
    }
  }

  /// Removes cards from both headers, but for one that is to be rewritten in the image's own.
  private mutating func removeCards(where matches: (String) -> Bool, keeping kept: String? = nil) {
    for name in header.keywords where name != kept && matches(name) { header.remove(name) }
    guard let primary = primaryHeader, kept == nil else { return }
    for name in primary.keywords where matches(name) { primaryHeader?.remove(name) }
  }

  /// Writes a card unless the cards say the number already.
  private mutating func write(
    _ keyword: String, _ value: Double?, _ comment: String, read: (DetectorFacts) -> Double?
  ) {
    let old = read(knownDetector)
    guard old != value else { return }
    if let value {
      header.set(keyword, .real(value), comment: comment)
    } else {
      for name in [keyword, "SATLEVEL"] where name == keyword || keyword == "SATURATE" {
        header.remove(name)
        primaryHeader?.remove(name)
      }
    }
  }
}

/// Tells the cards of gain and readout noise.
enum DetectorCards {
  private static let gains: Set<String> = ["EGAIN", "GAIN", "ATODGAIN", "CCDGAIN", "CONAD"]
  private static let noises: Set<String> = ["RDNOISE", "READNOIS", "READNOISE", "RON", "RNOISE", "ENOISE"]

  static func isGain(_ name: String) -> Bool {
    gains.contains(name) || isOfESO(name, ["GAIN", "CONAD"])
      || isAmplifier(name, ["GAIN", "ATODGN", "GTGAIN"])
  }

  static func isNoise(_ name: String) -> Bool {
    noises.contains(name) || isOfESO(name, ["RON"])
      || isAmplifier(name, ["RDNOISE", "RDNOIS", "READNSE", "GTRON", "RON"])
  }

  private static func isOfESO(_ name: String, _ ends: [String]) -> Bool {
    name.hasPrefix("ESO DET ") && ends.contains { name.hasSuffix(" " + $0) }
  }

  private static func isAmplifier(_ name: String, _ stems: [String]) -> Bool {
    stems.contains { name.hasPrefix($0) && AmplifierCards.isSuffix(name.dropFirst($0.count)) }
  }

  /// Whether two values are the same but for rounding.
  static func agree(_ a: Known<DetectorValue>?, _ b: Known<DetectorValue>?) -> Bool {
    guard let x = a?.value, let y = b?.value else { return a == nil && b == nil }
    if case .constant(let x) = x, case .constant(let y) = y {
      return abs(x - y) <= 1e-12 * max(abs(x), abs(y))
    }
    if case .plane(let x) = x, case .plane(let y) = y {
      return x.shape == y.shape
        && zip(x.pixels, y.pixels).allSatisfy { abs($0 - $1) <= 1e-6 * max(abs($0), abs($1)) }
    }
    return x == y
  }
}

extension Header {
  /// Writes the unit as BUNIT, unless the cards mean it already: its spelling and comment stay.
  ///
  /// - Parameter known: what the image's own cards and those of the primary HDU say.
  mutating func setUnit(_ unit: PixelUnit, inherited known: PixelUnit) {
    guard known != unit else { return }
    remove("BUNIT")
    // A blank unit hides that of the primary HDU.
    if unit != .none || known != .none { set("BUNIT", .text(unit.description)) }
  }
}
