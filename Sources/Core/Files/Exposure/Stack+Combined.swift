import Kernels

/// How an image was made of the exposures of a stack.
package struct Combination: Sendable {
  package enum Method: Sendable { case mean, median, other(String) }
  package var method: Method
  /// Each exposure was divided by its relative flux; nil: by none.
  package var factors: [Double]?
  /// What values were divided by in all, the matching of gains included; nil: by the factors alone.
  package var divisors: [DetectorValue]?
  /// Whether the bias of each exposure was subtracted.
  package var subtractsBias: Bool
  /// What is known of each exposure.
  package var facts: [DetectorFacts]

  fileprivate var isMedian: Bool { if case .median = method { true } else { false } }

  /// - Parameter facts: nil for what the exposures carry.
  package init(
    _ method: Method, of stack: Stack, factors: [Double]? = nil, subtractsBias: Bool = false,
    facts: [DetectorFacts]? = nil
  ) {
    (self.method, self.factors, self.subtractsBias) = (method, factors, subtractsBias)
    self.facts = facts ?? stack.exposures.map(\.knownDetector)
  }
}

extension Stack {
  /// The image that a combination makes: headers of the first exposure, with the gain, readout noise and time that fit
  /// the pixels, the number of exposures and their names.
  package func combined(
    _ pixels: Plane<Float>, by combination: Combination, mask: Mask? = nil, planes: [ExtraPlane] = []
  ) -> Image {
    let first = exposures[0]
    var out = Image(pixels: pixels, unit: first.unit, header: first.header, mask: mask, planes: planes)
    (out.primaryHeader, out.inputType, out.origin) = (first.primaryHeader, first.inputType, first.origin)
    out.origin?.others = exposures.reduce(exposures.count - 1) { $0 + ($1.origin?.others ?? 0) }
    out.detector = detector(of: combination)
    out.writeTimes(exposures, combination)
    out.writeNumber(of: exposures)
    out.header.remove("BLANK")
    let names = exposures.compactMap { $0.origin?.file }
    if names.count == exposures.count {
      out.header.addHistory("combined from \(names.count) exposures:")
      names.forEach { out.header.addHistory("- " + ($0.split(separator: "/").last.map(String.init) ?? $0)) }
    }
    out.writeDetectorCards()
    return out
  }

  /// Gain, readout noise, bias and time of the combination.
  private func detector(of combination: Combination) -> DetectorFacts {
    var out = DetectorFacts()
    let facts = combination.facts
    let count = Double(exposures.count)
    let factors = combination.factors ?? exposures.map { _ in 1 }
    let divisors = combination.divisors ?? factors.map { .constant($0) }
    let spread: Double
    switch combination.method {
    case .mean: spread = 1
    case .median: spread = OrderNoise.medianFactor(exposures.count)
    case .other(let reason):
      out.lost = reason
      spread = 1
    }
    let times = facts.compactMap { $0.exposureTime?.value }
    if times.count == exposures.count {
      out.exposureTime = Known(effectiveTime(times, factors, combination), .value)
    }
    if combination.subtractsBias {
      out.bias = facts.contains { $0.bias != nil } ? Known(.constant(0), .value) : nil
    } else if facts.allSatisfy({ $0.bias != nil }) {
      out.bias = Known(
        sum(zip(facts, divisors).map { ($0.bias?.value ?? .constant(0)).combined(with: $1) { $0 / $1 } })
          .scaled(by: 1 / count),
        .value)
    }
    guard out.lost == nil else { return out }
    // Variances of a mean add up: level/gain + noise^2, each over the square of the number. Where levels are unlike, as
    // nothing matched them, an exposure's level is its share of the common one.
    let shares =
      combination.divisors == nil && combination.factors == nil
      ? self.shares(facts, combination) : factors.map { _ in 1 }
    if facts.allSatisfy({ $0.gain != nil }) {
      let inverse = sum(
        zip(zip(facts, divisors), shares).map { fact, share in
          (fact.0.gain?.value ?? .constant(1)).combined(with: fact.1) { share / ($0 * $1) }
        })
      out.gain = Known(inverse.combined(with: .constant(count * count / spread)) { $1 / $0 }, .value)
    }
    if facts.allSatisfy({ $0.readoutNoise != nil }) {
      let squares = sum(
        zip(facts, divisors).map { fact, divisor in
          (fact.readoutNoise?.value ?? .constant(0)).combined(with: divisor) { $0 * $0 / ($1 * $1) }
        })
      out.readoutNoise = Known(
        squares.combined(with: .constant(spread / (count * count))) { ($0 * $1).squareRoot() }, .value)
    }
    if out.gain == nil && out.readoutNoise == nil {
      out.lost = facts.compactMap(\.lost).first
    }
    return out
  }

  /// The level of each exposure over that of the combination, as far as gains and times tell.
  private func shares(_ facts: [DetectorFacts], _ combination: Combination) -> [Double] {
    let levels = ExposureLevels(exposures, facts).relative
    let common = combination.isMedian ? median(levels) : levels.reduce(0, +) / Double(levels.count)
    return levels.map { $0 / common }
  }

  private func median(_ values: [Double]) -> Double { values.sorted().middle ?? 1 }

  private func sum(_ values: [DetectorValue]) -> DetectorValue {
    values.dropFirst().reduce(values.first ?? .constant(0)) { $0.combined(with: $1) { $0 + $1 } }
  }

  /// The time that fits the pixels: of rates the sum, of scaled exposures that of the one with a factor nearest to 1,
  /// otherwise that of the level: the mean, or the median.
  private func effectiveTime(_ times: [Double], _ factors: [Double], _ combination: Combination) -> Double {
    if unit.isRate { return times.reduce(0, +) }
    if combination.factors == nil, combination.isMedian { return median(times) }
    if combination.factors != nil,
      let reference = factors.indices.min(by: { abs(factors[$0] - 1) < abs(factors[$1] - 1) })
    {
      return times[reference]
    }
    return times.reduce(0, +) / Double(times.count)
  }
}

extension Image {
  /// How many exposures went into it, NCOMBINE; 1 where nothing tells.
  package var numberOfExposures: Double {
    guard let number = cards.find("NCOMBINE")?.reading.number, number.isFinite else { return 1 }
    return max(1, number)
  }

  /// Writes times of the whole combination: their total, the earliest beginning and the latest end.
  fileprivate mutating func writeTimes(_ exposures: [Image], _ combination: Combination) {
    let times = combination.facts.compactMap { $0.exposureTime?.value }
    if times.count == exposures.count, let effective = detector.exposureTime?.value {
      for keyword in ["EXPTIME", "XPOSURE", "EFFEXPTM", "TEXPTIME"] where cards.find(keyword) != nil {
        setCard(keyword, .real(effective), nil)
      }
      writeTotal(of: exposures, times)
    }
    for (keyword, takesLatest) in [
      ("EXPSTART", false), ("MJD-OBS", false), ("MJD-BEG", false), ("EXPEND", true), ("MJD-END", true),
    ] {
      let numbers = exposures.compactMap { $0.cards.find(keyword)?.reading.number }
      guard numbers.count == exposures.count, let least = numbers.min(), let most = numbers.max() else {
        continue
      }
      setCard(keyword, .real(takesLatest ? most : least), nil)
    }
    writeDates(of: exposures)
  }

  /// Writes how many exposures went into an image of these.
  mutating func writeNumber(of exposures: [Image]) {
    let total = exposures.map(\.numberOfExposures).reduce(0, +)
    if total < 1e9 { setCard("NCOMBINE", .integer(Int(total)), "exposures in the combination") }
  }

  /// Writes the time of all exposures together; combinations bring the total of what went into them.
  ///
  /// - Parameter times: of each [s].
  mutating func writeTotal(of exposures: [Image], _ times: [Double]) {
    let totals = zip(exposures, times).map { exposure, time -> Double in
      guard exposure.numberOfExposures > 1,
        let total = exposure.cards.find("TOTEXP")?.reading.number, total > 0, total.isFinite
      else { return time }
      return total
    }
    setCard("TOTEXP", .real(totals.reduce(0, +)), "[s] exposure time of all exposures together")
  }

  /// Sets a card in the header that has it, otherwise in the image's own; nothing changes where it says the same.
  mutating func setCard(_ keyword: String, _ value: Header.Value, _ comment: String?) {
    func isSame(_ old: Header.Value?) -> Bool {
      switch (old, value) {
      case (.integer(let a)?, .real(let b)): Double(a) == b
      default: old == value
      }
    }
    if header[keyword] == nil, let old = primaryHeader?[keyword] {
      if !isSame(old) { primaryHeader?.set(keyword, value, comment: comment) }
    } else if !isSame(header[keyword]) {
      header.set(keyword, value, comment: comment)
    }
  }
}
