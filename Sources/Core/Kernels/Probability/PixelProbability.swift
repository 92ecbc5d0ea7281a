import Glibc

/// The probability that a pixel's decisive value comes from noise, averaged over what its expectation may be
/// (docs/detector.md).
///
/// Of n sorted values x_1 ... x_n the smallest one that a spoilt median must contain is x_q; given the clean ones
/// below it, its probability is p = S(x_q) / S(x_{q-1}). A pixel with j hits is mistaken for a spoilt one when
/// m = need - j clean values lie that high: with the probability p^m, whose mean over the expectation is larger than the
/// mth power of the mean of p, because all of them share the unknown expectation. Where the exposures' noise differs each of
/// these values has its own p: p^m becomes the product of those of the m noisiest, and for m = 1 the p of the value that
/// noise makes most likely.
struct PixelProbability {
  /// How many hits spoil the median, and the rank of the value that is tested, from 1.
  static func ranks(exposures n: Int) -> (need: Int, tested: Int) {
    let need = n % 2 == 0 ? n / 2 : n / 2 + 1
    return (need, n - need + 1)
  }

  /// Flux factors of all exposures.
  let factors: [Double]
  /// Values that the pixel has.
  let count: Int
  let need: Int
  let tested: Int
  let usesPrior: Bool
  /// Logarithm of the expected numbers of pixels with 0, 1, ..., need - 1 hits.
  private let logNumbers: [Double]
  /// Groups of eight nodes; one is enough where the probability's logarithm is above `harmless`, unless the exposures'
  /// noise differs.
  private let groups: Int
  private static let harmless = -2.302585092994046
  private static let centres = RealLanes(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5)

  /// - Parameters:
  ///   - factors: of all exposures.
  ///   - count: values that a pixel has, at least 2.
  ///   - noiseRatio: largest readout noise over the smallest.
  ///   - numbers: expected numbers of pixels of `count` values with 0, 1, ..., need - 1 hits; one of them above 0.
  init(factors: [Double], count: Int, usesPrior: Bool, noiseRatio: Double = 1, numbers: [Double]) {
    self.factors = factors
    self.count = count
    self.usesPrior = usesPrior
    (need, tested) = Self.ranks(exposures: count)
    groups = noiseRatio == 1 ? 3 : noiseRatio < 5 ? max(4, Int((3 * noiseRatio).rounded(.up))) : 16
    logNumbers = numbers.map { log($0) }
  }

  /// A pixel's surroundings.
  struct Surroundings {
    /// Predicted expectation and its standard deviation [ADU].
    var prediction: Double
    var deviation: Double
    /// Weight of not believing the prediction [1/ADU].
    var doubt: Double
    /// Variance beside photons and readout [ADU^2].
    var extraVariance: Double
    /// [ADU^2 per ADU] and [ADU^2]; what stands for all exposures where their readout differs.
    var perSignal: Double
    var readout: Double
    /// Readout of each exposure where it differs [ADU^2].
    var readouts: UnsafeMutableBufferPointer<Double>?

    /// The readout of exposure `k` [ADU^2].
    @inline(__always) func readout(_ k: Int) -> Double { readouts.map { $0[k] } ?? readout }
  }

  /// The probability's decimal logarithm, at most 0: the threshold t at which as many innocent pixels as extreme as
  /// this one are expected as `sum N_j t^(need - j)` says.
  ///
  /// - Parameters:
  ///   - values: `count` of them, sorted, with the numbers of their exposures.
  ///   - shifts: by how much more each exposure expects than the common one [ADU]; `values` are without them.
  func log10(
    values: UnsafeMutableBufferPointer<Double>, exposures: UnsafeMutableBufferPointer<Int>,
    shifts: UnsafeMutableBufferPointer<Double>, at place: Surroundings
  ) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: need) { means in
      logMeans(of: values, exposures: exposures, shifts: shifts, at: place, into: means)
      return min(0, threshold(means) * 0.4342944819032518)
    }
  }

  /// Solves sum N_j t^(need - j) = sum N_j <p^(need - j)> for log t.
  private func threshold(_ means: UnsafeMutableBufferPointer<Double>) -> Double {
    var x = -Double.infinity
    for m in 1...need where logNumbers[need - m] > -.infinity { x = max(x, means[m - 1] / Double(m)) }
    guard x > -.infinity, x < 0 else { return x < 0 ? x : 0 }
    // Newton from above: the logarithm of the sum is convex in log t and grows.
    for _ in 0..<12 {
      var (largest, wanted, most) = (-Double.infinity, 0.0, -Double.infinity)
      for m in 1...need {
        largest = max(largest, logNumbers[need - m] + Double(m) * x)
        most = max(most, logNumbers[need - m] + means[m - 1])
      }
      var (sum, slope) = (0.0, 0.0)
      for m in 1...need {
        let term = exp(logNumbers[need - m] + Double(m) * x - largest)
        sum += term
        slope += Double(m) * term
        wanted += exp(logNumbers[need - m] + means[m - 1] - most)
      }
      let step = (largest - most + log(sum / wanted)) * sum / slope
      x -= step
      if step < 1e-6 { break }
    }
    return x
  }

  /// What a value scatters by.
  private struct Noise {
    /// Beside photons [ADU^2], and [electron/ADU].
    let variance: Double
    let gain: Double
    /// The value without what is expected of it beside the common expectation, and that [ADU].
    let value: Double
    let shift: Double
  }

  private func noise(of exposure: Int, value: Double, shift: Double, at place: Surroundings) -> Noise {
    let factor = factors[exposure]
    return Noise(
      variance: place.readout(exposure) / (factor * factor) + place.extraVariance,
      gain: factor / place.perSignal, value: value, shift: shift)
  }

  /// Logarithms of the means of p, p^2, ..., p^need over the expectation, into `means`.
  func logMeans(
    of values: UnsafeMutableBufferPointer<Double>, exposures: UnsafeMutableBufferPointer<Int>,
    shifts: UnsafeMutableBufferPointer<Double>, at place: Surroundings,
    into means: UnsafeMutableBufferPointer<Double>
  ) {
    withUnsafeTemporaryAllocation(of: Noise.self, capacity: need) { noises in
      logMeans(of: values, exposures, shifts, at: place, noises, into: means)
    }
  }

  private func logMeans(
    of values: UnsafeMutableBufferPointer<Double>, _ exposures: UnsafeMutableBufferPointer<Int>,
    _ shifts: UnsafeMutableBufferPointer<Double>, at place: Surroundings,
    _ noises: UnsafeMutableBufferPointer<Noise>, into means: UnsafeMutableBufferPointer<Double>
  ) {
    let n = count
    let q = tested
    let (b, a) = (values[q - 1], values[q - 2])
    var mean = 0.0
    // Expectations are looked for around the values that must be clean.
    var brightest = 0.0
    for i in 0..<q - 1 {
      mean += values[i]
      brightest = max(brightest, shifts[exposures[i]])
    }
    mean /= Double(q - 1)
    var widest = place.readout
    if let readouts = place.readouts {
      for i in 0..<q { widest = max(widest, readouts[exposures[i]]) }
    }
    let sigma = (max(mean + brightest, 0) * place.perSignal + widest).squareRoot()
    var low = values[0] - 3.5 * sigma
    var high = mean + 6 * sigma
    if usesPrior {
      low = max(min(low, place.prediction - 4 * place.deviation), mean - 6 * sigma)
      high = min(max(high, place.prediction + 4 * place.deviation), mean + 8 * sigma)
    }
    // What the values from the tested one on scatter by: one noise for all of them, that of the smallest factor, if they
    // differ in nothing else, or the noise of each, the largest first.
    let different = place.readouts == nil ? 1 : need
    var testedNoise = 0
    if place.readouts == nil {
      var (noisiest, shift) = (exposures[q - 1], shifts[exposures[q - 1]])
      for i in q - 1..<n {
        if factors[exposures[i]] < factors[noisiest] { noisiest = exposures[i] }
        shift = max(shift, shifts[exposures[i]])
      }
      noises.initializeElement(at: 0, to: noise(of: noisiest, value: b, shift: shift, at: place))
    } else {
      for i in q - 1..<n {
        let new = noise(of: exposures[i], value: values[i], shift: shifts[exposures[i]], at: place)
        var slot = i - q + 1
        noises.initializeElement(at: slot, to: new)
        while slot > 0, noises[slot].variance > noises[slot - 1].variance {
          noises.swapAt(slot, slot - 1)
          slot -= 1
        }
      }
      while testedNoise + 1 < need, noises[testedNoise].value > b { testedNoise += 1 }
    }
    let tested = noises[testedNoise]
    let counts = ElectronCounts(b + tested.shift, variance: tested.variance, gain: tested.gain)
    // A few electrons may come from expectations far above their number.
    if counts != nil { high = max(high, mean + 12 / tested.gain) }
    let nodes = ExpectationNodes(from: low, to: high, isCounted: counts != nil)
    if place.readouts == nil { average(groups: 1) }
    if place.readouts != nil || means[0] < Self.harmless { average(groups: groups) }

    @inline(__always)
    func logTail(_ x: Double, _ lambda: RealLanes, _ noise: Noise) -> RealLanes {
      if counts != nil, let counts = ElectronCounts(x, variance: noise.variance, gain: noise.gain) {
        return counts.logTail(lambda: RealMath.upper(lambda, RealLanes(repeating: 1e-6)))
      }
      return ExpectationNodes.logTail(x, lambda: lambda, variance: noise.variance, gain: noise.gain)
    }

    /// Eight nodes a group.
    func average(groups: Int) {
      let size = 1 + different
      withUnsafeTemporaryAllocation(of: RealLanes.self, capacity: size * groups) { memory in
        let step = (nodes.last - nodes.first) / Double(8 * groups)
        var largest = -Double.infinity
        for m in 0..<groups {
          let t = nodes.first + step * (Self.centres + Double(8 * m))
          let lambda = nodes.expectation(t)
          var product = 2 * t
          var exponent = RealLanes.zero
          if usesPrior {
            let d = (lambda - place.prediction) / place.deviation
            product *= RealMath.exp(-0.5 * d * d) / place.deviation + place.doubt
          }
          for i in 0..<q - 1 {
            let k = exposures[i]
            let expected = lambda + shifts[k]
            let constant = place.readout(k) / (factors[k] * factors[k]) + place.extraVariance
            if counts != nil,
              let own = ElectronCounts(
                values[i] + shifts[k], variance: constant, gain: factors[k] / place.perSignal)
            {
              exponent += own.logDensity(lambda: RealMath.upper(expected, RealLanes(repeating: 1e-6)))
              continue
            }
            let v = RealMath.upper(expected, .zero) * (place.perSignal / factors[k]) + constant
            let d = values[i] - lambda
            exponent -= 0.5 * d * d / v
            product /= squareRoot(v)
          }
          var weight = exponent + RealMath.log(RealMath.upper(product, RealLanes(repeating: 1e-300)))
          var (single, all) = (RealLanes(repeating: -.infinity), RealLanes.zero)
          for number in 0..<different {
            let noise = noises[number]
            let moved = lambda + noise.shift
            let tailA = logTail(a + noise.shift, moved, noise)
            let tailB = logTail(b + noise.shift, moved, noise)
            if number == testedNoise { weight += tailA }
            all += RealMath.lower(tailB - tailA, .zero)
            memory[size * m + 1 + number] = all
            guard different > 1 else { break }
            // Which of these values is no hit, if all others are, nobody knows: the one that noise makes most likely.
            let own = noise.value > b ? logTail(noise.value + noise.shift, moved, noise) : tailB
            single = RealMath.upper(single, RealMath.lower(own - tailA, .zero))
          }
          if different > 1 { memory[size * m + 1] = single }
          memory[size * m] = weight
          largest = max(largest, RealMath.maximum(weight))
        }
        var norm = 0.0
        for m in 0..<groups { norm += RealMath.sum(RealMath.exp(memory[size * m] - largest)) }
        @inline(__always) func term(_ m: Int, _ power: Int) -> RealLanes {
          different == 1
            ? memory[2 * m] + Double(power) * memory[2 * m + 1] : memory[size * m] + memory[size * m + power]
        }
        // Logarithms throughout: bright hits lie thousands of standard deviations out.
        for power in 1...need {
          var (highest, sum) = (-Double.infinity, 0.0)
          for m in 0..<groups {
            highest = max(highest, RealMath.maximum(term(m, power)))
          }
          for m in 0..<groups {
            sum += RealMath.sum(RealMath.exp(term(m, power) - highest))
          }
          means[power - 1] = min(0, highest - largest + log(sum / norm))
        }
      }
    }
  }
}
