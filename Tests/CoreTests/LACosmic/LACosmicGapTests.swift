import Testing

@testable import Kernels

/// What is not finite takes no part in medians and convolutions.
@Suite struct LACosmicGapTests {
  private static let modes: [LACosmicParameters] = [
    LACosmicParameters(readNoise: 4), LACosmicParameters(readNoise: 4, sepmed: false),
    LACosmicParameters(readNoise: 4, fineStructure: .convolve),
    LACosmicParameters(readNoise: 4, sepmed: false, cleanType: .medmask, fineStructure: .convolve),
  ]

  /// Bright stars; no cosmic ray.
  private func stars(at centres: [(Int, Int)], width: Int = 160, height: Int = 120) -> Plane<Float> {
    var scene = StackScene(width: width, height: height)
    scene.detectors = [(1, 4)]
    scene.level = { x, y in
      centres.reduce(100) { sum, centre in
        sum + 2e5 * gauss(Double(x - centre.0) / 2.2) * gauss(Double(y - centre.1) / 2.2)
      }
    }
    return scene.planes()[0]
  }

  /// A8: a star with a core of NaN, or of infinities, beside one that is clipped and masked.
  @Test(arguments: modes.indices, [Float.nan, .infinity]) func starsWithoutCores(_ mode: Int, _ core: Float)
    throws
  {
    var image = stars(at: [(50, 60), (110, 60)])
    var mask = Mask(shape: image.shape)
    for y in 0..<120 {
      for x in 0..<160 where image[x, y] > 60000 {
        if x < 80 {
          image[x, y] = core
        } else {
          image[x, y] = 60000
          mask[x, y] = true
        }
      }
    }
    let found = try LACosmic.run(image, parameters: Self.modes[mode], inmask: mask, work: Work())
    #expect(found.mask.flagged == 0)
    #expect(found.nonFinite > 20)
  }

  /// Columns, blocks and borders that are not finite, beside stars and hits: hits are found, stars are not.
  @Test(arguments: modes.indices) func columnsBlocksAndBorders(_ mode: Int) throws {
    var image = stars(at: [(30, 30), (90, 60), (130, 90)])
    let whole = try LACosmic.run(image, parameters: Self.modes[mode], work: Work())
    #expect(whole.mask.flagged == 0)
    for y in 0..<120 {
      for x in 0..<160 where x < 12 || x == 31 || (88...93).contains(x) && (50...70).contains(y) || y > 110 {
        image[x, y] = .nan
      }
    }
    image[60, 60] += 3000
    image[20, 80] += 3000
    let found = try LACosmic.run(image, parameters: Self.modes[mode], work: Work())
    #expect(found.mask[60, 60] && found.mask[20, 80])
    #expect(found.mask.flagged <= 4)
    for i in 0..<image.count where image.pixels[i].isNaN { #expect(found.clean.pixels[i].isNaN) }
  }

  /// A gap far away changes nothing.
  @Test(arguments: modes.indices) func gapsActOnlyNearby(_ mode: Int) throws {
    let scene = LACosmicPropertyTests.scene()
    let plain = try LACosmic.run(scene, parameters: Self.modes[mode], work: Work())
    var gap = scene
    for y in 0..<6 { for x in 0..<6 { gap[x, y] = .nan } }
    let other = try LACosmic.run(gap, parameters: Self.modes[mode], work: Work())
    for y in 0..<scene.height {
      for x in 0..<scene.width where x > 40 || y > 40 {
        #expect(plain.mask[x, y] == other.mask[x, y])
        #expect(plain.clean[x, y] == other.clean[x, y])
      }
    }
  }
}
