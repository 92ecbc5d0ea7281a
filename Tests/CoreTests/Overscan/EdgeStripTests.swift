import TestSupport
import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// Overscan as the pixels and the header of an exposure tell it.
@Suite struct EdgeStripTests {
  /// A slope of light with a star, whole ADU, between columns without light: some of a prescan, and the overscans of two
  /// amplifiers.
  private func frame(
    bias: (left: Double, right: Double) = (941, 961), prescan: Int = 0, overscan: Int = 24, sky: Double = 25,
    noise: Double = 2.9, width: Int = 240, height: Int = 200, seed: UInt64 = 1
  ) -> Plane<Float> {
    var random = SeededRandom(seed: seed)
    let all = prescan + width + 2 * overscan
    var plane = Plane<Float>(width: all, height: height, repeating: 0)
    for y in 0..<height {
      for x in 0..<all {
        let inside = x - prescan
        let isLit = inside >= 0 && inside < width
        let isLeft = isLit ? inside < width / 2 : x < prescan || inside < width + overscan
        let (dx, dy) = (Double(inside - 70), Double(y - 90))
        let light =
          isLit ? sky + 0.02 * Double(inside) + 3000 * max(0, 1 - (dx * dx + dy * dy) / 60) : 0
        let level = (isLeft ? bias.left : bias.right) + light
        plane[x, y] = Float((level + random.normal() * (noise * noise + light).squareRoot()).rounded())
      }
    }
    return plane
  }

  private func image(_ plane: Plane<Float>, _ cards: [String] = []) -> Image {
    Image(pixels: plane, unit: .none, header: TestFile.header(cards), storedType: .uint16)
  }

  @Test func columnsWithoutLightAreFound() throws {
    let strips = EdgeStrip.found(in: frame())
    #expect(strips.count == 2 && strips.allSatisfy { $0.lines == .columns }, "\(strips)")
    let (left, right) = (try #require(strips.first), try #require(strips.last))
    #expect(abs(left.level - 941) < 0.3 && abs(right.level - 961) < 0.3)
    #expect(abs(left.noise - 2.9) < 0.15 && abs(right.noise - 2.9) < 0.15)
    #expect(left.section.x1 >= 241 && left.section.x2 <= 264 && left.thickness > 18)
    #expect(right.section.x1 >= 265 && right.thickness > 18)
  }

  @Test func nothingIsFoundWhereThereIsNone() throws {
    #expect(EdgeStrip.found(in: frame(overscan: 0)).isEmpty)
    // A smooth sky has no border of another level.
    #expect(EdgeStrip.found(in: Scene().counts(seed: 1)).isEmpty)
    #expect(EdgeStrip.found(in: Plane(width: 300, height: 300, repeating: 7)).isEmpty)
    #expect(EdgeStrip.found(in: Plane(width: 300, height: 300, repeating: .nan)).isEmpty)
    #expect(EdgeStrip.found(in: Plane(width: 3, height: 300, repeating: 7)).isEmpty)
  }

  /// A BIASSEC that names the image, as when it changed places with TRIMSEC, tells no bias: the pixels do.
  @Test func overscanIsLessThanHalfOfTheFrame() throws {
    let plane = frame(bias: (941, 941))
    let swapped = try #require(Overscan(image(plane, ["BIASSEC = '[1:240,1:200]'"])))
    #expect(!swapped.text.hasPrefix("BIASSEC"), "\(swapped.text)")
    #expect(abs((swapped.bias.uniform ?? 0) - 941) < 0.3)
  }

  /// The dark end of a spectrum rises by and by: that is no row of amplifiers. A prescan before it remains one.
  @Test(arguments: [0, 24]) func darkColumnsThatDriftAreNone(prescan: Int) {
    for seed: UInt64 in 1...4 {
      var random = SeededRandom(seed: seed)
      var plane = Plane<Float>(width: 900, height: 300, repeating: 0)
      for y in 0..<300 {
        for x in 0..<900 {
          let light = x < prescan ? -8 : 0.00018 * Double(x * x)
          plane[x, y] = Float(804 + light + random.normal() * (9 + max(0, light)).squareRoot())
        }
      }
      let found = EdgeStrip.found(in: plane).filter { $0.lines == .columns }.map(\.section.columns)
      #expect(found.map(\.count).reduce(0, +) == prescan, "\(found)")
    }
  }

  @Test func amplifiersHaveTheirOwnBias() throws {
    let plane = frame()
    for cards in [[], ["DATASEC = '[1:240,1:200]'"], ["TRIMSEC = '[1:240,1:200]'"]] {
      let overscan = try #require(Overscan(image(plane, cards)), "\(cards)")
      guard case .plane(let bias) = overscan.bias else {
        Issue.record("\(cards): \(overscan.text)")
        continue
      }
      #expect(abs(bias[10, 10] - 941) < 0.5 && abs(bias[230, 190] - 961) < 0.5, "\(overscan.text)")
      #expect(bias[119, 5] == bias[0, 0] && bias[120, 5] == bias[239, 0])
      #expect(abs(overscan.noise - 2.9) < 0.15)
      #expect(overscan.text.contains("columns 241 to 288") || cards.isEmpty, "\(overscan.text)")
    }
    // Without a step in the image the levels are no amplifiers'.
    var other = plane
    for y in 0..<other.height { for x in 120..<240 { other[x, y] -= 20 } }
    let mean = try #require(Overscan(image(other, ["DATASEC = '[1:240,1:200]'"])))
    #expect(abs((mean.bias.uniform ?? 0) - 951) < 2 && mean.text.contains("the mean of"), "\(mean.text)")
  }

  @Test func theHeaderTellsWhereTheBiasIs() throws {
    let plane = frame(bias: (300, 300), prescan: 12)
    let overscan = try #require(
      Overscan(image(plane, ["BIASSEC = '[2:11,1:200]'", "TRIMSEC = '[13:252,1:200]'"])))
    #expect(abs((overscan.bias.uniform ?? 0) - 300) < 0.3 && overscan.text.hasPrefix("BIASSEC"))
    let area = try #require(ImagingArea(image(plane, ["TRIMSEC = '[  13: 252,   1: 200]'"])))
    #expect(area.text == "TRIMSEC [13:252, 1:200]" && area.outside.flagged == 200 * 60)
    // Sections that leave the image, hold all of it or hardly any tell nothing.
    for card in ["'[13:900,1:200]'", "'[1:300,1:200]'", "'[1:4,1:4]'", "'nonsense'"] {
      #expect(ImagingArea(image(plane, ["TRIMSEC = \(card)"])) == nil, "\(card)")
    }
    let parts = try #require(
      ImagingArea(image(plane, ["DATASEC1 = '[13:132,1:200]'", "DATASEC2 = '[133:252,1:200]'"])))
    #expect(parts.outside == area.outside)
  }

  @Test func theBiasIsMeasuredWithoutOverscanToo() throws {
    let plane = frame(bias: (797, 797), overscan: 0, sky: 10)
    let exposure = image(plane)
    let known = try exposure.measuredBias(gain: .constant(1), readoutNoise: .constant(2.9))
    #expect(abs(known.value.typical - 797) < 3, "\(known)")
    let none = try image(plane.map { $0 - 797 }).measuredBias(
      gain: .constant(1), readoutNoise: .constant(2.9))
    #expect(none.value == .constant(0))
    #expect(throws: CRSError.self) { try exposure.measuredBias(gain: nil, readoutNoise: nil) }
  }

  @Test func whatContradictsTheOverscanIsNamed() throws {
    let exposure = image(frame(bias: (950, 950)), ["DATASEC = '[1:240,1:200]'"])
    func check(rnoise: Double, bias: Double) -> OverscanCheck {
      OverscanCheck(exposure, Detector(gain: 1, readoutNoise: rnoise, bias: bias), trims: true)
    }
    #expect(check(rnoise: 2.9, bias: 950).warnings.isEmpty)
    let forgotten = check(rnoise: 2.9, bias: 0)
    #expect(forgotten.namesBias && forgotten.warnings.count == 1)
    #expect(
      forgotten.warnings[0].contains("a bias of about 950") && forgotten.warnings[0].contains("bias=auto"))
    let wrong = check(rnoise: 2.9, bias: 900)
    #expect(
      !wrong.namesBias && wrong.warnings.count == 1 && wrong.warnings[0].contains("the overscan has 950"))
    for factor in [1.5, 1 / 1.5] {
      let noisy = check(rnoise: 2.9 * factor, bias: 950).warnings
      #expect(noisy.count == 1 && noisy[0].contains("rnoise=2.8"), "\(noisy)")
      // A card tells overscan: no light falls there.
      #expect(!noisy[0].contains("light"), "\(noisy)")
    }
    // Without a card the columns may be dark sky, whose photons make the rest of the noise.
    let seen = OverscanCheck(
      image(frame(bias: (950, 950))), Detector(gain: 2, readoutNoise: 2.9 / 1.5, bias: 950), trims: true
    ).warnings
    #expect(seen.contains { $0.contains("or light falls there, and the bias is about 8.7") }, "\(seen)")
  }

  @Test func narrowKernelsAreTold() throws {
    var parameters = LACosmicParameters(fineStructure: .convolve)
    for (width, isNarrow) in [(1.5, true), (2.5, true), (3, true), (4, false), (6, false)] {
      parameters.psf = .model(PSFModel(profile: .gaussxy, fwhmX: width, fwhmY: width, size: 11))
      #expect(FineStructureCheck.warnings(parameters).isEmpty != isNarrow, "\(width)")
    }
    parameters.psf = .model(PSFModel(profile: .gaussx, fwhmX: 2.5, fwhmY: 2.5, size: 11))
    #expect(FineStructureCheck.warnings(parameters).isEmpty)
    #expect(FineStructureCheck.warnings(LACosmicParameters()).isEmpty)
  }
}
