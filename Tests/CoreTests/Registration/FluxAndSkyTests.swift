import Glibc
import Testing

@testable import Kernels

/// A brighter sky is no factor: both are fitted together where the image can tell them apart.
@Suite struct FluxAndSkyTests {
  /// A faint sky, and a bright spectrum with lines.
  private func scene(_ factors: [Double], _ skies: [Double], seed: UInt64, isFlat: Bool = false) -> StackScene
  {
    var scene = StackScene(width: 200, height: 160)
    scene.detectors = factors.map { _ in (gain: 1.5, noise: 3) }
    scene.seed = seed
    scene.level = { x, y in
      if isFlat { return 60 }
      let d = (Double(y) - 70) / 4
      return 30 + (900 + 600 * sin(Double(x) / 9)) * exp(-0.5 * d * d)
    }
    return scene
  }

  private func matched(_ scene: StackScene, _ factors: [Double], _ skies: [Double]) throws -> MatchedExposures
  {
    let planes = (0..<scene.count).map { k -> Plane<Float> in
      var own = scene
      let level = scene.level
      own.level = { level($0, $1) * factors[k] + skies[k] * 1.5 }
      return own.planes()[k]
    }
    return try MatchedExposures(scene.exposures(planes), work: Work())
  }

  private func registration(
    _ exposures: MatchedExposures, _ sky: Registration.Sky, flux: Registration.Flux = .fit
  ) throws -> Registration {
    try Registration(
      exposures, flux: flux, sky: sky, regions: nil,
      displacement: .given(exposures.planes.map { _ in .zero }), scalesExposures: false, work: Work())
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func skyIsNoFactor(seed: UInt64) throws {
    let (factors, skies) = ([1.0, 1, 1], [0.0, 8, 0])
    let found = try registration(
      matched(scene(factors, skies, seed: seed), factors, skies), .whereClear)
    #expect(found.fluxFactors == [1, 1, 1])
    try #require(found.skies.count == 3)
    for k in 0..<3 { #expect(abs(found.skies[k] - skies[k]) < 0.4, "\(found.skies)") }
    let fit = try #require(found.skyFit)
    #expect(fit.isTold && fit.isNeeded && fit.skyErrors.allSatisfy { $0 < 0.2 })
  }

  @Test(arguments: [4, 5] as [UInt64]) func bothAreFoundTogether(seed: UInt64) throws {
    let (factors, skies) = ([1.0, 0.8, 1.2], [0.0, 10, 4])
    let found = try registration(
      matched(scene(factors, skies, seed: seed), factors, skies), .fit)
    for k in 0..<3 {
      #expect(abs(found.fluxFactors[k] - factors[k]) < 0.01, "\(found.fluxFactors)")
      // Beside the exposure with the least, whose sky is part of the scene.
      #expect(abs(found.skies[k] - skies[k]) < 0.6, "\(found.skies)")
    }
  }

  /// Two exposures, and factors that are known.
  @Test func factorsMayBeGiven() throws {
    let (factors, skies) = ([1.0, 0.8], [6.0, 0])
    let found = try registration(
      matched(scene(factors, skies, seed: 6), factors, skies), .fit, flux: .given([1, 0.8]))
    #expect(found.fluxFactors == [1, 0.8])
    #expect(abs(found.skies[0] - 6) < 0.4 && found.skies[1] == 0, "\(found.skies)")
  }

  /// Without a sky the factors are those of the fit that knows none, bit for bit.
  @Test func factorsAloneStayAsTheyAre() throws {
    let (factors, skies) = ([0.8, 1.0, 1.2], [0.0, 0, 0])
    let exposures = try matched(scene(factors, skies, seed: 7), factors, skies)
    let found = try registration(exposures, .whereClear)
    #expect(found.skies.isEmpty)
    #expect(try found.fluxFit == FluxFactorFit(exposures, offsets: found.offsets, work: Work()))
  }

  @Test func flatImagesTellNothingApart() throws {
    let (factors, skies) = ([1.0, 1, 1], [0.0, 8, 0])
    let exposures = try matched(scene(factors, skies, seed: 8, isFlat: true), factors, skies)
    let clear = try registration(exposures, .whereClear)
    #expect(clear.skyFit?.isTold == false && clear.skies.isEmpty)
    let asked = try registration(exposures, .fit)
    #expect(asked.fluxFactors == [1, 1, 1])
    #expect(abs((asked.skies.count == 3 ? asked.skies[1] : 0) - 8) < 0.4, "\(asked.skies)")
  }

  /// What is taken off leaves its noise, so that nothing is found where nothing is.
  @Test func photonsOfTheSkyStayInTheNoise() throws {
    let skies = [0.0, 30, 0]
    let exposures = try matched(scene([1, 1, 1], skies, seed: 9), [1, 1, 1], skies)
    let bare = try exposures.without(skies: skies, work: Work())
    let noise = bare.noise.detector(1).readoutNoise.typical
    #expect(abs(noise - (4 + 30 / 1.5).squareRoot()) < 1e-6)
    #expect(bare.noise.detector(0).readoutNoise.typical == 2)
    let masks = try Masking(
      exposures.planes.map { ExposurePlanes(pixels: $0, detector: Detector(gain: 1.5, readoutNoise: 2)) },
      matched: bare, options: Self.options(3), auxiliary: nil, work: Work()
    ).run(uuid: "", history: [])
    #expect(masks.masks.exposures.allSatisfy { $0.flagged <= 5 })
  }

  static func options(_ count: Int) -> MaskingOptions {
    var options = MaskingOptions(exposures: count)
    (options.method, options.detection, options.dilation) = (.mmcosmic, .pvalue, 0)
    return options
  }
}
