import Kernels

/// The detector behind one exposure, in the unit of its pixels, with a line for each number that is used.
///
/// With gain g [electron/ADU], readout noise r [electron] and exposure time t the numbers are, for counts: g and r/g;
/// electrons: 1 and r; counts per second: g t and r/(g t); electrons per second: t and r/t.
struct ExposureDetector {
  private(set) var detector: Detector
  private(set) var lines: [String] = []
  private(set) var knowsGain = false
  let time: Known<Double>?
  /// See `DetectorLookup.rawFactor`.
  let rawFactor: Double

  /// - Parameter arguments: what the command was given; it wins.
  /// - Throws: `CRSError` (usage) that says how to give what is needed and not known.
  init(_ image: Image, _ arguments: DetectorFacts, _ need: DetectorLookup.Need) throws {
    let cards = image.cards
    let unit = image.unit
    time = image.detector.exposureTime ?? ExposureTime.find(cards)
    rawFactor = unit.scale * (unit.isRate ? time?.value ?? 1 : 1)
    let bias = arguments.bias ?? image.detector.bias
    let header = HeaderDetector(cards, own: image.header, shape: image.shape) { gain, noise, isADU in
      image.excess(gain: gain, noise: noise, isADU: isADU, bias: bias?.value)
    }
    detector = Detector(gain: 1, readoutNoise: 0)

    if unit.quantity == .none { lines.append("unit: none given, the pixels count as ADU") }
    if unit.isPhotons { lines.append("unit: \(unit) counts as electrons") }

    // Gain [electron per unit of the pixels].
    let gain: Known<DetectorValue>
    if let given = arguments.gain ?? image.detector.gain {
      gain = given
      knowsGain = true
    } else if image.detector.lost == nil, let found = Self.gain(header, unit, time, cards) {
      gain = found
      knowsGain = true
    } else if need.contains(.gain) {
      throw Self.noGain(image, header, unit, time)
    } else {
      gain = Known(.constant(1), .assumed)
    }
    detector.gain = gain.value
    if need.contains(.gain) { line("gain", "e-/" + unit.inDenominator, gain.value, gain.source) }

    // Readout noise [unit of the pixels].
    if let given = arguments.readoutNoise ?? image.detector.readoutNoise {
      detector.readoutNoise = given.value
      if need.contains(.noise) { line("rnoise", unit.name, given.value, given.source) }
    } else if image.detector.lost == nil, let noise = header.noise, need.contains(.noise),
      let found = Self.noise(noise, header, unit, gain.value, time, knowsGain: knowsGain)
    {
      detector.readoutNoise = found.value
      line("rnoise", unit.name, found.value, found.source)
    } else if need.contains(.noise) {
      throw Self.noNoise(image, header, unit)
    }

    detector.bias = bias?.value ?? .constant(0)
    if need.contains(.bias) { line("bias", unit.name, detector.bias, bias?.source ?? .assumed) }
  }

  private mutating func line(_ name: String, _ unit: String, _ value: DetectorValue, _ source: Source) {
    lines.append("\(name) \(value.typical) \(unit) (\(source))")
  }

  // MARK: - From the cards

  private static func gain(
    _ header: HeaderDetector, _ unit: PixelUnit, _ time: Known<Double>?, _ cards: ExposureCards
  ) -> Known<DetectorValue>? {
    if header.isEffective { return header.gain }
    let seconds = unit.isRate ? time?.value : 1
    guard let seconds else { return nil }
    switch unit.quantity {
    case .foreign: return nil
    case .electrons:
      let unused =
        header.gain.map { gain -> String? in
          gain.value == .constant(1) ? nil : "GAIN \(gain.value.typical) is not used"
        } ?? nil
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

  /// - Parameter gain: of the pixels [electron/unit].
  private static func noise(
    _ noise: Known<DetectorValue>, _ header: HeaderDetector, _ unit: PixelUnit, _ gain: DetectorValue,
    _ time: Known<Double>?, knowsGain: Bool
  ) -> Known<DetectorValue>? {
    var out = noise
    if header.isNoiseInADU, !header.isEffective {
      // ADU of the raw frame.
      switch unit.quantity {
      case .electrons:
        guard let raw = header.gain else { return nil }
        out.value = noise.value.combined(with: raw.value) { $0 * $1 }.combined(with: gain) { $0 / $1 }
        out.source.add("\(noise.value.typical) ADU")
      default:
        guard let seconds = unit.isRate ? time?.value : 1 else { return nil }
        out.value = noise.value.scaled(by: 1 / (seconds * unit.scale))
        if unit.isRate { out.source.add("\(noise.value.typical) ADU in \(seconds.plain) s") }
      }
      return out
    }
    if header.isNoiseInADU { return out }
    guard knowsGain else { return nil }
    out.value = noise.value.combined(with: gain) { $0 / $1 }
    if gain != .constant(1) || unit.quantity != .electrons {
      out.source.add("\(noise.value.typical) electrons")
    }
    return out
  }

  // MARK: - What is missing

  private static func noGain(
    _ image: Image, _ header: HeaderDetector, _ unit: PixelUnit, _ time: Known<Double>?
  ) -> CRSError {
    let expected = "gain=NUMBER [e-/\(unit.inDenominator)]"
    if let lost = image.detector.lost {
      return .usage(
        "the gain is not known, it does not hold for \(lost)", parameter: "gain",
        expected: expected + " and rnoise=")
    }
    if unit.quantity == .foreign {
      return .usage(
        "the pixels are in \(unit), which is no unit of counts or electrons", parameter: "gain",
        expected: expected + " and rnoise=NUMBER [\(unit)]")
    }
    if unit.isRate, time == nil {
      return .usage(
        "the pixels are in \(unit) and the exposure time (EXPTIME) is not known", parameter: "gain",
        expected: expected + " and rnoise=NUMBER [\(unit)]")
    }
    return .usage(
      "the gain is not known", parameter: "gain", expected: expected,
      hint: header.unusedGains.first ?? "or load the file with gain=, or a header with GAIN")
  }

  private static func noNoise(_ image: Image, _ header: HeaderDetector, _ unit: PixelUnit) -> CRSError {
    let expected = "rnoise=NUMBER [\(unit.name)]"
    if let lost = image.detector.lost {
      return .usage(
        "the readout noise is not known, it does not hold for \(lost)", parameter: "rnoise",
        expected: expected)
    }
    return .usage(
      "the readout noise is not known", parameter: "rnoise", expected: expected,
      hint: header.unusedNoises.first ?? "or load the file with rnoise=, or a header with RDNOISE")
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
  /// How many times as noisy the image is as a gain [electron/ADU] and a readout noise allow; nil when that cannot be
  /// measured.
  fileprivate func excess(gain: Double, noise: DetectorValue?, isADU: Bool, bias: DetectorValue?) -> Double? {
    guard unit.quantity == .counts || unit.quantity == .none, !unit.isRate else { return nil }
    let electrons = noise.map { isADU ? $0.typical * gain : $0.typical } ?? 0
    let background = bias.map { bias -> Plane<Float> in
      pixels.map { _ in Float(bias.typical) }
    }
    let check = try? NoiseCheck(
      pixels, parameters: LACosmicParameters(gain: gain, readNoise: electrons), mask: mask,
      background: background,
      work: Work())
    return check?.ratio
  }
}
