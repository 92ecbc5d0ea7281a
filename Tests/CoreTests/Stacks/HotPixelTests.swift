import Glibc
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

  /// The only value that a pixel has is bright "in all exposures" when one cosmic ray hit it.
  @Test func hitsInTheOnlyValueAreNoHotPixels() throws {
    var scene = StackScene(width: 300, height: 240)
    scene.seed = 6
    var random = SplitMix64(state: 99)
    var hits = [Mask](repeating: Mask(shape: Shape(width: 300, height: 240)), count: 3)
    for k in 0..<3 {
      for _ in 0..<900 { hits[k][3 + Int(294 * random.uniform()), 3 + Int(234 * random.uniform())] = true }
    }
    let masks = (0..<3).map { scene.randomMask(0.2, seed: UInt64(50 + $0)) }
    let exposures = scene.exposures(scene.planes { k, x, y in hits[k][x, y] ? 3000 : 0 }, masks: masks)
    let result = try scene.run(exposures).result
    #expect(result.findings.hotPixels == nil)
    var (lone, found) = (0, 0)
    for i in 0..<masks[0].plane.count {
      let there = (0..<3).filter { masks[$0].plane.pixels[i] == 0 }
      guard there.count == 1, hits[there[0]].plane.pixels[i] == 1 else { continue }
      lone += 1
      found += Int(result.masks.medianCR.plane.pixels[i])
    }
    #expect(lone > 50 && Double(found) > 0.9 * Double(lone), "\(found) of \(lone)")
  }

  /// Two exposures of 200x160 pixels with 150 hot pixels whose dark current scatters, and 60 pixels that both exposures have hit.
  private func pair(_ seed: UInt64, hot: Int, hits: Int, scatter: Double) -> (
    [ExposurePlanes], hot: Mask, hits: Mask
  ) {
    var scene = StackScene(width: 200, height: 160)
    scene.detectors = [(2, 8), (2, 8)]
    scene.seed = seed
    var random = SplitMix64(state: seed &+ 177)
    var planes = scene.planes()
    func masked(_ count: Int, _ charge: () -> (Double, Double)) -> Mask {
      var mask = Mask(shape: Shape(width: 200, height: 160))
      for _ in 0..<count {
        let (x, y) = (2 + Int(196 * random.uniform()), 2 + Int(156 * random.uniform()))
        mask[x, y] = true
        let charge = charge()
        planes[0][x, y] += Float(charge.0)
        planes[1][x, y] += Float(charge.1)
      }
      return mask
    }
    let hotMask = masked(hot) {
      let dark = 500 + 3000 * random.uniform()
      return (dark * (1 + scatter * random.normal()), dark * (1 + scatter * random.normal()))
    }
    let hitMask = masked(hits) {
      (pow(10, 2.3 + 1.4 * random.uniform()), pow(10, 2.3 + 1.4 * random.uniform()))
    }
    return (scene.exposures(planes), hotMask, hitMask)
  }

  private func pairResult(_ exposures: [ExposurePlanes]) throws -> MaskingResult {
    var scene = StackScene(width: 200, height: 160)
    scene.detectors = [(2, 8), (2, 8)]
    return try scene.run(exposures) { $0.dilation = 0 }.result
  }

  @Test(arguments: [1, 2] as [UInt64]) func flickeringOnesOfAPairAreLeftOut(seed: UInt64) throws {
    let (exposures, hot, _) = pair(seed, hot: 150, hits: 0, scatter: 0.08)
    let result = try pairResult(exposures)
    let found = try #require(result.findings.hotPixels)
    #expect(found.flagged > 60, "\(found)")
    for mask in result.masks.exposures { #expect((mask & hot).flagged <= 15, "\((mask & hot).flagged)") }
  }

  /// Hits that meet have charges of their own, also where there are many.
  @Test(arguments: [3, 4] as [UInt64]) func hitsThatMeetAreNoHotPixels(seed: UInt64) throws {
    for count in [60, 250] {
      let (exposures, _, hits) = pair(seed, hot: 0, hits: count, scatter: 0)
      let result = try pairResult(exposures)
      #expect(result.findings.hotPixels == nil && result.findings.alikePixels == 0)
      for mask in result.masks.exposures { #expect(6 * (mask & hits).flagged > 5 * count) }
    }
  }

  /// Two hot pixels that touch are hot as well.
  @Test func hotPixelsThatTouch() throws {
    var scene = StackScene(width: 120, height: 100)
    scene.detectors = [(2, 8), (2, 8), (2, 8)]
    var random = SplitMix64(state: 5)
    var planes = scene.planes()
    var hot = Mask(shape: Shape(width: 120, height: 100))
    for place in 0..<60 {
      let (x, y) = (5 + 11 * (place % 10), 5 + 15 * (place / 10))
      for (dx, part) in [(0, 1.0), (1, 0.6)] {
        hot[x + dx, y] = true
        for k in 0..<3 { planes[k][x + dx, y] += Float(part * 3000 * (1 + 0.2 * random.normal())) }
      }
    }
    let result = try Masking(
      scene.exposures(planes), options: FluxAndSkyTests.options(3), auxiliary: nil, work: Work()
    ).run(uuid: "", history: [])
    #expect(
      (result.findings.hotPixels?.pixels ?? 0) > 100, "\(String(describing: result.findings.hotPixels))")
    #expect((result.masks.meanCRT & hot).flagged <= 12, "\((result.masks.meanCRT & hot).flagged)")
  }
}
