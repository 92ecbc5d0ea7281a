/// Recognises exposures from which another one was subtracted: values far below 0 in all of them, and noise that
/// their levels do not explain.
package struct DifferenceCheck: Sendable, Equatable {
  /// Scatter between exposures where their level is low, over what gain and readout noise make expect.
  package let scatter: Double
  /// Pixels that lie far below 0 in most exposures, and single values that do.
  package let negativePixels: Int
  package let negativeValues: [Int]
  package let positiveValues: [Int]
  private let compared: Int

  /// Whether the exposures look like differences.
  package var isDifference: Bool {
    let enough = max(20, compared / 5000)
    let isShared = negativePixels >= enough
    let (negative, positive) = (negativeValues.reduce(0, +), positiveValues.reduce(0, +))
    let haveNegativeHits =
      negativeValues.count { $0 >= 8 } * 2 > negativeValues.count && negative >= enough
      && 4 * negative >= positive
    return haveNegativeHits || (isShared && scatter > Self.noisy)
  }

  /// More scatter than this contradicts the noise model.
  private static let noisy = 1.15
  /// Pixels that are looked at, at most.
  private static let sample = 100_000
  private static let far: Float = 7

  /// nil where no pixel is dark enough: differences have levels around 0.
  ///
  /// - Parameters:
  ///   - exposures: on one scale [ADU], at least 2; NaN where a value does not count.
  ///   - median: of the same.
  ///   - factors: relative fluxes that they were divided by.
  package init?(
    _ exposures: [Plane<Float>], median: Plane<Float>, factors: [Double] = [], noise: StackNoise
  ) {
    let n = exposures.count
    guard
      let found = StackScatter(exposures, median: median, factors: factors, noise: noise, dark: true)
    else { return nil }
    scatter = found.ratio
    let divisors = factors.count == n && factors.areUnlikeFactors ? factors.map { Float($0) } : []
    func deviation(_ k: Int, _ i: Int) -> Float {
      let readout = noise[k].at(i).readout.squareRoot()
      return divisors.isEmpty ? readout : readout / divisors[k]
    }
    // A step that shares no divisor with usual widths, so that no column is favoured.
    let step = max(1, median.count / Self.sample) | 1
    let scale = Float(max(1, scatter)) * Self.far
    var (pixels, all) = (0, 0)
    var (negative, positive) = (exposures.map { _ in 0 }, exposures.map { _ in 0 })
    for i in stride(from: 0, to: median.count, by: step) where median.pixels[i].isFinite {
      all += 1
      let level = median.pixels[i]
      if level < -scale * deviation(0, i) { pixels += 1 }
      for k in 0..<n {
        let limit = scale * deviation(k, i)
        let value = exposures[k].pixels[i]
        if value < min(level, 0) - limit { negative[k] += 1 }
        if value > max(level, 0) + limit { positive[k] += 1 }
      }
    }
    (negativePixels, negativeValues, positiveValues, compared) = (pixels, negative, positive, all)
  }
}
