import Testing

@testable import Kernels
@testable import Pipeline

/// Pixels that look hit in every exposure are told where chance does not make them.
@Suite struct SharedPixelsTests {
  /// A mask of single pixels, `count` of them.
  private func scattered(_ count: Int) -> Mask {
    var mask = Mask(shape: Shape(width: 500, height: 400))
    for k in 0..<count { mask.plane.pixels[k * 997 % mask.plane.count] = 1 }
    return mask
  }

  @Test func chanceOfTwoIsNotTold() {
    // 3 % of the pixels of either exposure: 180 of 200,000 are hit in both.
    #expect(SharedPixels(scattered(200), hits: [6000, 6000]).warnings.isEmpty)
    // The same number of few hits is no chance, nor is that of three exposures.
    #expect(SharedPixels(scattered(200), hits: [400, 400]).warnings.count == 1)
    let three = SharedPixels(scattered(200), hits: [6000, 6000, 6000]).warnings
    #expect(three.count == 1 && three[0].contains("200 pixels look hit in all 3 exposures"), "\(three)")
    #expect(SharedPixels(scattered(40), hits: [40, 40]).warnings.isEmpty)
  }
}
