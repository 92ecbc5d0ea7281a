import Glibc
import Testing

@testable import Kernels
@testable import Pipeline

/// Many hits on a dark sky meet, and are no levels, hot pixels or sources.
@Suite struct DenseHitTests {
  /// Three exposures of 300x300 pixels with a sky of so many electrons, short tracks on a share of the pixels.
  private func result(sky: Double, share: Double, seed: UInt64) throws -> (MaskingResult, hits: [Mask]) {
    var scene = StackScene(width: 300, height: 300, level: { _, _ in sky })
    scene.detectors = [(1.5, 5), (1.5, 5), (1.5, 5)]
    scene.seed = seed
    var random = SplitMix64(state: seed)
    var planes = scene.planes()
    let hits = planes.indices.map { k in
      var mask = Mask(shape: planes[k].shape)
      while Double(mask.flagged) < share * Double(mask.plane.count) {
        let angle = 2 * Double.pi * random.uniform()
        let (x, y) = (300 * random.uniform(), 300 * random.uniform())
        let (length, charge) = (1 + 6 * random.uniform(), pow(10, 2 + 1.5 * random.uniform()))
        for step in 0..<Int(length) {
          let (u, v) = (Int(x + Double(step) * cos(angle)), Int(y + Double(step) * sin(angle)))
          guard (0..<300).contains(u), (0..<300).contains(v) else { continue }
          planes[k][u, v] += Float(charge * (0.5 + random.uniform()))
          mask[u, v] = true
        }
      }
      return mask
    }
    return (
      try Masking(
        scene.exposures(planes), options: FluxAndSkyTests.options(3), auxiliary: nil, work: Work()
      ).run(uuid: "", history: []), hits
    )
  }

  @Test(arguments: [(1.0, 0.06), (1, 0.1), (20, 0.04), (20, 0.065), (200, 0.06)])
  func theyAreHits(sky: Double, share: Double) throws {
    for seed in 1...3 as ClosedRange<UInt64> {
      let (result, hits) = try result(sky: sky, share: share, seed: seed)
      #expect(result.findings.hotPixels == nil && result.findings.sources == nil)
      let notes = StackReport.warnings(result.findings).filter { !$0.contains("too low for the others") }
      #expect(notes == [], "\(sky) \(share)")
      let coincident = (hits[0] & hits[1]) | (hits[0] & hits[2]) | (hits[1] & hits[2])
      #expect(Double((result.masks.medianCR & coincident).flagged) > 0.9 * Double(coincident.flagged))
    }
  }

  /// Another flux of sources on a dark sky is still told.
  @Test func anotherFluxIsALevel() throws {
    let planes = [1.0, 1, 1.2].enumerated().map { k, factor in
      var scene = StackScene(width: 200, height: 200)
      scene.level = { x, y in
        let (dx, dy) = (Double(x % 25) - 12, Double(y % 25) - 12)
        return 2 + factor * 2000 * exp(-0.2 * (dx * dx + dy * dy))
      }
      return scene.planes()[k]
    }
    let levels = StackLevels(
      planes, planes: try StackPlanes(planes, work: Work()),
      noise: StackNoise([Detector(gain: 1, readoutNoise: 5)]))
    #expect(levels.deviating == [2])
    #expect(abs((levels.relative[2] ?? 0) - 1.19) < 0.03)
  }

  /// A level confirms a flux that it follows, and no other one.
  @Test func levelsConfirmFluxes() throws {
    let planes = (0...2).map { k in
      StackScene(level: { _, _ in k == 2 ? 1080 : 900 }, seed: UInt64(k)).planes()[0]
    }
    var findings = StackFindings()
    #expect(findings.confirms(0.7, of: 1))
    findings.levels = StackLevels(
      planes, planes: try StackPlanes(planes, work: Work()),
      noise: StackNoise([Detector(gain: 1, readoutNoise: 5)]))
    #expect(findings.confirms(1.2, of: 3) && findings.confirms(1.35, of: 3))
    #expect(
      !findings.confirms(1.5, of: 3) && !findings.confirms(0.7, of: 3) && !findings.confirms(1.2, of: 1))
  }

  /// A level that dim and bright pixels do not share is none: a blurred exposure has brighter wings and fainter peaks.
  @Test(arguments: [UInt64(3), 5]) func aBlurIsNoLevel(seed: UInt64) throws {
    let (exposures, _) = SourceChangesTests().field(widths: [4.5, 3, 3], sky: 12, seed: seed)
    var options = FluxAndSkyTests.options(3)
    options.pvalue.falseAlarms = 1
    let result = try Masking(exposures, options: options, auxiliary: nil, work: Work())
      .run(uuid: "", history: [])
    let notes = StackReport.warnings(result.findings)
    #expect(notes.contains { $0.contains("exposure 1 is blurred by") }, "\(notes)")
    #expect(!notes.contains { $0.contains("times the") || $0.contains("more sky") }, "\(notes)")
  }

  /// Hits that make much of an image scatter are no wrong numbers of the detector.
  @Test func scatterOfManyHits() throws {
    let planes = StackScene(level: { _, _ in 0 }).planes()
    let median = try StackPlanes(planes, work: Work()).median
    func isLeft(_ hitFraction: Double, assumed: Double) throws -> Bool {
      var findings = StackFindings()
      let noise = StackNoise([Detector(gain: 1, readoutNoise: assumed)])
      findings.scatter = try #require(StackScatter(planes, median: median, noise: noise))
      findings.doubtNumbers(hitFraction: hitFraction)
      return findings.scatter != nil
    }
    // The noise is 5.
    #expect(try isLeft(0.01, assumed: 3.3))
    #expect(try isLeft(0.03, assumed: 3.3))
    #expect(try !isLeft(0.08, assumed: 3.3))
    #expect(try isLeft(0.08, assumed: 7))
  }

  /// Many more contaminated medians than chance makes are told where nothing else is.
  @Test func mediansThatChanceDoesNotExplain() throws {
    var findings = StackFindings()
    (findings.foundSpoilt, findings.expectedSpoilt) = (807, 0.56)
    let note = try #require(StackReport.warnings(findings).first)
    #expect(
      note.contains("where single hits make 0.56 expected: most of them hardly are cosmic rays"), "\(note)")
    findings.difference = ExposureDifference(exposure: 2, cause: .flux(0.8), pixels: 900)
    #expect(!StackReport.warnings(findings).contains { $0.contains("hardly are") })
    findings.difference = nil
    (findings.foundSpoilt, findings.expectedSpoilt) = (122, 35)
    #expect(StackReport.warnings(findings).isEmpty)
    findings.expectedSpoilt = nil
    #expect(StackReport.warnings(findings).isEmpty)
  }
}
