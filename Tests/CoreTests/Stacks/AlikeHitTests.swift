import Testing

@testable import Kernels

/// Pixels that look hit in both exposures of a pair and are equally bright are no cosmic rays.
@Suite struct AlikeHitTests {
  private let shape = Shape(width: 60, height: 50)

  /// - Parameters:
  ///   - alike: pixels of 900 ADU in both.
  ///   - unlike: pixels of 900 and of 300 ADU.
  private func masked(alike: Int, unlike: Int) -> Mask? {
    var planes = [Plane<Float>](repeating: Plane(width: 60, height: 50, repeating: 20), count: 2)
    var both = Mask(shape: shape)
    for k in 0..<alike + unlike {
      // None lies beside another.
      let i = 183 * k % shape.count
      both.plane.pixels[i] = 1
      planes[0].pixels[i] = 900
      planes[1].pixels[i] = k < alike ? 905 : 300
    }
    let noise = StackNoise([Detector(gain: .constant(1), readoutNoise: .constant(3))])
    return AlikeHits(both, in: planes, noise: noise.typical, factor: 1)?.mask
  }

  @Test func hotPixelsAndNarrowStars() throws {
    let found = try #require(masked(alike: 30, unlike: 8))
    #expect(found.flagged == 30)
  }

  /// Where one pixel of a group differs, the others have the charge of hits too.
  @Test func groupsAreAlikeAsAWhole() {
    var planes = [Plane<Float>](repeating: Plane(width: 60, height: 50, repeating: 20), count: 2)
    var both = Mask(shape: shape)
    for k in 0..<20 {
      for x in 0..<2 {
        both[6 * (k % 9) + x, 10 * (k / 9)] = true
        planes[0][6 * (k % 9) + x, 10 * (k / 9)] = 700
        planes[1][6 * (k % 9) + x, 10 * (k / 9)] = x == 0 ? 700 : 1400
      }
    }
    let noise = StackNoise([Detector(gain: .constant(1), readoutNoise: .constant(3))])
    #expect(AlikeHits(both, in: planes, noise: noise.typical, factor: 1) == nil)
  }

  /// Where sources lie a little elsewhere, the cores of narrow stars differ by a part of their light.
  @Test(arguments: [(Float(9200), true), (7000, false)]) func narrowStarsOfUnlikeExposures(
    value: Float, isAlike: Bool
  ) {
    var planes = [Plane<Float>](repeating: Plane(width: 60, height: 50, repeating: 20), count: 2)
    var both = Mask(shape: shape)
    for k in 0..<20 {
      let i = 183 * k % shape.count
      both.plane.pixels[i] = 1
      planes[k % 2].pixels[i] = 10_000
      planes[1 - k % 2].pixels[i] = value
    }
    let noise = StackNoise([Detector(gain: .constant(1), readoutNoise: .constant(3))])
    let found = AlikeHits(both, in: planes, slack: AlikeHits.ofFollowed, noise: noise.typical, factor: 1)
    #expect((found?.mask.flagged ?? 0) == (isAlike ? 20 : 0))
    #expect(AlikeHits(both, in: planes, noise: noise.typical, factor: 1) == nil)
  }

  @Test func coincidencesOfHitsStay() {
    #expect(masked(alike: 8, unlike: 40) == nil)
    #expect(masked(alike: 9, unlike: 0) == nil)
  }
}
