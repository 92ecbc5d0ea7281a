import Testing

@testable import Kernels

/// Hot pixels scatter more than their photons do: they are left out and told where they are taken for hits.
@Suite struct HotPixelTests {
  private func scene(_ seed: UInt64, scatter: Double) -> (StackScene, [ExposurePlanes], Mask) {
    var scene = StackScene(width: 200, height: 160)
    scene.detectors = [(2, 8), (2, 8), (2, 8), (2, 8)]
    scene.seed = seed
    var random = SplitMix64(state: seed &+ 77)
    var hot = Mask(shape: Shape(width: 200, height: 160))
    var planes = scene.planes()
    for _ in 0..<200 {
      let (x, y) = (2 + Int(196 * random.uniform()), 2 + Int(156 * random.uniform()))
      hot[x, y] = true
      let charge = 1000 + 3000 * random.uniform()
      for k in 0..<4 { planes[k][x, y] += Float(charge * (1 + scatter * random.normal())) }
    }
    return (scene, scene.exposures(planes), hot)
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func flickeringOnesAreLeftOut(seed: UInt64) throws {
    let (_, exposures, hot) = scene(seed, scatter: 0.2)
    let result = try Masking(
      exposures, options: FluxAndSkyTests.options(4), auxiliary: nil, work: Work()
    ).run(uuid: "", history: [])
    let findings = try #require(result.findings.hotPixels)
    #expect(findings.flagged > 50 && (150...220).contains(findings.pixels), "\(findings)")
    #expect((result.masks.medianCR & hot).flagged <= 15)
    #expect(result.masks.exposures.allSatisfy { $0.flagged <= 20 })
  }

  @Test func steadyOnesChangeNothing() throws {
    let (_, exposures, _) = scene(4, scatter: 0)
    let result = try Masking(
      exposures, options: FluxAndSkyTests.options(4), auxiliary: nil, work: Work()
    ).run(uuid: "", history: [])
    #expect(result.findings.hotPixels == nil)
  }

  /// A mask of bad pixels takes them out of everything.
  @Test func badPixelsCountNowhere() throws {
    let (_, exposures, hot) = scene(5, scatter: 0.2)
    let bare = exposures.map { exposure -> ExposurePlanes in
      var out = exposure
      out.mask = hot
      return out
    }
    let result = try Masking(
      bare, options: FluxAndSkyTests.options(4), auxiliary: nil, work: Work()
    ).run(uuid: "", history: [])
    #expect((result.masks.meanCRT & hot).flagged == 0)
    #expect(result.findings.hotPixels == nil)
  }
}
