import Kernels

/// Gain, readout noise and bias of exposures, each in its own unit: the arguments, what an exposure carries, or its
/// header. The one lookup for single images, stacks and pairs.
package struct DetectorLookup: Sendable {
  /// What a command uses: it is reported, and gain and noise must be known.
  package struct Need: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let gain = Need(rawValue: 1)
    package static let noise = Need(rawValue: 2)
    package static let bias = Need(rawValue: 4)
    package static let all: Need = [.gain, .noise, .bias]
  }

  /// One for each exposure; where a number is not needed and not known it is 1 or 0.
  package let each: [Detector]
  /// What is known of each exposure, and from where.
  package let facts: [DetectorFacts]
  /// Whether gain and readout noise of every exposure are known; otherwise its errors tell the noise.
  package let knowsNoise: Bool
  /// The detector of all exposures when theirs agree within 1 %.
  package let common: Detector?
  /// The common detector, or the first exposure's.
  package var detector: Detector { common ?? each[0] }
  /// `gain 1.9 e-/ADU (header GAIN, HDU 0)` and the like.
  package let sources: [String]
  /// What the pixels of the first exposure are multiplied with to give the counts or electrons of the whole exposure:
  /// its time where they are rates, and the power of ten of the unit.
  package let rawFactor: Double
  /// What deserves a note: different gains or exposure times.
  package let notes: [String]

  /// - Parameter allowsErrors: whether errors may stand for gain and readout noise that are not known and not given.
  /// - Throws: `CRSError` (usage) that says how to give what is not known.
  package init(
    stack: Stack, gain: Double?, readoutNoise: Double?, bias: BiasChoice?, need: Need = .all,
    allowsErrors: Bool = false
  ) throws {
    try self.init(stack.exposures, gain, readoutNoise, bias, need, allowsErrors)
  }

  package init(
    image: Image, gain: Double?, readoutNoise: Double?, bias: BiasChoice? = nil, need: Need = .all,
    allowsErrors: Bool = false
  ) throws {
    try self.init([image], gain, readoutNoise, bias, need, allowsErrors)
  }

  private init(
    _ exposures: [Image], _ gain: Double?, _ readoutNoise: Double?, _ bias: BiasChoice?, _ need: Need,
    _ allowsErrors: Bool
  ) throws {
    var level: Double?
    if case .level(let given)? = bias { level = given }
    let arguments = DetectorFacts(gain: gain, readoutNoise: readoutNoise, bias: level, source: .argument)
    let found = try exposures.map { image in
      try Self.naming(exposures.count > 1 ? image : nil) {
        try ExposureDetector(image, arguments, measuresBias: bias == .measured)
      }
    }
    // A number that somebody gave asks for the other one.
    let mayUseErrors = allowsErrors && arguments.gain == nil && arguments.readoutNoise == nil
    var usesErrors = found.map { mayUseErrors && !$0.knowsNoise && $0.hasErrors }
    if exposures.count > 1, usesErrors.contains(true) {
      // Errors and numbers of the detector do not mix.
      let haveErrors = found.allSatisfy(\.hasErrors)
      usesErrors = found.map { _ in haveErrors }
    }
    knowsNoise = !usesErrors.contains(true)
    let each = try found.indices.map { k in
      try Self.naming(exposures.count > 1 ? exposures[k] : nil) {
        try found[k].detector(usesErrors[k] ? need.intersection(.bias) : need)
      }
    }
    self.each = each
    facts = found.map(\.facts)
    common = each.dropFirst().allSatisfy { $0.isClose(to: each[0]) } ? each.first : nil
    rawFactor = found[0].rawFactor
    sources = Self.lines(
      zip(found, usesErrors).map { $0.lines(need, usesErrors: $1, isStack: exposures.count > 1) }, exposures)
    notes =
      Self.differences(facts, exposures) + (exposures.count > 1 ? Self.refusedTimes(exposures) : [])
      + (bias == .measured ? Self.refusedSections(exposures) : [])
      + (Self.unlikeBiases(facts, each, exposures).map { [$0] } ?? [])
  }

  /// Errors of one exposure among others name its file.
  private static func naming<Result>(_ image: Image?, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch var error as CRSError {
      error.file = error.file ?? image?.origin?.file
      throw error
    }
  }

  /// Each line once, those of one number together; lines that hold for some of the exposures name them.
  private static func lines(_ found: [[String]], _ exposures: [Image]) -> [String] {
    var order: [String] = []
    var members: [String: [Int]] = [:]
    for (k, lines) in found.enumerated() {
      for line in lines {
        if members[line] == nil { order.append(line) }
        members[line, default: []].append(k)
      }
    }
    func name(_ line: String) -> Substring { line.prefix { $0 != " " } }
    var names: [Substring] = []
    for line in order where !names.contains(name(line)) { names.append(name(line)) }
    return names.flatMap { first in order.filter { name($0) == first } }.map { line in
      let which = members[line] ?? []
      return which.count == exposures.count
        ? line : line + ": " + which.map { exposures[$0].label(number: $0 + 1) }.joined(separator: ", ")
    }
  }

  /// Exposure times that cannot be used, where the times of the exposures are compared.
  private static func refusedTimes(_ exposures: [Image]) -> [String] {
    guard !exposures[0].unit.isRate else { return [] }
    return exposures.indices.compactMap { k in
      exposures[k].refusedTime.map {
        "\(exposures[k].label(number: k + 1)): \($0); exposure times are not compared, flux_factor= gives the "
          + "relative fluxes"
      }
    }
  }

  /// Biases that the exposures' own pixels told, where one of them cannot be right.
  private static func unlikeBiases(
    _ facts: [DetectorFacts], _ each: [Detector], _ exposures: [Image]
  ) -> String? {
    let biases = facts.compactMap { fact -> Double? in
      guard let bias = fact.bias, case .measured = bias.source else { return nil }
      return bias.value.typical
    }
    guard biases.count == exposures.count else { return nil }
    return MeasuredBiases.note(
      biases, noise: each.map(\.readoutNoise.typical).max() ?? 0, unit: exposures[0].unit.name)
  }

  /// Sections of the overscan that cannot be used, where it is looked for.
  private static func refusedSections(_ exposures: [Image]) -> [String] {
    exposures.indices.flatMap { k in
      ImagingArea.refusals(exposures[k], Overscan.stems).map {
        "\(exposures[k].label(number: k + 1)): \($0)"
      }
    }
  }

  private static func differences(_ facts: [DetectorFacts], _ exposures: [Image]) -> [String] {
    let levels = ExposureLevels(exposures, facts)
    var notes = levels.gainText.map { [$0] } ?? []
    if let times = levels.timeText {
      notes.append(
        levels.areRates
          ? times + "; each keeps the noise of its own time"
          : times + "; " + (levels.timeRatios ?? ""))
    }
    return notes
  }
}

extension Image {
  /// How notes call an exposure: by its file, otherwise by its number.
  package func label(number: Int) -> String {
    place ?? "exposure \(number)"
  }

  /// `a.fits`, with the HDU where the file has several images; nil for an image that was made.
  package var place: String? {
    origin.map { origin in
      let hdu = origin.siblings > 0 ? "[\(origin.hdu)]" : ""
      return (origin.file + hdu + (origin.plane.map { "[*,*,\($0)]" } ?? "")).visibleLine
    }
  }
}

extension Detector {
  /// Whether gain, noise and bias agree within 1 %.
  fileprivate func isClose(to other: Detector) -> Bool {
    func agree(_ a: DetectorValue, _ b: DetectorValue) -> Bool {
      if case .constant(let x) = a, case .constant(let y) = b {
        return abs(x - y) <= 0.01 * max(abs(x), abs(y))
      }
      return a == b
    }
    return agree(gain, other.gain) && agree(readoutNoise, other.readoutNoise) && agree(bias, other.bias)
  }
}
