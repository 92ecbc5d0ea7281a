import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// Masked pixels of a pair flag nothing, enter no scatter and replace nothing.
@Suite struct PairMaskTests {
  /// A pair, and the same with hot columns in the first and a NaN strip in the second exposure, masked.
  private func pair() -> (plain: [Image], spoilt: [Image], hits: [Mask]) {
    let (plain, hits) = SlitPair(hits: 60).exposures()
    var spoilt = plain
    var mask = Mask(shape: plain[0].shape)
    for y in 0..<mask.height {
      for x in [30, 31, 120] {
        spoilt[0].pixels[x, y] = 40_000 + Float(y)
        mask[x, y] = true
      }
      for x in 150..<160 { spoilt[1].pixels[x, y] = .nan }
    }
    spoilt[0].mask = mask
    return (plain, spoilt, hits)
  }

  @Test func maskedPixelsCountNowhere() throws {
    let (plain, spoilt, hits) = pair()
    let result = try CR2Images.run(first: spoilt[0], second: spoilt[1])
    let expected = try CR2Images.run(first: plain[0], second: plain[1])
    #expect(result.found.masked == 3 * 120 && result.found.notFinite == 10 * 120)
    #expect(result.found.compared == 200 * 120 - 13 * 120)
    #expect(abs(result.found.robustStandardDeviation / expected.found.robustStandardDeviation - 1) < 0.03)
    #expect(result.lines.contains { $0.hasPrefix("360 pixels are masked") })
    for y in 0..<120 {
      for x in 0..<200 {
        let isOut = [30, 31, 120].contains(x) || (150..<160).contains(x)
        if isOut {
          #expect(!result.mask1[x, y] && !result.mask2[x, y])
        } else if expected.mask1[x, y] && hits[0][x, y] {
          #expect(result.mask1[x, y])
        }
      }
    }
    // Nothing was replaced by a masked value; the masked pixels themselves are as they were.
    #expect(result.clean2.pixels.pixels.allSatisfy { !($0 > 39_000) })
    #expect(result.clean1.pixels[30, 5] == 40_005 && result.clean2.pixels[155, 5].isNaN)
    #expect(result.clean1.mask?[30, 5] == true && result.mask1[30, 5] == false)
  }

  /// A masked star flags nothing even where the exposures differ most.
  @Test func saturatedStarsFlagNothing() throws {
    var (images, _) = SlitPair(hits: 5).exposures()
    var mask = Mask(shape: images[0].shape)
    for y in 20..<32 {
      for x in 40..<52 {
        images[1].pixels[x, y] = 65_535
        mask[x, y] = true
      }
    }
    let without = try CR2Images.run(first: images[0], second: images[1])
    #expect(without.mask2[45, 25])
    images[1].mask = mask
    let result = try CR2Images.run(first: images[0], second: images[1])
    #expect((result.mask2 & mask).flagged == 0 && (result.mask1 & mask).flagged == 0)
    #expect(result.clean1.pixels[45, 25] == images[0].pixels[45, 25])
  }

  @Test func fillTakesTheOtherExposure() throws {
    var (plain, spoilt, _) = pair()
    // A hit of the second exposure that reaches into the masked column, and a pixel that neither knows.
    spoilt[1].pixels[120, 50] += 5000
    spoilt[1].pixels[121, 50] += 5000
    spoilt[0].mask?[155, 70] = true
    let result = try CR2Images.run(first: spoilt[0], second: spoilt[1], parameters: .init(fill: true))
    let first = try #require(result.found.first.fill)
    let second = try #require(result.found.second?.fill)
    #expect(first.count + first.left == 361 && second.count + second.left == 1200)
    #expect(first.left >= 2 && second.left >= 1)
    #expect(result.lines.contains { $0.hasPrefix("filled \(first.count) pixels of image 1") })
    let median = Float(result.found.median)
    for y in 0..<120 where result.clean1.pixels[30, y] < 30_000 {
      #expect(result.clean1.pixels[30, y] == spoilt[1].pixels[30, y] + median)
    }
    #expect(result.clean1.pixels[120, 50] == 40_050)
    #expect(result.clean2.pixels[155, 70].isNaN)
    #expect(result.clean2.pixels[155, 71] == plain[0].pixels[155, 71] - median)
    // What has a value of the other exposure is masked, hits are hits.
    #expect(result.clean2.mask?[155, 71] == true && !result.mask2[155, 71])
    #expect(result.history(infile1: "a", infile2: "b").last == "- fill: True")
  }

  @Test func uncertaintiesFollowTheScale() throws {
    var (images, _) = SlitPair(times: (300, 900), hits: 0).exposures()
    images[0].pixels[100, 20] += 3000
    images[1].pixels[20, 100] += 9000
    let flat = Plane<Float>(width: 200, height: 120, repeating: 6)
    images[0].uncertainty = Uncertainty(kind: .variance, values: flat)
    images[1].uncertainty = Uncertainty(kind: .standardDeviation, values: flat)
    let result = try CR2Images.run(first: images[0], second: images[1], parameters: .init(scale: .factor(3)))
    #expect(result.mask1[100, 20] && result.mask2[20, 100])
    #expect(result.clean1.uncertainty?.values[100, 20] == 4)
    #expect(abs((result.clean2.uncertainty?.values[20, 100] ?? 0) - Float(54).squareRoot()) < 1e-5)
    #expect(result.clean1.uncertainty?.values[5, 5] == 6)
  }

  @Test func singleImagesLeaveMaskedPixelsOut() throws {
    var image = SlitPair(hits: 20).exposures().images[0]
    var mask = Mask(shape: image.shape)
    for y in 0..<mask.height {
      for x in 50..<55 {
        image.pixels[x, y] = 60_000
        mask[x, y] = true
      }
    }
    image.mask = mask
    var parameters = CR2ImagesParameters()
    parameters.medianSize = try MedianWindow(rows: 9, columns: 9)
    let result = try CR2Images.run(first: image, parameters: parameters)
    #expect((result.mask1 & mask).flagged == 0)
    #expect(result.clean2.pixels.pixels.allSatisfy { $0 < 3000 })
    parameters.fill = true
    let filled = try CR2Images.run(first: image, parameters: parameters)
    #expect(filled.clean1.pixels[52, 60] < 3000 && filled.clean1.mask?[52, 60] == true)
  }
}
