import Foundation
import Testing

@testable import Kernels

/// Sums over the numbers of electrons against sums written out.
@Suite struct ElectronCountsTests {
  /// P(electrons + noise >= x), number by number.
  private func tail(_ x: Double, lambda: Double, noise: Double) -> Double {
    (0...400).reduce(0.0) { sum, k in
      let probability = Foundation.exp(Double(k) * Foundation.log(lambda) - lambda - lgamma(Double(k) + 1))
      return sum + probability * 0.5 * erfc((x - 0.01 - Double(k)) / noise / 2.0.squareRoot())
    }
  }

  @Test(arguments: [0.05, 0.3, 0.49]) func tailsAreExact(noise: Double) throws {
    let lambdas = RealLanes(0.001, 0.1, 1, 3.7, 10, 30, 60, 120)
    for x in [-0.4, 0, 0.2, 1, 2.5, 7, 33, 90.2] {
      // Gain 2: half as many ADU as electrons.
      let counts = try #require(ElectronCounts(x / 2, variance: noise * noise / 4, gain: 2))
      let logs = counts.logTail(lambda: lambdas / 2)
      for k in 0..<8 {
        let expected = Foundation.log(max(tail(x, lambda: lambdas[k], noise: noise), 1e-290))
        // Deeper, readouts beyond six standard deviations count.
        guard expected > -40 else { continue }
        #expect(abs(logs[k] - expected) < 1e-8 + 1e-8 * abs(expected), "x \(x), lambda \(lambdas[k])")
      }
    }
  }

  @Test func largerNoiseIsContinuous() {
    #expect(ElectronCounts(3, variance: 0.26, gain: 1) == nil)
    #expect(ElectronCounts(2000, variance: 0.01, gain: 1) == nil)
  }

  /// Just above the limit, the continuous tail and the sum are the same to a per cent.
  @Test func theTwoTailsMeet() throws {
    for x in [3.0, 8, 20] {
      let lambda = RealLanes(0.5, 1, 2, 3, 5, 8, 12, 16)
      let counts = try #require(ElectronCounts(x, variance: 0.2499, gain: 1)).logTail(lambda: lambda)
      let smooth = NoiseScore.logTail(NoiseScore.z(x, lambda: lambda, variance: 0.2499, gain: 1))
      for k in 0..<8 where counts[k] > -25 { #expect(abs(counts[k] - smooth[k]) < 0.12) }
    }
  }
}
