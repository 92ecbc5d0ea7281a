import Kernels

/// The detector behind one exposure, in the unit of its pixels, with a line for each number that is used.
///
/// With gain g [electron/ADU], readout noise r [electron] and exposure time t the numbers are, for counts: g and r/g;
/// electrons: 1 and r; counts per second: g t and r/(g t); electrons per second: t and r/t.
struct ExposureDetector {
  /// What is known.
  private(set) var facts = DetectorFacts()
  /// See `DetectorLookup.rawFactor`.
  let rawFactor: Double
  private let image: Image
  private let header: HeaderDetector
  private var unit: PixelUnit { image.unit }

  /// - Parameters:
  ///   - arguments: what the command was given; it wins.
  ///   - measuresBias: whether the pixels tell the bias.
  /// - Throws: `CRSError` (data) where they do not.
  init(_ image: Image, _ arguments: DetectorFacts, measuresBias: Bool) throws {
    guard measuresBias else {
      self.init(image, arguments)
      return
    }
    var arguments = arguments
    // The first look needs no gain, and tells gain and noise where an overscan tells the bias.
    arguments.bias = try? image.measuredBias(gain: nil, readoutNoise: nil)
    let first = ExposureDetector(image, arguments)
    if arguments.bias == nil {
      arguments.bias = try image.measuredBias(
        gain: first.facts.gain?.value, readoutNoise: first.facts.readoutNoise?.value)
    }
    self.init(image, arguments)
  }

  /// - Parameter arguments: what the command was given; it wins.
  init(_ image: Image, _ arguments: DetectorFacts = DetectorFacts()) {
    let cards = image.cards
    self.image = image
    facts.exposureTime = image.detector.exposureTime ?? ExposureTime.find(cards)
    facts.bias = arguments.bias ?? image.detector.bias ?? Self.bias(cards)
    facts.saturation = arguments.saturation ?? image.detector.saturation ?? Self.saturation(cards)
    facts.lost = image.detector.lost ?? cards.find(Self.lostCard)?.reading.literal
    facts.chosen = image.detector.chosen
    rawFactor = image.unit.scale * (image.unit.isRate ? facts.exposureTime?.value ?? 1 : 1)
    let bias = facts.bias
    header = HeaderDetector(of: image, cards) { gain, noise, isADU in
      image.excess(gain: gain, noise: noise, isADU: isADU, bias: bias?.value)
    }
    facts.gain = arguments.gain ?? image.detector.gain ?? (image.detector.lost == nil ? gain(cards) : nil)
    facts.readoutNoise =
      arguments.readoutNoise ?? image.detector.readoutNoise ?? (image.detector.lost == nil ? noise() : nil)
  }

  /// The numbers that a command uses; where a number is not needed and not known it is 1 or 0.
  ///
  /// - Throws: `CRSError` (usage) that says how to give what is needed and not known.
  func detector(_ need: DetectorLookup.Need) throws -> Detector {
    if need.contains(.gain), facts.gain == nil { throw noGain() }
    if need.contains(.noise), facts.readoutNoise == nil { throw noNoise() }
    return Detector(
      gain: facts.gain?.value ?? .constant(1), readoutNoise: facts.readoutNoise?.value ?? .constant(0),
      bias: facts.bias?.value ?? .constant(0))
  }

  /// Whether gain and readout noise are known.
  var knowsNoise: Bool { facts.gain != nil && facts.readoutNoise != nil }
  /// Gain of the raw frame that the cards tell [electron/ADU]; nil where they tell that of other pixels.
  var rawGain: DetectorValue? { header.isEffective ? nil : header.gain?.value }
  /// Whether the image has errors.
  var hasErrors: Bool { image.uncertainty != nil }

  /// A line for each number that a command uses.
  ///
  /// - Parameters:
  ///   - usesErrors: whether errors stand for gain and readout noise.
  ///   - isStack: whether the image is one of several exposures.
  func lines(_ need: DetectorLookup.Need, usesErrors: Bool = false, isStack: Bool = false) -> [String] {
    var lines: [String] = []
    let errors = image.uncertainty?.name ?? ""
    if usesErrors {
      lines.append(
        "noise: from \(errors), " + (isStack ? "the smallest of the exposures" : "the median over 5x5 pixels")
      )
      if need.contains(.bias) {
        lines.append(
          "bias \((facts.bias?.value ?? .constant(0)).listed) \(unit.name) (\(facts.bias?.source ?? .assumed))"
        )
      }
      return lines
    }
    func add(_ name: String, _ unit: String, _ known: Known<DetectorValue>) {
      lines.append("\(name) \(known.value.listed) \(unit) (\(known.source))")
    }
    if unit.quantity == .none, need != .bias { lines.append("unit: none given, the pixels count as ADU") }
    if unit.isPhotons { lines.append("unit: \(unit) counts as electrons") }
    if need.contains(.gain), let gain = facts.gain { add("gain", "e-/" + unit.inDenominator, gain) }
    if need.contains(.noise), let noise = facts.readoutNoise { add("rnoise", unit.name, noise) }
    if hasErrors, need.isSuperset(of: [.gain, .noise]) {
      lines.append("noise: gain and rnoise for detection, \(errors) for propagation")
    }
    if need.contains(.bias) { add("bias", unit.name, facts.bias ?? Known(.constant(0), .assumed)) }
    return lines
  }

  // MARK: - From the cards

  /// The card in which crs keeps the bias.
  static let biasCard = "CRSBIAS"
  /// The card of an image whose unit would tell a gain that does not hold: the calculation behind which it does not.
  static let lostCard = "CRSLOST"

  private static func bias(_ cards: ExposureCards) -> Known<DetectorValue>? {
    guard let card = cards.find(biasCard), let number = card.reading.number, number.isFinite else {
      return nil
    }
    return Known(.constant(number), card.source())
  }

  private static func saturation(_ cards: ExposureCards) -> Known<Double>? {
    for keyword in ["SATURATE", "SATLEVEL"] {
      if let card = cards.find(keyword), let number = card.reading.number, number > 0, number.isFinite {
        return Known(number, card.source())
      }
    }
    return nil
  }

  private func gain(_ cards: ExposureCards) -> Known<DetectorValue>? {
    if header.isEffective { return header.gain }
    // Numbers that somebody gave for the pixels hold all the same.
    guard facts.lost == nil else { return nil }
    let time = facts.exposureTime
    guard let seconds = unit.isRate ? time?.value : 1 else { return nil }
    switch unit.quantity {
    case .foreign: return nil
    case .electrons:
      let unused = header.gain.flatMap { gain -> String? in
        gain.value == .constant(1) ? nil : "GAIN \(gain.value.typical) is not used"
      }
      let notes = ["unit \(unit)", unit.isRate ? time.map { "\($0.value.plain) s" } : nil, unused]
      return Known(
        .constant(seconds * unit.scale),
        cards.find("BUNIT")?.source(notes.compactMap { $0 }.joined(separator: ", "), isNumber: false)
          ?? .value)
    case .counts, .none:
      guard var gain = header.gain else { return nil }
      if let unused = header.unusedGains.first { gain.source.add(unused) }
      guard unit.isRate || unit.scale != 1 else { return gain }
      if unit.isRate, let time {
        gain.source.add("\(gain.value.typical) x \(time.value.plain) s, \(time.source)")
      }
      if unit.scale != 1 { gain.source.add("times \(unit.scale.plain)") }
      return Known(gain.value.scaled(by: seconds * unit.scale), gain.source)
    }
  }

  private func noise() -> Known<DetectorValue>? {
    guard let noise = header.noise, facts.lost == nil || header.isNoiseEffective else { return nil }
    var out = noise
    if header.isNoiseInADU {
      if header.isNoiseEffective { return out }
      // ADU of the raw frame.
      switch unit.quantity {
      case .electrons:
        guard let raw = header.gain, let gain = facts.gain else { return nil }
        out.value = noise.value.combined(with: raw.value) { $0 * $1 }.combined(with: gain.value) { $0 / $1 }
        out.source.add("\(noise.value.typical) ADU")
      case .counts, .none:
        guard let seconds = unit.isRate ? facts.exposureTime?.value : 1 else { return nil }
        out.value = noise.value.scaled(by: 1 / (seconds * unit.scale))
        if unit.isRate { out.source.add("\(noise.value.typical) ADU in \(seconds.plain) s") }
      case .foreign: return nil
      }
      return out
    }
    guard let gain = facts.gain?.value else { return nil }
    out.value = noise.value.combined(with: gain) { $0 / $1 }
    if gain != .constant(1) || unit.quantity != .electrons {
      out.source.add("\(noise.value.typical) electrons")
    }
    return out
  }

  // MARK: - What is missing

  private func noGain() -> CRSError {
    let expected = "gain=NUMBER [e-/\(unit.inDenominator)]"
    if let lost = facts.lost {
      return .usage(
        "the gain is not known: it does not hold for \(lost)", parameter: "gain",
        expected: expected + " and rnoise=")
    }
    if unit.quantity == .foreign {
      return .usage(
        "the pixels are in \(unit), which is no unit of counts or electrons", parameter: "gain",
        expected: expected + " and rnoise=NUMBER [\(unit)]")
    }
    if unit.isRate, facts.exposureTime == nil {
      return .usage(
        "the pixels are in \(unit) and the exposure time (EXPTIME) is not known", parameter: "gain",
        expected: expected + " and rnoise=NUMBER [\(unit)]",
        hint: image.refusedTime.map { $0 + "; the gain of a rate is that of its counts times the seconds" })
    }
    return .usage(
      "the gain is not known", parameter: "gain", expected: expected,
      hint: header.unusedGains.first ?? "or load the file with gain=, or a header with GAIN")
  }

  /// What the overscan of raw counts says of their readout noise.
  private var overscanHint: String? {
    guard unit.quantity == .counts || unit.quantity == .none, !unit.isRate, let overscan = Overscan(image),
      overscan.level > 5 * overscan.noise
    else { return nil }
    return
      "the overscan scatters by \(overscan.noise.short) \(unit.name) (\(overscan.text)): rnoise=\(overscan.noise.short)"
  }

  private func noNoise() -> CRSError {
    let expected = "rnoise=NUMBER [\(unit.name)]"
    if let lost = facts.lost {
      return .usage(
        "the readout noise is not known: it does not hold for \(lost)", parameter: "rnoise",
        expected: expected)
    }
    return .usage(
      "the readout noise is not known", parameter: "rnoise", expected: expected,
      hint: header.unusedNoises.first ?? overscanHint
        ?? "or load the file with rnoise=, or a header with RDNOISE")
  }
}

extension PixelUnit {
  /// The unit as it stands behind "e-/".
  package var inDenominator: String { name.contains("/") || name.contains(" ") ? "(\(name))" : name }
}

extension Source {
  /// Adds a remark to a card.
  mutating func add(_ remark: String) {
    guard case .header(let hdu, let card, let note) = self else { return }
    self = .header(hdu: hdu, card: card, note: note.map { "\($0), \(remark)" } ?? remark)
  }
}

extension DetectorValue {
  /// The number, or the few numbers of a plane as of amplifiers: `903.1 and 1000`; what is typical of any other plane.
  package var listed: String {
    guard case .plane(let plane) = self else { return "\(typical)" }
    var found: [Float] = []
    for i in stride(from: 0, to: plane.count, by: Swift.max(1, plane.count / 20_000) | 1)
    where !found.contains(plane.pixels[i]) {
      found.append(plane.pixels[i])
      guard found.count <= 4 else { return typical.short }
    }
    return found.map { Double($0).short }.joined(separator: " and ")
  }

  package func scaled(by factor: Double) -> DetectorValue { combined(with: .constant(factor)) { $0 * $1 } }

  /// A value made of this one and another, pixel by pixel where one of them is a plane.
  package func combined(with other: DetectorValue, _ make: (Double, Double) -> Double) -> DetectorValue {
    switch (self, other) {
    case (.constant(let a), .constant(let b)): .constant(make(a, b))
    case (.plane(let a), .constant(let b)): .plane(a.map { Float(make(Double($0), b)) })
    case (.constant(let a), .plane(let b)): .plane(b.map { Float(make(a, Double($0))) })
    case (.plane(let a), .plane(let b)):
      .plane(
        Plane(
          width: a.width, height: a.height,
          pixels: zip(a.pixels, b.pixels).map { Float(make(Double($0), Double($1))) }))
    }
  }
}

extension Image {
  /// What is known of the detector behind the image: what somebody gave, or the cards.
  package var knownDetector: DetectorFacts { ExposureDetector(self).facts }

  /// How many times as noisy the image is as a gain [electron/ADU] and a readout noise allow; nil when that cannot be
  /// measured.
  fileprivate func excess(gain: Double, noise: DetectorValue?, isADU: Bool, bias: DetectorValue?) -> Double? {
    guard unit.quantity == .counts || unit.quantity == .none, !unit.isRate else { return nil }
    let electrons = noise.map { isADU ? $0.typical * gain : $0.typical } ?? 0
    let level = (bias ?? .constant(0)).typical
    let check = try? NoiseCheck(
      level == 0 ? pixels : pixels.map { $0 - Float(level) },
      parameters: LACosmicParameters(gain: gain, readNoise: electrons), mask: mask, work: Work())
    return check?.ratio
  }
}
