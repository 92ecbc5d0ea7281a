import Glibc
import Testing

@testable import Kernels

/// Hits that have the shape of the source they lie on.
@Suite struct VaryingSourceTests {
  private static let star = (x: 60, y: 50)

  /// Stars on a sky; one of them is brighter in one exposure, and a block of charge lies on another star.
  private func result(count: Int, factor: Double, exposure: Int, block: Double = 0) throws -> MaskingResult {
    var scene = StackScene(width: 160, height: 120)
    scene.detectors = (0..<count).map { _ in (gain: 1.4, noise: 4) }
    func light(_ x: Int, _ y: Int, _ centre: (x: Int, y: Int), _ peak: Double) -> Double {
      let (u, v) = (Double(x - centre.x) - 0.3, Double(y - centre.y) + 0.2)
      return peak * exp(-0.5 * (u * u + v * v) / (1.4 * 1.4))
    }
    let others = [(110, 30), (30, 90), (120, 90), (20, 20), (90, 100)]
    scene.level = { x, y in
      60 + light(x, y, Self.star, 4000)
        + others.reduce(0.0) { $0 + light(x, y, (x: $1.0, y: $1.1), 3000) }
    }
    let planes = scene.planes { k, x, y in
      guard k == exposure - 1 else { return 0 }
      let hit = (108...111).contains(x) && (29...31).contains(y) ? block : 0
      return (factor - 1) * light(x, y, Self.star, 4000) + hit
    }
    return try Masking(
      scene.exposures(planes), options: FluxAndSkyTests.options(count), auxiliary: nil, work: Work()
    ).run(uuid: "", history: [])
  }

  private func flagged(_ mask: Mask, around centre: (x: Int, y: Int)) -> Int {
    var count = 0
    for y in centre.y - 6...centre.y + 6 {
      for x in centre.x - 6...centre.x + 6 where mask[x, y] { count += 1 }
    }
    return count
  }

  @Test(arguments: [3, 5], [1.3, 2.0]) func aVariableStarIsNoHit(count: Int, factor: Double) throws {
    let result = try result(count: count, factor: factor, exposure: 2, block: 1500)
    #expect(flagged(result.masks.exposures[1], around: Self.star) <= 3)
    #expect(flagged(result.masks.meanCRT, around: Self.star) <= 3)
    let found = try #require(result.findings.varying)
    #expect(found.exposure == 2 && abs(found.factor - factor) < 0.05 * factor, "\(found)")
    #expect(max(abs(found.x - 61), abs(found.y - 51)) <= 1, "\(found)")
    // Charge of another shape is a hit on a star too.
    #expect(flagged(result.masks.exposures[1], around: (x: 109, y: 30)) >= 8)
  }

  @Test(arguments: [2, 3]) func equalStarsAreNotTold(count: Int) throws {
    let result = try result(count: count, factor: 1, exposure: 1, block: 1500)
    #expect(result.findings.varying == nil)
    #expect(flagged(result.masks.exposures[0], around: (x: 109, y: 30)) >= 6)
  }
}
