import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// Pairs whose exposures differ by more than cosmic rays.
@Suite struct PairScaleTests {
  private func run(_ pair: SlitPair, _ parameters: CR2ImagesParameters = .init()) throws -> CR2ImagesResult {
    let images = pair.exposures().images
    return try CR2Images.run(first: images[0], second: images[1], parameters: parameters)
  }

  /// The share of the hit pixels that are replaced.
  private func found(_ mask: Mask, _ hits: Mask) -> Double {
    Double((mask & hits).flagged) / Double(hits.flagged)
  }

  @Test(arguments: [(300.0, 900.0), (900.0, 300.0), (10, 600)])
  func unequalTimesAreMatched(times: (Double, Double)) throws {
    let pair = SlitPair(times: times)
    let (images, hits) = pair.exposures()
    let result = try CR2Images.run(first: images[0], second: images[1])
    #expect(abs(result.found.scale / (times.1 / times.0) - 1) < 0.03)
    #expect(result.lines.contains { $0.hasPrefix("scale ") && $0.contains("EXPTIME") })
    #expect(result.mask1.flagged < 150 && result.mask2.flagged < 150)
    for (n, after) in [result.clean1, result.clean2].enumerated() {
      let (now, before) = (SlitPair.median(row: 61, of: after), SlitPair.median(row: 61, of: images[n]))
      #expect(abs(now / before - 1) < 0.05)
    }
    if times.0 == 300 {
      #expect(found(result.mask1, hits[0]) > 0.9)
      // What is replaced lies at the level of the exposure that it is in.
      let rest = zip(result.clean1.pixels.pixels, hits[0].plane.pixels).filter { $0.1 == 1 }.map(\.0)
      #expect(rest.allSatisfy { $0 < 2200 })
    }
  }

  @Test func unequalTimesAreNeverSilent() throws {
    let result = try run(SlitPair(times: (300, 900)), .init(scale: .off))
    #expect(result.found.scale == 1)
    #expect(result.mask2.flagged > 1200)
    #expect(result.warnings.contains { $0.contains("EXPTIME 300 and 900 s") && $0.contains("scale=auto") })
    let warning = try #require(result.warnings.first { $0.contains("of image 2") && $0.contains("replaced") })
    #expect(warning.contains("%") && warning.contains("remain"))
    let factor = try #require(
      try PairDoubts(
        PairInput(
          .single(
            SlitPair(times: (300, 900)).exposures().images[0].pixels,
            SlitPair(times: (300, 900)).exposures().images[1].pixels)),
        found: result.found, parameters: .init(scale: .off), work: Work()
      ).explanation?.factor)
    #expect(abs(factor - 3) < 0.1)
  }

  @Test func ratesAreNotScaled() throws {
    let result = try run(SlitPair(times: (300, 900), isRate: true))
    #expect(result.found.scale == 1 && result.lines == [])
    #expect(result.mask1.flagged < 150 && result.mask2.flagged < 150)
    #expect(!result.warnings.contains { $0.contains("EXPTIME") })
  }

  @Test func factorsAreTakenAsGiven() throws {
    let result = try run(SlitPair(factor: 1.7), .init(scale: .factor(1.7)))
    #expect(result.found.scale == 1.7)
    #expect(result.mask1.flagged < 150 && result.mask2.flagged < 150)
    #expect(result.history(infile1: "a.fits", infile2: "b.fits").last == "- scale: 1.7")
    let fitted = try run(SlitPair(factor: 1.7), .init(scale: .auto))
    #expect(abs(fitted.found.scale - 1.7) < 0.03)
    #expect(throws: CRSError.self) { try run(SlitPair(), .init(scale: .factor(0))) }
  }

  @Test func equalExposuresStayAsTheyAre() throws {
    let plain = try run(SlitPair())
    #expect(plain.found.scale == 1 && plain.lines == [])
    let fitted = try run(SlitPair(), .init(scale: .auto))
    #expect(fitted.found.scale == 1)
    #expect(fitted.clean1.pixels == plain.clean1.pixels && fitted.mask2 == plain.mask2)
  }

  /// Another gain, or a cloud: nothing in the header says so.
  @Test func otherFactorsAreNamed() throws {
    let result = try run(SlitPair(factor: 2.2))
    let warning = try #require(result.warnings.first { $0.contains("times the flux of image 1") })
    #expect(warning.contains("image 2 has 2.1") || warning.contains("image 2 has 2.2"))
    #expect(warning.contains("scale=2."))
    #expect(warning.contains("% of the pixels of rows 5"), "\(warning)")
  }

  @Test(arguments: [(1.0, 0.0), (0, 1), (0.5, 0), (6, -9)])
  func displacementsAreNamed(x: Double, y: Double) throws {
    // Bright enough for a displacement to look like hits.
    let result = try run(SlitPair(times: (3000, 3000), offset: (x, y)))
    let warning = try #require(
      result.warnings.first { $0.contains("pixels away") }, "\(result.mask1.flagged) \(result.warnings)")
    let numbers = warning.matches(of: /lies \((-?[0-9.]+), (-?[0-9.]+)\)/)
    let match = try #require(numbers.first)
    #expect(abs((Double(match.1) ?? 99) - x) < 0.2 && abs((Double(match.2) ?? 99) - y) < 0.2, "\(warning)")
    if x.rounded() == x {
      if x != 0 { #expect(warning.contains("ioffx=\(Int(-x))")) }
      if y != 0 { #expect(warning.contains("ioffy=\(Int(-y))")) }
      let moved = try run(
        SlitPair(times: (3000, 3000), offset: (x, y)), .init(ioffx: Int(-x), ioffy: Int(-y)))
      #expect(!moved.warnings.contains { $0.contains("pixels away") })
      #expect(moved.mask1.flagged < result.mask1.flagged / 2)
    }
  }

  @Test func unequalBackgroundsDoNotMatter() throws {
    let result = try run(SlitPair(level: 400))
    #expect(result.mask1.flagged < 150 && result.mask2.flagged < 150)
    #expect(result.warnings.allSatisfy { !$0.contains("replaced;") && !$0.contains("cause") })
  }

  @Test func unequalNumbersAreTold() throws {
    let (images, _) = SlitPair(hits: 10).exposures()
    var first = images[0]
    var random = SplitMix64(state: 3)
    for _ in 0..<600 {
      let i = Int(random.uniform() * Double(first.pixels.count))
      first.pixels.pixels[i] += 2000
    }
    let result = try CR2Images.run(first: first, second: images[1])
    #expect(result.warnings.contains { $0.hasPrefix("image 1 has") && $0.contains("times as many") })
  }
}
