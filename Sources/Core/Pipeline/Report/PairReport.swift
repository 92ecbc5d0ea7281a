import Files
import Kernels

/// What is told of two exposures that are judged by their noise.
package enum PairReport {
  /// What changed smoothly between them, a line for each axis.
  package static func lines(_ changes: SmoothChanges) -> [String] {
    let steps = changes.steps.map { step in
      "along \(step.isAlongX ? "x" : "y") \(step.before.short) -> \(step.after.short)"
    }
    return [
      "smooth changes between the exposures are followed: mean square of their difference in units of the noise "
        + steps.joined(separator: ", ")
        + " (scale=none leaves them); the exposures are expected to differ by more than the noise in "
        + "\((100 * changes.changedPart).fixed(2)) % of the pixels"
    ]
  }

  /// What was asked and found.
  ///
  /// - Parameter found: pixels of each exposure.
  package static func lines(_ pair: PValueDetector.PairSummary, found: [Int]) -> [String] {
    var lines = [
      "pvalue: probabilities below 10^\(pair.logThreshold.fixed(2)) are flagged, \(pair.askedFalseAlarms.short) false "
        + "alarms asked in each exposure",
      "hit pixels: "
        + found.enumerated().map { "\($0.element) of exposure \($0.offset + 1)" }.joined(separator: ", "),
    ]
    if pair.changingPart > 0 {
      lines.append(
        "on lines with \((100 * pair.changingPart).fixed(2)) % of the pixels the exposures differ by more than noise: "
          + "it is taken larger there")
    }
    return lines + PValueReport.followed(pair.followedPixels)
  }

  /// That more noise was taken than gain and readout noise say.
  ///
  /// - Parameter unit: of the exposures.
  package static func note(_ raised: StackScatter.Raised, unit: PixelUnit = .adu) -> String {
    let perUnit = "e-/" + unit.inDenominator
    if let gain = raised.gain, raised.measured.short == raised.assumed.short {
      return
        "the exposures differ as if the gain were \(gain.short) \(perUnit): so much noise is taken; give "
        + "gain=\(gain.short) if that is right, and check bias and rnoise if it is not"
    }
    let gain = raised.gain.map { (" and the gain \($0.short) \(perUnit)", " gain=\($0.short)") } ?? ("", "")
    return
      "the exposures differ as if the readout noise were \(raised.measured.short) \(unit.name), not \(raised.assumed.short)\(gain.0): so "
      + "much is taken; give rnoise=\(raised.measured.short)\(gain.1) if that is right, and check gain and bias if it is not"
  }

  /// The counts of a run.
  static func lines(_ result: MaskingResult) -> [String] {
    guard let pair = result.pair else { return [] }
    let found = result.detections.dropFirst(2).map(\.counts.either)
    return (result.findings.changes.map(lines) ?? [])
      + lines(pair, found: found)
      + [
        "hit in both exposures: \(result.findings.coincidences) pixels, that neither can repair"
      ]
  }
}
