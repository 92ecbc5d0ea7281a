import Kernels

/// The levels that gains and exposure times give exposures of the same sky, and what is to be said where they differ.
package struct ExposureLevels: Sendable {
  /// Level relative to the first exposure; 1 where neither gains nor times tell it.
  package let relative: [Double]
  /// Gain of counts [electron/ADU], of rates that of their counts; nil where one is not known.
  package let gains: [Double]?
  /// Exposure times [s]; nil where one is not known.
  package let times: [Double]?
  private let labels: [String]
  /// Whether combinations stand among single exposures, whose gains say nothing of levels.
  private let areMixed: Bool
  /// Whether values are counts or electrons of one second.
  package let areRates: Bool

  /// Differences up to this part of the larger number are none.
  private static let alike = 0.01

  /// - Parameters:
  ///   - exposures: at least one, in units of one kind.
  ///   - facts: what is known of each.
  package init(_ exposures: [Image], _ facts: [DetectorFacts]) {
    labels = exposures.indices.map { exposures[$0].label(number: $0 + 1) }
    areRates = exposures.allSatisfy(\.unit.isRate)
    let isPhysical = exposures.allSatisfy { $0.unit.quantity != .foreign }
    let times = facts.compactMap { $0.exposureTime?.value }
    let gains = facts.compactMap { $0.gain?.value.typical }
    let knownTimes = times.count == facts.count ? times : nil
    let knownGains = gains.count == facts.count ? gains : nil
    self.times = isPhysical ? knownTimes : nil
    if areRates {
      self.gains =
        isPhysical
        ? knownGains.flatMap { gains in knownTimes.map { zip(gains, $0).map { $0 / $1 } } } : nil
    } else {
      self.gains = isPhysical ? knownGains : nil
    }
    var levels = exposures.map { _ in 1.0 }
    // The gain of a combination is that of its noise; its level is that of one exposure.
    areMixed = Set(exposures.map(\.numberOfExposures)).count > 1
    if let gains = self.gains, !areMixed { levels = zip(levels, gains).map { $0 / $1 } }
    if let times = self.times, !areRates { levels = zip(levels, times).map { $0 * $1 } }
    relative = levels.map { $0 / levels[0] }
  }

  /// Exposures with what they carry.
  package init(_ exposures: [Image]) { self.init(exposures, exposures.map(\.knownDetector)) }

  /// Exposures, or sums of some, that are added: a sum beside exposures like those that it was made of is no other level.
  package init(summed exposures: [Image]) {
    var facts = exposures.map(\.knownDetector)
    let each = exposures.map(\.timeOfEachSummed)
    if !Self.differ(each.compactMap { $0 }), !each.contains(nil) {
      for k in facts.indices { facts[k].exposureTime?.value = each[k] ?? 0 }
    }
    self.init(exposures, facts)
  }

  private static func differ(_ values: [Double]?) -> Bool {
    guard let values, let low = values.min(), let high = values.max() else { return false }
    return high - low > alike * high
  }

  /// Whether the same sky has unlike levels.
  package var areUnlike: Bool { Self.differ(relative) }
  package var haveUnlikeGains: Bool { !areMixed && Self.differ(gains) }
  package var haveUnlikeTimes: Bool { Self.differ(times) }

  /// `the exposures have different gains: 2 (a.fits), 1 (b.fits)`; nil where they agree.
  package var gainText: String? {
    guard let gains, haveUnlikeGains else { return nil }
    return "the exposures have different gains: "
      + listed(areRates ? gains.map { ($0 * 1e6).rounded() / 1e6 } : gains, "")
  }

  /// The same for exposure times; nil where they agree.
  package var timeText: String? {
    guard let times, haveUnlikeTimes else { return nil }
    return
      (areRates
      ? "the exposures are rates of different exposure times: "
      : "the exposures have different exposure times: ")
      + listed(times, " s")
  }

  /// `relative to the first one 1, 3`, of exposure times that differ.
  package var timeRatios: String? {
    guard let times, haveUnlikeTimes else { return nil }
    return "relative to the first one " + times.map { ($0 / times[0]).short }.joined(separator: ", ")
  }

  private func listed(_ values: [Double], _ unit: String) -> String {
    zip(values, labels).map { "\($0.plain)\(unit) (\($1))" }.joined(separator: ", ")
  }
}
