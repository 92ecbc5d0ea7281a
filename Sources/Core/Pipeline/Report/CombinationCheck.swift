import Files
import Kernels

/// What is to be said of a combination whose exposures have unlike levels: of which numbers, whether they were brought to
/// one scale, and how they are.
package struct CombinationCheck: Sendable {
  /// A sentence each.
  package let notes: [String]

  /// Factors that differ from the ratio of exposure times by less than this part follow them.
  private static let following = 0.1

  /// - Parameters:
  ///   - matched: the exposures with levels matched; nil where values are taken as they are.
  ///   - factors: relative flux that exposures are divided by; nil for none.
  package init(
    _ stack: Stack, _ facts: [DetectorFacts], matched: MatchedExposures? = nil, factors: [Double]? = nil
  ) {
    let levels = ExposureLevels(stack.exposures, facts)
    var notes: [String] = []
    let isMatched = matched?.gainRatios.contains { $0 != .constant(1) } ?? false
    if let gains = levels.gainText {
      notes.append(
        gains
          + (isMatched
            ? "; their levels are matched to that of the first one"
            : "; values are taken as they are: load FILES unit=electron brings them to one scale"))
    }
    let isScaled = factors?.contains { $0 != 1 } ?? false
    if let times = levels.timeText, levels.areRates {
      notes.append(times + "; each counts alike")
    } else if let times = levels.timeText, !isScaled {
      notes.append(
        times
          + "; values are taken as they are: crmasks with flux_factor=auto, and combine with its masks, bring them "
          + "to one scale")
    }
    self.notes = notes
  }

  /// What headers say of exposures that a file of settings gives one gain and readout noise, a sentence each.
  package static func oneDetector(_ images: [Image]) -> [String] {
    let levels = ExposureLevels(images)
    return [
      levels.gainText.map { "by their headers \($0); the gain of the file is taken for all" },
      levels.timeText.map {
        levels.areRates
          ? "\($0): no gain is that of all; a stack of the files, crmasks [FILES], takes the headers' gain with each time"
          : "\($0); \(levels.timeRatios ?? "")"
      },
    ].compactMap { $0 }
  }
}
