import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// A value that is implausibly low in one exposure never replaces the good value of the other.
@Suite struct PairLowValueTests {
  /// What dropped out of the second exposure: places, and what they hold instead.
  enum Defect: CaseIterable {
    case pixels, negative, column, row, block, corner, quadrant, noise

    func holds(_ x: Int, _ y: Int) -> Bool {
      switch self {
      case .pixels: (x * 7919 + y * 104_729) % 211 == 5
      // On the flanks of the trace a move of it looks like that.
      case .negative: (x * 7919 + y * 104_729) % 211 == 5 && abs(y - 60) > 12 && abs(x - 80) > 6
      case .column: x == 120
      case .row: y == 40
      case .block: (30..<60).contains(x) && (50..<72).contains(y)
      case .corner: x + y < 50
      case .quadrant, .noise: x >= 120 && y >= 70
      }
    }

    func value(_ good: Float, _ random: inout SplitMix64) -> Float {
      switch self {
      case .negative: good - 800
      case .noise: Float(3 * random.normal())
      default: 0
      }
    }
  }

  private func spoilt(_ images: [Image], _ defect: Defect, of k: Int) -> (images: [Image], low: Mask) {
    var images = images
    var low = Mask(shape: images[k].shape)
    var random = SplitMix64(state: 5)
    for y in 0..<low.height {
      for x in 0..<low.width where defect.holds(x, y) {
        images[k].pixels[x, y] = defect.value(images[k].pixels[x, y], &random)
        low[x, y] = true
      }
    }
    return (images, low)
  }

  @Test(arguments: Defect.allCases, [0, 1]) func lowValuesReplaceNothing(defect: Defect, k: Int) throws {
    let (plain, hits) = SlitPair(times: (2700, 2700)).exposures()
    let (images, low) = spoilt(plain, defect, of: k)
    let result = try CR2Images.run(first: images[0], second: images[1])
    let expected = try CR2Images.run(first: plain[0], second: plain[1])
    let cleans = [result.clean1, result.clean2]
    let masks = [result.mask1, result.mask2]
    let (good, bad) = (1 - k, k)
    var told = 0
    for i in 0..<low.plane.count where low.plane.pixels[i] != 0 {
      let isHit = hits[good].plane.pixels[i] != 0
      // Inside an area nothing around says what is a hit.
      if isHit, [.pixels, .negative, .column, .row].contains(defect) {
        #expect(cleans[good].mask?.plane.pixels[i] != 0 && cleans[bad].mask?.plane.pixels[i] != 0)
      }
      // The good exposure keeps its value.
      if !isHit {
        #expect(cleans[good].pixels.pixels[i] == plain[good].pixels.pixels[i], "\(i % 200), \(i / 200)")
        #expect(masks[good].plane.pixels[i] == 0)
      }
      // The low one gets it, or is masked.
      let isMasked = cleans[bad].mask?.plane.pixels[i] ?? 0 != 0
      #expect(isMasked, "\(i % 200), \(i / 200)")
      if isMasked { told += 1 }
      #expect(masks[bad].plane.pixels[i] == 0)
    }
    #expect(told == low.flagged)
    let counts = try #require(result.found.low)
    let found = k == 0 ? counts.counts.first : counts.counts.second
    #expect(found + counts.undecided >= low.flagged - 2 && found + counts.undecided <= low.flagged + 2)
    #expect(result.warnings.contains { $0.contains("of image \(k + 1) lie too low for image \(good + 1)") })
    // Hits that are far from the defect are those that are found without it.
    for i in 0..<low.plane.count
    where hits[0].plane.pixels[i] | hits[1].plane.pixels[i] != 0 && low.plane.pixels[i] == 0 {
      for (a, b) in zip(masks, [expected.mask1, expected.mask2]) {
        #expect(a.plane.pixels[i] == b.plane.pixels[i])
      }
    }
  }

  /// Few low values leave the repair of hits as it is, bit by bit.
  @Test func ordinaryHitsKeepTheirBits() throws {
    let (plain, hits) = SlitPair(times: (900, 900)).exposures()
    var images = plain
    images[1].pixels[150, 20] = 0
    let result = try CR2Images.run(first: images[0], second: images[1])
    let expected = try CR2Images.run(first: plain[0], second: plain[1])
    #expect(result.found.low?.counts.second == 1 && result.found.low?.counts.first == 0)
    var before = images[0]
    before.pixels[150, 20] = 1e4
    // The statistics are those of the difference with the low value in it.
    let same = try CR2Images.run(first: before, second: plain[1])
    #expect(result.found.robustStandardDeviation == same.found.robustStandardDeviation)
    for i in 0..<hits[0].plane.count where i != 20 * 200 + 150 {
      #expect(result.clean1.pixels.pixels[i] == same.clean1.pixels.pixels[i])
      #expect(result.clean2.pixels.pixels[i] == same.clean2.pixels.pixels[i])
    }
    #expect(result.mask1 == expected.mask1 && result.mask2 == expected.mask2)
  }

  /// Ordinary pairs have none: nothing is looked for a second time.
  @Test(arguments: [1, 2, 3, 4, 5, 6]) func ordinaryPairsHaveNone(seed: UInt64) throws {
    var pair = SlitPair(hits: 300)
    (pair.seed, pair.offset) = (seed, seed % 2 == 0 ? (0, 0) : (0, 0.1))
    let (images, _) = pair.exposures()
    let result = try CR2Images.run(first: images[0], second: images[1])
    #expect(result.found.low == nil && result.found.first.low == nil && result.found.second?.low == nil)
  }

  /// Negative hits on a narrow trace and beside it, whose other pixels agree.
  @Test func negativeHitsOnTraces() throws {
    var scene = StackScene()
    scene.level = { _, y in 400 + 3000 * gauss(Double(y - 60) / 1.2) }
    scene.detectors = [(1, 5), (1, 5)]
    var planes = scene.planes()
    for number in 0..<12 {
      let (x, y, k) = (10 + 10 * number, 57 + number % 7, number % 2)
      planes[k][x, y] -= Float([900, 1500][number / 2 % 2])
    }
    let (_, combined) = try scene.run(scene.exposures(planes))
    let (truth, out) = (scene.truth(), try combined(.mediancr))
    func isDark(_ image: Plane<Float>, _ i: Int) -> Bool {
      let level = truth.pixels[i]
      return image.pixels[i] < level - 8 * (level + 25).squareRoot()
    }
    let left = (0..<truth.count).count { isDark(out.image, $0) }
    #expect(left <= 1, "\(left) negative hits are the result")
    #expect(out.map.pixels.count { $0 == 0 } <= 4)
  }

  /// A hit on a pixel that the other exposure lost: neither value is good.
  @Test func hitsOnLowValuesAreMasked() throws {
    var (images, _) = SlitPair(times: (900, 900), hits: 0).exposures()
    for y in 0..<120 { images[1].pixels[120, y] = 0 }
    for x in 116..<125 { images[0].pixels[x, 30] += 4000 }
    let result = try CR2Images.run(first: images[0], second: images[1])
    #expect(result.found.low?.undecided == 1)
    #expect(result.clean1.mask?[120, 30] == true && result.clean2.mask?[120, 30] == true)
    #expect(!result.mask1[120, 30] && result.mask1[119, 30])
    #expect(result.warnings.contains { $0.hasPrefix("1 pixel has a value that is too low in one image") })
  }

  /// Whole numbers, an offset, unequal times, single mode, more than float32 holds.
  @Test func otherPairs() throws {
    let (plain, _) = SlitPair(times: (900, 900)).exposures()
    let (images, low) = spoilt(plain, .block, of: 1)
    let whole = images.map { image in
      var image = image
      image.pixels = image.pixels.map { max(0, $0.rounded()) }
      image.storedType = .uint16
      return image
    }
    let integers = try CR2Images.run(first: whole[0], second: whole[1])
    let single = try CR2Images.run(first: images[0], second: images[1], parameters: .init(singleMode: true))
    var wide = images
    for k in 0..<2 { wide[k].exactPixels = .float64(wide[k].pixels.pixels.map { Double($0) }) }
    let exact = try CR2Images.run(first: wide[0], second: wide[1])
    for i in 0..<low.plane.count where low.plane.pixels[i] != 0 && single.mask1.plane.pixels[i] == 0 {
      #expect(integers.clean1.pixels.pixels[i] == whole[0].pixels.pixels[i])
      #expect(integers.clean2.pixels.pixels[i] > 100)
      #expect(single.clean1.pixels.pixels[i] == plain[0].pixels.pixels[i])
      #expect(exact.clean1.pixels.pixels[i] == plain[0].pixels.pixels[i])
    }
    #expect((single.mask1 & low).flagged == 0 && single.clean2.pixels == images[1].pixels)
    #expect(single.warnings.contains { $0.contains("stays as it is (single_mode)") })
    // The second exposure lies two pixels to the left.
    var moved = images
    moved[1].pixels = Plane(width: 200, height: 120, repeating: .nan)
    for y in 0..<120 { for x in 0..<198 { moved[1].pixels[x, y] = images[1].pixels[x + 2, y] } }
    let shifted = try CR2Images.run(first: moved[0], second: moved[1], parameters: .init(ioffx: 2))
    #expect((shifted.mask1 & low).flagged == 0)
    #expect(shifted.clean2.mask?[40, 60] == true && (shifted.clean2.pixels[40, 60]) > 100)
    // A third of the time.
    let (unlike, _) = SlitPair(times: (300, 900)).exposures()
    let (long, block) = spoilt(unlike, .block, of: 1)
    let scaled = try CR2Images.run(first: long[0], second: long[1])
    #expect((scaled.mask1 & block).flagged == 0)
    #expect(abs(scaled.clean2.pixels[40, 65] / unlike[1].pixels[40, 65] - 1) < 0.3)
  }

  /// A strip that one exposure does not cover is compared with nothing.
  @Test(arguments: [0, 3.0]) func uncoveredStrips(noise: Double) throws {
    let (plain, _) = SlitPair(times: (900, 900)).exposures()
    var images = plain
    var random = SplitMix64(state: 3)
    for y in 0..<120 { for x in 0..<12 { images[1].pixels[x, y] = Float(noise * random.normal()) } }
    let result = try CR2Images.run(first: images[0], second: images[1])
    #expect(result.found.masked == 12 * 120)
    for y in 0..<120 {
      for x in 0..<12 {
        #expect(result.clean1.pixels[x, y] == plain[0].pixels[x, y] && result.clean2.mask?[x, y] == true)
      }
    }
  }
}
