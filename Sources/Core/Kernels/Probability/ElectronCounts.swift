import Glibc

/// Probabilities of pixels whose readout noise is so small that the electrons can be counted: exact sums over the
/// numbers of electrons, where the saddle point of `NoiseScore` sees a continuous distribution.
///
/// The tail contains the whole probability of the number that was observed, so that false alarms are at most as many
/// as asked for.
struct ElectronCounts {
  /// Value [electron].
  private let value: Double
  private let gain: Double
  /// Standard deviation of the readout [electron], widened where values are not whole electrons.
  private let deviation: Double
  /// Readout noise above which the steps of the distribution are below 1 % [electron].
  private static let largestNoise = 0.5
  /// Most electrons; beyond, neighbouring numbers are equally probable [electron].
  private static let most = 1000.0

  /// Nil where the continuous distribution serves.
  ///
  /// - Parameters:
  ///   - x: value [ADU].
  ///   - variance: of everything but photons [ADU^2].
  ///   - gain: [electron/ADU].
  @inline(__always)
  init?(_ x: Double, variance: Double, gain: Double) {
    guard variance * gain * gain < Self.largestNoise * Self.largestNoise, x * gain < Self.most,
      x * gain > -1e15
    else {
      return nil
    }
    value = x * gain
    self.gain = gain
    deviation = max((variance * gain * gain).squareRoot(), 0.003)
  }

  /// log P(electrons + readout noise >= value).
  ///
  /// - Parameter lambda: expectations [ADU], above 0.
  func logTail(lambda: RealLanes) -> RealLanes {
    let mean = lambda * gain
    let x = value - 0.01
    let last = Int((x + 6 * deviation).rounded(.up))
    // Below zero electrons nothing is missing from the sum.
    guard last > 0 else { return .zero }
    let logMean = RealMath.log(mean)
    var sum = Self.whole(from: last, mean: mean, logMean: logMean)
    for number in max(0, Int((x - 6 * deviation).rounded(.down)))..<last {
      let share = 0.5 * erfc((x - Double(number)) / deviation * 0.7071067811865476)
      if share > 0 { sum += share * RealMath.exp(Self.logProbability(number, mean, logMean)) }
    }
    return RealMath.log(
      RealMath.lower(RealMath.upper(sum, RealLanes(repeating: 1e-290)), RealLanes(repeating: 1)))
  }

  /// Logarithm of the probability density of the value [1/electron], with at least 0.3 electrons of noise so that
  /// values between whole electrons keep a probability.
  func logDensity(lambda: RealLanes) -> RealLanes {
    let mean = lambda * gain
    let logMean = RealMath.log(mean)
    let width = max(deviation, 0.3)
    let nearest = max(0, Int(value.rounded()))
    var sum = RealLanes(repeating: 1e-290)
    for number in max(0, nearest - 3)...nearest + 3 {
      let d = (value - Double(number)) / width
      let share = exp(-0.5 * d * d) / width
      if share > 0 { sum += share * RealMath.exp(Self.logProbability(number, mean, logMean)) }
    }
    return RealMath.log(sum)
  }

  /// Logarithm of Poisson's probability of a number.
  @inline(__always)
  private static func logProbability(_ number: Int, _ mean: RealLanes, _ logMean: RealLanes) -> RealLanes {
    Double(number) * logMean - mean - lgamma(Double(number) + 1)
  }

  /// Poisson's probability of `first` or more; `first` above 0.
  private static func whole(from first: Int, mean: RealLanes, logMean: RealLanes) -> RealLanes {
    // Upwards from `first`, the terms fall where the mean is below it; elsewhere downwards from `first` - 1.
    let isAbove = mean .> Double(first)
    let above = RealLanes.zero.replacing(with: mean, where: .!isAbove)
    var (term, rising) = (RealLanes(repeating: 1), RealLanes(repeating: 1))
    for k in 1...4000 {
      term *= above / Double(first + k)
      rising += term
      if RealMath.maximum(term - 1e-12 * rising) <= 0 { break }
    }
    var out = rising * RealMath.exp(logProbability(first, mean, logMean))
    if RealMath.maximum(mean) > Double(first) {
      var (term, falling) = (RealLanes(repeating: 1), RealLanes(repeating: 1))
      for k in stride(from: first - 1, to: 0, by: -1) {
        term *= Double(k) / mean
        falling += term
        if RealMath.maximum(term - 1e-12 * falling) <= 0 { break }
      }
      out = out.replacing(
        with: 1 - falling * RealMath.exp(logProbability(first - 1, mean, logMean)), where: isAbove)
    }
    return out
  }
}
