import Foundation

/// The probability that a pixel's decisive value comes from noise, averaged over what its expectation may be
/// (docs/detector.md).
///
/// Of n sorted values x_1 ... x_n the smallest one that a spoilt median must contain is x_q; given the clean ones
/// below it, its probability is S(x_q) / S(x_{q-1}).
struct PixelProbability {
  /// How many hits spoil the median, and the rank of the value that is tested, from 1.
  static func ranks(exposures n: Int) -> (need: Int, tested: Int) {
    let need = n % 2 == 0 ? n / 2 : n / 2 + 1
    return (need, n - need + 1)
  }

  let factors: [Double]
  let tested: Int
  let usesPrior: Bool
  private static let nodes = 24
  /// Nodes of a first look, and the probability's logarithm from which it is enough.
  private static let (fewNodes, harmless) = (8, -1.0)

  init(factors: [Double], usesPrior: Bool) {
    self.factors = factors
    self.usesPrior = usesPrior
    tested = Self.ranks(exposures: factors.count).tested
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
    /// [ADU^2 per ADU] and [ADU^2].
    var perSignal: Double
    var readout: Double
  }

  /// The probability's decimal logarithm, at most 0.
  ///
  /// - Parameters:
  ///   - values: sorted, with the numbers of their exposures.
  ///   - ratios: expectation of each exposure relative to the common one.
  func log10(
    values: UnsafeMutableBufferPointer<Double>, exposures: UnsafeMutableBufferPointer<Int>,
    ratios: UnsafeMutableBufferPointer<Double>, at place: Surroundings
  ) -> Double {
    let n = factors.count
    let q = tested
    let (b, a) = (values[q - 1], values[q - 2])
    var mean = 0.0
    for i in 0..<q - 1 { mean += values[i] }
    mean /= Double(q - 1)
    let sigma = (max(mean, 0) * place.perSignal + place.readout).squareRoot()
    var low = values[0] - 3.5 * sigma
    var high = mean + 6 * sigma
    if usesPrior {
      low = max(min(low, place.prediction - 4 * place.deviation), mean - 6 * sigma)
      high = min(max(high, place.prediction + 4 * place.deviation), mean + 8 * sigma)
    }
    // The noisiest exposure that may supply the tested value: that of the smallest factor.
    var worst = factors[exposures[q - 1]]
    for i in q - 1..<n { worst = min(worst, factors[exposures[i]]) }
    let ratio = ratios[exposures[q - 1]]
    let gain = worst / place.perSignal
    let variance = place.readout / (worst * worst) + place.extraVariance
    let (first, last) = ((max(low, 0) + 0.101).squareRoot(), (max(high, 0) + 0.101).squareRoot())
    let glance = average(Self.fewNodes)
    return glance > Self.harmless ? glance : average(Self.nodes)

    func average(_ nodes: Int) -> Double {
      var largest = -Double.infinity
      return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * nodes) { memory in
        let (weights, tails) = (memory, UnsafeMutableBufferPointer(rebasing: memory[nodes...]))
        for j in 0..<nodes {
          let t = first + (last - first) * (Double(j) + 0.5) / Double(nodes)
          let lambda = max(t * t - 0.101, 1e-3)
          var product = 2 * t
          var exponent = 0.0
          if usesPrior {
            let d = (lambda - place.prediction) / place.deviation
            product *= exp(-0.5 * d * d) / place.deviation + place.doubt
          }
          for i in 0..<q - 1 {
            let k = exposures[i]
            let expected = lambda * ratios[k]
            let v =
              expected * place.perSignal / factors[k] + place.readout / (factors[k] * factors[k])
              + place.extraVariance
            let d = values[i] - expected
            exponent -= 0.5 * d * d / v
            product /= v.squareRoot()
          }
          let zA = NoiseScore.z(a, lambda: lambda * ratio, variance: variance, gain: gain)
          let zB = NoiseScore.z(b, lambda: lambda * ratio, variance: variance, gain: gain)
          let tailA = NoiseScore.logTail(zA)
          weights[j] = exponent + log(max(product, 1e-300)) + tailA
          tails[j] = min(0, NoiseScore.logTail(zB) - tailA)
          largest = max(largest, weights[j])
        }
        // Logarithms throughout: bright hits lie thousands of standard deviations out.
        var (norm, highest) = (0.0, -Double.infinity)
        for j in 0..<nodes { highest = max(highest, weights[j] - largest + tails[j]) }
        var sum = 0.0
        for j in 0..<nodes {
          norm += exp(weights[j] - largest)
          sum += exp(weights[j] - largest + tails[j] - highest)
        }
        return min(0, (highest + log(sum / norm)) * 0.4342944819032518)
      }
    }
  }
}
