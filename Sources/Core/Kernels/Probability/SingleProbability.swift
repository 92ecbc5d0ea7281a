import Glibc

/// The probability that noise raises one exposure as high as it is, averaged over what the pixel's expectation may
/// be: what the other exposures and the neighbours say (docs/detector.md).
struct SingleProbability {
  let factors: [Double]
  let usesPrior: Bool
  /// Groups of eight nodes.
  private let groups: Int
  private static let centres = RealLanes(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5)
  /// Weight of a cosmic ray that explains why another exposure is high [1/standard deviation]: values more than 4.5
  /// standard deviations above the expectation say nothing about it.
  private static let hit = 1e-5

  init(factors: [Double], usesPrior: Bool, noiseRatio: Double = 1) {
    (self.factors, self.usesPrior) = (factors, usesPrior)
    groups = noiseRatio == 1 ? 3 : noiseRatio < 5 ? max(4, Int((3 * noiseRatio).rounded(.up))) : 16
  }

  /// The probability's decimal logarithm, at most 0.
  ///
  /// - Parameters:
  ///   - judged: number of the exposure.
  ///   - values: of all exposures, divided by their flux factors [ADU]; NaN where one does not count. 0 is the answer
  ///     where no other exposure has one.
  ///   - ratios, shifts: each exposure is expected to show so many times the common expectation, and so much more [ADU].
  func log10(
    of judged: Int, values: UnsafeMutableBufferPointer<Double>, ratios: UnsafeMutableBufferPointer<Double>,
    shifts: UnsafeMutableBufferPointer<Double>, at place: PixelProbability.Surroundings
  ) -> Double {
    var lowest = Double.infinity
    var least = 1.0
    var widest = place.readout
    for k in 0..<factors.count where k != judged && values[k].isFinite {
      lowest = min(lowest, (values[k] - shifts[k]) / ratios[k])
      least = min(least, factors[k])
      widest = max(widest, place.readout(k))
    }
    guard lowest < .infinity else { return 0 }
    let sigma =
      (max(lowest, 0) * place.perSignal / least + widest / (least * least) + place.extraVariance)
      .squareRoot()
    var (low, high) = (lowest - 3 * sigma, lowest + 6 * sigma)
    if usesPrior {
      low = max(min(low, place.prediction - 4 * place.deviation), lowest - 6 * sigma)
      high = min(max(high, place.prediction + 4 * place.deviation), lowest + 8 * sigma)
    }
    let factor = factors[judged]
    let gain = factor / place.perSignal
    let variance = place.readout(judged) / (factor * factor) + place.extraVariance
    let counts = ElectronCounts(values[judged], variance: variance, gain: gain)
    // A few electrons may come from expectations far above their number.
    if counts != nil { high = max(high, lowest + 12 / gain) }
    let nodes = ExpectationNodes(from: low, to: high, isCounted: counts != nil)
    let step = (nodes.last - nodes.first) / Double(8 * groups)
    return withUnsafeTemporaryAllocation(of: RealLanes.self, capacity: 2 * groups) { memory in
      var (largest, highest) = (-Double.infinity, -Double.infinity)
      for m in 0..<groups {
        let t = nodes.first + step * (Self.centres + Double(8 * m))
        let lambda = nodes.expectation(t)
        var weight = RealMath.log(t)
        if usesPrior {
          let d = (lambda - place.prediction) / place.deviation
          weight += RealMath.log(RealMath.exp(-0.5 * d * d) / place.deviation + place.doubt)
        }
        for k in 0..<factors.count where k != judged && values[k].isFinite {
          let expected = lambda * ratios[k] + shifts[k]
          let constant = place.readout(k) / (factors[k] * factors[k]) + place.extraVariance
          if counts != nil,
            let own = ElectronCounts(values[k], variance: constant, gain: factors[k] / place.perSignal)
          {
            let density = own.logDensity(lambda: RealMath.upper(expected, RealLanes(repeating: 1e-6)))
            let other = RealLanes(repeating: 1e-300).replacing(with: Self.hit, where: expected .< values[k])
            weight += RealMath.log(RealMath.exp(density) * 0.3989422804014327 + other)
            continue
          }
          let v = RealMath.upper(expected, .zero) * (place.perSignal / factors[k]) + constant
          let root = squareRoot(v)
          let d = (values[k] - expected) / root
          // Cosmic rays only add.
          let other = RealLanes(repeating: 1e-300).replacing(with: Self.hit, where: d .> 0)
          weight += RealMath.log(RealMath.exp(-0.5 * d * d) * 0.3989422804014327 + other) - RealMath.log(root)
        }
        let scaled = lambda * ratios[judged] + shifts[judged]
        let tail =
          counts?.logTail(lambda: RealMath.upper(scaled, RealLanes(repeating: 1e-6)))
          ?? ExpectationNodes.logTail(values[judged], lambda: scaled, variance: variance, gain: gain)
        memory[2 * m] = weight
        memory[2 * m + 1] = weight + tail
        largest = max(largest, RealMath.maximum(weight))
        highest = max(highest, RealMath.maximum(memory[2 * m + 1]))
      }
      var (norm, sum) = (0.0, 0.0)
      for m in 0..<groups {
        norm += RealMath.sum(RealMath.exp(memory[2 * m] - largest))
        sum += RealMath.sum(RealMath.exp(memory[2 * m + 1] - highest))
      }
      return min(0, (highest - largest + log(sum / norm)) * 0.4342944819032518)
    }
  }
}
