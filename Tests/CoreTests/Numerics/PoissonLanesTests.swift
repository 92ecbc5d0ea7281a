import Foundation
import Testing

@testable import Kernels

@Suite struct PoissonLanesTests {
  /// Chi-square of drawn numbers against the exact probabilities, bins with fewer than 20 expected joined.
  @Test(arguments: [0.01, 0.3, 2.5, 9.99, 10, 10.4, 13.7, 30, 99.5, 1000.3, 20000, 1e6])
  func followsTheDistribution(rate: Double) {
    let draws = 4_000_000
    var random = RandomLanes(seed: 7, stream: UInt64(rate * 100))
    let lanes = PoissonLanes(rate: SIMD8(repeating: Float(rate)))
    let exactRate = Double(Float(rate))
    let sigma = exactRate.squareRoot()
    let low = max(0, Int(exactRate - 6 * sigma))
    let high = Int(exactRate + 6 * sigma) + 8
    var counts = [Int](repeating: 0, count: high - low + 1)
    for _ in 0..<draws / 16 {
      let (a, b) = random.normals()
      for normals in [a, b] {
        let values = lanes.draw(&random, normals: normals)
        for lane in 0..<8 { counts[min(max(Int(values[lane]) - low, 0), high - low)] += 1 }
      }
    }
    var chiSquare = 0.0
    var bins = 0.0
    var (expected, observed, below) = (0.0, 0.0, 0.0)
    let width = max(1, Int(sigma / 8))  // joined numbers, so that large rates have full bins
    for (index, count) in counts.enumerated() {
      let k = Double(index + low)
      let probability = exp(k * log(exactRate) - exactRate - lgamma(k + 1))
      below += probability
      expected += probability * Double(draws)
      observed += Double(count)
      if expected > 20, index % width == 0 {
        chiSquare += (observed - expected) * (observed - expected) / expected
        bins += 1
        (expected, observed) = (0, 0)
      }
    }
    let excess = (chiSquare - (bins - 1)) / (2 * max(1, bins - 1)).squareRoot()
    #expect(excess < 4.5, "chi-square \(chiSquare) for \(bins) bins at rate \(rate)")
    #expect(below > 0.999_999)
  }

  @Test func lanesOfMixedRatesDoNotDisturbEachOther() {
    var random = RandomLanes(seed: 1, stream: 2)
    let rates = SIMD8<Float>(0, 0.5, 3, 9, 11, 50, 400, 10000)
    let lanes = PoissonLanes(rate: rates)
    var sum = SIMD8<Double>(repeating: 0)
    let draws = 200_000
    for _ in 0..<draws {
      let values = lanes.draw(&random, normals: random.normals().0)
      for lane in 0..<8 { sum[lane] += Double(values[lane]) }
    }
    for lane in 0..<8 {
      let mean = sum[lane] / Double(draws)
      let error = (Double(rates[lane]) / Double(draws)).squareRoot()
      #expect(abs(mean - Double(rates[lane])) <= 4.5 * error)
    }
  }

  @Test func normalsHaveTheRightMoments() {
    var random = RandomLanes(seed: 3, stream: 0)
    var (one, two, three, four) = (0.0, 0.0, 0.0, 0.0)
    let draws = 2_000_000
    for _ in 0..<draws / 16 {
      let (a, b) = random.normals()
      for v in [a, b] {
        for lane in 0..<8 {
          let x = Double(v[lane])
          one += x
          two += x * x
          three += x * x * x
          four += x * x * x * x
        }
      }
    }
    let n = Double(draws)
    #expect(abs(one / n) < 5 / n.squareRoot())
    #expect(abs(two / n - 1) < 5 * (2 / n).squareRoot())
    #expect(abs(three / n) < 5 * (15 / n).squareRoot())
    #expect(abs(four / n - 3) < 5 * (96 / n).squareRoot())
  }
}
