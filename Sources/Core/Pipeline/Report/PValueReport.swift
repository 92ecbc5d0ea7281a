import Kernels

/// What the detector says about its numbers.
package enum PValueReport {
  /// - Parameters:
  ///   - readoutNoise: what it was taken for [ADU]; nil where exposures differ.
  ///   - isExplained: it was said already why they scatter otherwise than their noise says.
  package static func warnings(
    _ result: PValueDetector.Summary, readoutNoise: Double? = nil, isExplained: Bool = false
  ) -> [String] {
    (isExplained ? [] : dark(result, readoutNoise)) + unevaluated(result, isExplained)
  }

  /// Where pixels are dark beside light ones, those whose noise lies low count as darker than they are: a tenth is no
  /// contradiction.
  private static let worthTelling = 0.12

  private static func dark(_ result: PValueDetector.Summary, _ readoutNoise: Double?) -> [String] {
    // Where many values are hit, what is near the lowest one is hit too.
    guard let ratio = result.darkNoise, abs(ratio - 1) > worthTelling,
      ratio < 1 || result.hitFraction < BroadHits.dense
    else { return [] }
    let measured = readoutNoise.flatMap { noise in
      noise > 0
        ? ": where photons make less noise than the readout, rnoise near \((ratio * noise).short) would suit them"
        : nil
    }
    return [
      "dark pixels scatter \(ratio.fixed(2)) times as much as gain and readout noise predict\(measured ?? ""). The numbers "
        + "of false alarms are wrong; check rnoise, bias and gain"
    ]
  }

  /// Of normal noise some per cent of the pixels differ enough to be evaluated.
  private static let fewest = 5e-4

  private static func unevaluated(_ result: PValueDetector.Summary, _ isExplained: Bool) -> [String] {
    guard result.evaluatedFraction < fewest else { return [] }
    return [
      "only \((100 * result.evaluatedFraction).fixed(4)) % of the pixels differ as much between the exposures as noise makes "
        + "some per cent of them differ: hardly any pixel was tested"
        + (isExplained ? "" : ". The assumed noise is too large; check bias, gain and rnoise")
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
      + followed(result.followedPixels).map { "  " + $0 }
  }

  /// - Parameter pixels: of sources whose changes were followed.
  static func followed(_ pixels: Int) -> [String] {
    guard pixels > 0 else { return [] }
    return [
      "sources of the exposures differ a little in sharpness, place or brightness, at \(pixels) pixels by more than 2 "
        + "standard deviations: this was followed before hits were looked for"
    ]
  }
}
