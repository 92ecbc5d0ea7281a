import Kernels

/// Finds gain, readout noise and bias of a stack or image: the argument, the value's own, or the header.
package struct DetectorLookup: Sendable {
  package let detector: Detector
  /// `gain 1.9 e-/ADU (header GAIN)` and the like.
  package let sources: [String]

  /// - Throws: `CRSError` (usage) that says how to give what is not known.
  package init(stack: Stack, gain: Double?, readoutNoise: Double?, bias: Double?) throws {
    try self.init(
      header: stack.exposures[0].header, hints: stack.detector, own: stack.exposures[0].detector, gain: gain,
      readoutNoise: readoutNoise, bias: bias)
  }

  package init(image: Image, gain: Double?, readoutNoise: Double?, bias: Double? = nil) throws {
    if image.unit == .electron, gain == nil, image.detector.gain == nil {
      try self.init(
        header: image.header, hints: DetectorHints(gain: .constant(1)), own: image.detector, gain: nil,
        readoutNoise: readoutNoise, bias: bias)
      return
    }
    try self.init(
      header: image.header, hints: image.detector, own: DetectorHints(), gain: gain,
      readoutNoise: readoutNoise,
      bias: bias)
  }

  private init(
    header: Header, hints: DetectorHints, own: DetectorHints, gain: Double?, readoutNoise: Double?,
    bias: Double?
  ) throws {
    var sources: [String] = []
    func value(_ name: String, _ unit: String, _ value: DetectorValue, _ source: String) -> DetectorValue {
      sources.append("\(name) \(value.typical) \(unit) (\(source))")
      return value
    }
    /// What is wrong with a card that is there.
    func refused(_ key: String, _ range: String) -> String? {
      (header.number(key).map { "\($0)" } ?? header.text(key)).map {
        "the header's \(key) is \($0), not a number \(range)"
      }
    }
    let foundGain: DetectorValue
    if let gain {
      foundGain = value("gain", "e-/ADU", .constant(gain), "argument")
    } else if let known = hints.gain ?? own.gain {
      foundGain = value("gain", "e-/ADU", known, "value")
    } else if let number = header.number("GAIN"), number > 0, number.isFinite {
      foundGain = value("gain", "e-/ADU", .constant(number), "header GAIN")
    } else {
      throw CRSError.usage(
        "the gain is not known", parameter: "gain", expected: "gain=NUMBER [e-/ADU]",
        hint: refused("GAIN", "above 0") ?? "or load the file with gain=, or a header with GAIN")
    }
    let foundNoise: DetectorValue
    if let readoutNoise {
      foundNoise = value("rnoise", "ADU", .constant(readoutNoise), "argument")
    } else if let known = hints.readoutNoise ?? own.readoutNoise {
      foundNoise = value("rnoise", "ADU", known, "value")
    } else if let number = header.number("RDNOISE"), number >= 0, number.isFinite {
      let isADU = (header.comment(of: "RDNOISE") ?? "").lowercased().contains("adu")
      foundNoise = value(
        "rnoise", "ADU", .constant(isADU ? number : number / foundGain.typical),
        isADU ? "header RDNOISE" : "header RDNOISE in electrons")
    } else {
      throw CRSError.usage(
        "the readout noise is not known", parameter: "rnoise", expected: "rnoise=NUMBER [ADU]",
        hint: refused("RDNOISE", "from 0 up") ?? "or load the file with rnoise=, or a header with RDNOISE")
    }
    let foundBias: DetectorValue
    if let bias {
      foundBias = value("bias", "ADU", .constant(bias), "argument")
    } else if let known = hints.bias ?? own.bias {
      foundBias = value("bias", "ADU", known, "value")
    } else {
      foundBias = .constant(0)
    }
    detector = Detector(gain: foundGain, readoutNoise: foundNoise, bias: foundBias)
    self.sources = sources
  }
}
