import Foundation

extension PValueDetector {
  /// What stands out of one exposure.
  public struct Single: Sendable {
    public let mask: Mask
    /// Pixels probable enough that another detector's word counts.
    public let admitted: Mask
  }

  /// Flags what single exposures show beyond the clean mean of all, with as many false alarms for each as
  /// `PValueOptions.falseAlarms`.
  ///
  /// The expectation is the clean mean, improved by the prediction of the neighbours; its error adds to the noise.
  /// - Throws: `CRSError.interrupted`.
  public func singles(allowed: Mask) throws -> [Single] {
    let pixels = Double(max(1, allowed.plane.count))
    let probability = min(
      options.expectedFalseAlarms(pixels: allowed.plane.count) / pixels, options.largestProbability)
    let limit = -log10(probability)
    return try exposures.indices.map { k in
      let score = try singleScore(k)
      let core = try flags(score, above: limit, allowed)
      let admitted = try flags(score, above: max(0.3, limit - 2), allowed)
      guard options.hysteresis > 0 else { return Single(mask: core, admitted: admitted) }
      let loose = try flags(score, above: max(1.5, limit - options.hysteresis), allowed)
      return Single(mask: Self.connected(loose | core, to: core), admitted: admitted)
    }
  }

  /// -log10 of the probability that noise raises exposure `k` so far above the clean mean.
  private func singleScore(_ k: Int) throws -> Plane<Float> {
    let shape = exposures[k].shape
    let factor = factors[k]
    let others = Float(exposures.count - 1)
    let (noise, finite, isMoved) = (noise, finite, model.isMoved)
    let priors = prior.map { [$0.prediction, $0.deviation] } ?? []
    let variance = Float(mismatch.variance)
    return try withPixels(of: [exposures[k], model.reference(k), mismatch.gradientSquared] + priors) {
      sources in
      nonisolated(unsafe) let sources = sources
      return try .byRows(shape, work: work) { y, row in
        for x in 0..<shape.width {
          let i = y * shape.width + x
          row[x] = 0
          let level = sources[1][i]
          let (perSignal, readout) = noise.at(i)
          let squared = max(level, 0) * perSignal + readout
          let excess = sources[0][i] - level
          // 2.5 standard deviations before anything is evaluated.
          guard excess > 0, excess * excess > 6.25 * squared else { continue }
          if let finite, finite.pixels[i] == 0 { continue }
          var (expected, error) = (level, squared / others)
          if !priors.isEmpty, !isMoved {
            let d = sources[4][i]
            let v = max(d * d - 0.5 * squared / (others + 1), 0.16 * squared)
            // Predictions that fail are not averaged in.
            let miss = sources[3][i] - level
            if miss * miss < 9 * (v + error) {
              expected = (level * v + sources[3][i] * error) / (v + error)
              error = v * error / (v + error)
            }
          }
          let extra = error + variance * sources[2][i]
          let z = NoiseScore.z(
            Double(sources[0][i]), lambda: Double(expected),
            variance: Double(readout) / (factor * factor) + Double(extra), gain: factor / Double(perSignal))
          row[x] = Float(-NoiseScore.logTail(z) * 0.4342944819032518)
        }
      }
    }
  }
}
