import Kernels

/// What the detector says about its numbers.
package enum PValueReport {
  package static func warnings(_ result: PValueDetector.Summary) -> [String] {
    guard let ratio = result.darkNoise, abs(ratio - 1) > 0.05 else { return [] }
    return [
      "dark pixels scatter \(ratio.fixed(2)) times as much as gain and readout noise say: the numbers of false alarms do "
        + "not hold; check rnoise, bias and gain"
    ]
  }

  package static func lines(_ result: PValueDetector.Summary) -> [String] {
    let expected = result.expectedFalseAlarms.reduce(0, +)
    return [
      "pvalue: probabilities below 10^\(result.logThreshold.fixed(2)) are flagged: \(result.flagged.core) pixels, "
        + "with their neighbours \(result.flagged.all)",
      "  false alarms asked \(result.askedFalseAlarms.short), expected \(expected.short) (from pixels with 0, 1, ... "
        + "hits: " + result.expectedFalseAlarms.map(\.short).joined(separator: ", ") + ")",
      "  hit values \((100 * result.hitFraction).fixed(3)) %, position scatter \(result.mismatch.fixed(3)) pixel, "
        + "evaluated \((100 * result.evaluatedFraction).fixed(1)) % of the pixels",
    ]
      + (result.changingPart > 0
        ? [
          "  on lines with \((100 * result.changingPart).fixed(2)) % of the pixels the exposures differ by more than noise: "
            + "it is taken larger there"
        ] : [])
  }
}
