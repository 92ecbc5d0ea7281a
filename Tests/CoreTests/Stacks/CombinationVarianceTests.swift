import Testing

@testable import Kernels

/// VARIANCE is the variance of the result.
@Suite struct CombinationVarianceTests {
  /// The mean square of (result - truth) / sqrt(VARIANCE) over a thousand pixels and more; 1 where it holds.
  private func pull(
    _ scene: StackScene, _ method: CombinationMethod, masks: [Mask]? = nil, factors: [Double]? = nil,
    hits: Bool = true
  ) throws -> Double {
    let factors = factors ?? scene.detectors.map { _ in 1 }
    var random = SplitMix64(state: 77)
    let shape = Shape(width: scene.width, height: scene.height)
    var found = scene.detectors.map { _ in Mask(shape: shape) }
    if hits, method.usesMasks {
      for k in found.indices {
        for i in 0..<shape.count where random.uniform() < 0.05 { found[k].plane.pixels[i] = 1 }
      }
    }
    var planes = scene.planes { k, x, y in found[k][x, y] ? 3000 : 0 }
    for k in planes.indices where factors[k] != 1 {
      var bright = scene
      bright.level = { x, y in scene.level(x, y) * factors[k] }
      bright.seed = 50 + UInt64(k)
      planes[k] = bright.planes { _, x, y in found[k][x, y] ? 3000 : 0 }[k]
    }
    let exposures = scene.exposures(planes, masks: masks)
    let set = MaskSet(hits: found, of: exposures, fluxFactors: factors, uuid: "")
    let out = try MaskedCombination(
      exposures, masks: method.usesMasks ? set : nil, fluxFactors: factors, work: Work()
    ).combined(method, work: Work())
    let truth = scene.truth()
    var (sum, count) = (0.0, 0)
    for i in 0..<truth.count where out.image.pixels[i].isFinite {
      // Hit in all exposures: nothing is known of such a pixel.
      if found.indices.allSatisfy({ found[$0].plane.pixels[i] != 0 || masks?[$0].plane.pixels[i] == 1 }) {
        continue
      }
      #expect(out.variance.pixels[i] > 0)
      let d = Double(out.image.pixels[i] - truth.pixels[i])
      sum += d * d / Double(out.variance.pixels[i])
      count += 1
    }
    #expect(count > 1000)
    return (sum / Double(count)).squareRoot()
  }

  @Test(arguments: 2...8, CombinationMethod.allCases)
  func scatterAgrees(n: Int, method: CombinationMethod) throws {
    var scene = StackScene(width: 90, height: 80)
    scene.detectors = .init(repeating: (1, 5), count: n)
    scene.level = { x, _ in 50 + 10 * Double(x) }
    let ratio = try pull(scene, method)
    #expect((0.9...1.1).contains(ratio), "\(ratio)")
  }

  @Test(arguments: CombinationMethod.allCases) func unlikeDetectorsAndMasks(method: CombinationMethod) throws
  {
    var scene = StackScene(width: 120, height: 100)
    scene.detectors = [(1, 5), (2, 9), (0.7, 5), (1.4, 7)]
    scene.level = { x, _ in 100 + 5 * Double(x) }
    let masks = (0..<4).map { scene.randomMask(0.1, seed: UInt64($0 + 3)) }
    let limits = method == .meancr || method == .mean ? 0.95...1.05 : 0.9...1.1
    #expect(limits.contains(try pull(scene, method)))
    #expect(limits.contains(try pull(scene, method, masks: masks)))
  }

  @Test(arguments: CombinationMethod.allCases) func fluxFactorsScaleTheNoise(method: CombinationMethod) throws
  {
    var scene = StackScene(width: 120, height: 100)
    scene.level = { x, _ in 300 + 5 * Double(x) }
    for factors in [[0.8, 1, 1.25], [0.5, 1, 1.5], [0.5, 1, 1, 2]] {
      scene.detectors = factors.map { _ in (1, 5) }
      let ratio = try pull(scene, method, factors: factors)
      #expect((0.9...1.1).contains(ratio), "\(factors): \(ratio)")
    }
    // Readout alone, which differs most.
    scene.level = { _, _ in 2 }
    scene.detectors = [(1, 5), (1, 5), (1, 5)]
    let ratio = try pull(scene, method, factors: [0.5, 1, 1.5])
    #expect((0.9...1.1).contains(ratio), "readout: \(ratio)")
  }

  @Test func ownErrorsComeFirst() throws {
    let scene = StackScene(width: 20, height: 20)
    var exposures = scene.exposures(scene.planes())
    for k in 0..<3 { exposures[k].deviation = Plane(width: 20, height: 20, repeating: Float(k + 1)) }
    exposures[0].deviation?.pixels[7] = .nan
    let out = try MaskedCombination(exposures, masks: nil, fluxFactors: [1, 1, 2], work: Work())
      .combined(.mean, work: Work())
    // (1 + 4 + 9 / 4) / 9.
    #expect(abs(out.variance.pixels[3] - (1 + 4 + 2.25) / 9) < 1e-5)
    // Where one has none the noise model takes its place.
    #expect(out.variance.pixels[7] > 20)
  }

  @Test func scatterOnlyWhereNothingElseIsKnown() throws {
    var scene = StackScene(width: 40, height: 40)
    scene.detectors = .init(repeating: (1, 5), count: 5)
    var exposures = scene.planes().map { ExposurePlanes(pixels: $0, bias: .constant(0)) }
    exposures[4].pixels.pixels[3] = .nan
    let combination = try MaskedCombination(
      exposures, masks: nil, fluxFactors: [1, 1, 1, 1, 1], work: Work())
    let noise = try combination.combined(.mean, work: Work())
    // Five values tell their scatter, four do not.
    #expect(noise.variance.pixels[4] > 0 && noise.variance.pixels[3].isNaN)
    let scatter = try combination.combined(.mean, variance: .scatter, work: Work())
    #expect(scatter.variance.pixels[3] > 0)
    #expect(abs(scatter.variance.pixels[4] - noise.variance.pixels[4]) < 1e-6)
  }

  @Test func nothingIsEverZero() throws {
    let planes = [Plane<Float>](repeating: Plane(width: 8, height: 8, repeating: 0), count: 3)
    let out = try MaskedCombination(
      [ExposurePlanes](planes, detector: Detector(gain: 2, readoutNoise: 0)), masks: nil,
      fluxFactors: [1, 1, 1], work: Work()
    ).combined(.median, work: Work())
    #expect(out.variance.pixels.allSatisfy { $0 > 0 })
  }

  /// Factors of medians and minima against their integrals.
  @Test func orderStatistics() {
    for n in 3...7 {
      let exact = OrderNoise.median(of: n, hits: 0) * Double(n)
      #expect([3: 1.35, 4: 1.19, 5: 1.43, 6: 1.29, 7: 1.47][n] == exact)
    }
    #expect(abs(OrderNoise.median(of: 3, hits: 1) - 1) < 0.01)
    #expect(abs(OrderNoise.minimum(of: 3) - 1.2755) < 0.01)
    #expect(abs(OrderNoise.minimum(of: 1) - 1) < 0.01)
    #expect(abs(OrderNoise.median(of: 9, hits: 0) * 9 - .pi / 2) < 1e-9)
    // Unlike values: simulated medians.
    for (deviations, square) in [
      ([2, 1, 2.0 / 3], 0.492), ([1, 3, 3], 2.09), ([1, 1, 1, 5], 0.496), ([1, 2, 3, 4, 5], 1.78),
    ]
      as [([Double], Double)]
    {
      var variances = deviations.map { Float($0 * $0) }
      let common = variances.withUnsafeMutableBufferPointer { OrderNoise.central($0) }
      let found = Double(common) * OrderNoise.median(of: deviations.count, hits: 0)
      #expect(abs((found / square).squareRoot() - 1) < 0.08, "\(deviations): \(found)")
    }
    #expect(OrderNoise.minimum(of: 40) > OrderNoise.minimum(of: 16))
  }
}
