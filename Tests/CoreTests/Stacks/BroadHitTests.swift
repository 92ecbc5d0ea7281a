import Glibc
import Testing

@testable import Kernels
@testable import Pipeline

/// Groups of hits that are broader or longer than cosmic rays leave are told.
@Suite struct BroadHitTests {
  private func mask(_ isFlagged: (Int, Int) -> Bool) -> Mask {
    var mask = Mask(shape: Shape(width: 200, height: 180))
    for y in 0..<180 {
      for x in 0..<200 where isFlagged(x, y) { mask[x, y] = true }
    }
    return mask
  }

  @Test func tracksAreNotBroad() {
    let spots = mask { x, y in x % 28 < 5 && y % 27 < 5 }
    // A diagonal band and one that is broader; and a line of a hundred pixels.
    let band = mask { x, y in x > 20 && x < 60 && abs(y - x) < 5 }
    let broad = mask { x, y in x > 20 && x < 60 && abs(y - x) < 6 }
    let long = mask { x, y in y == 90 && x > 30 && x < 140 }
    #expect(BroadHits(among: [spots, long, band, Mask(shape: Shape(width: 0, height: 0))]).findings == nil)
    #expect(BroadHits(among: [mask { _, _ in false }, mask { x, y in x == 0 && y < 6 }]).findings == nil)
    #expect(BroadHits(among: [broad]).findings != nil)
  }

  @Test func discsAndTrails() throws {
    let disc = mask { x, y in (x - 120) * (x - 120) + (y - 40) * (y - 40) <= 25 }
    let trail = mask { x, y in x > 10 && x < 190 && (y == x / 2 || y == x / 2 + 1) }
    let found = try #require(BroadHits(among: [mask { _, _ in false }, disc]).findings)
    #expect(
      found
        == .init(
          groups: 1, pixels: 81, largest: 81, exposure: 2, x: 121, y: 41, width: 11, height: 11))
    let both = try #require(BroadHits(among: [trail, disc]).findings)
    #expect(both.groups == 2 && both.exposure == 1 && both.width == 179 && both.pixels == 81 + both.largest)
    // Where tracks run together nothing is told.
    let dense = mask { x, y in x % 8 != 0 && y % 10 != 0 && x < 100 }
    #expect(BroadHits(among: [dense]).findings == nil)
    // A bright core without a value.
    let ring = mask { x, y in
      let square = (x - 60) * (x - 60) + (y - 90) * (y - 90)
      return square <= 30 && square > 5
    }
    #expect(try #require(BroadHits(among: [ring]).findings).pixels == ring.flagged)
    var findings = StackFindings()
    findings.broad = both
    let told = try #require(StackReport.warnings(findings).first)
    #expect(
      told.hasPrefix("2 groups of hits (\(both.pixels) pixels) are broader or longer")
        && told.contains("exposure 1"))
    // Where every source looks so for a reason that is told, this says nothing.
    findings.difference = ExposureDifference(exposure: 1, cause: .flux(0.7), pixels: 900)
    #expect(StackReport.warnings(findings).count == 1)
  }

  /// A star that only one exposure shows.
  @Test(arguments: [2, 3]) func asteroidsAreTold(count: Int) throws {
    var scene = StackScene(width: 150, height: 120)
    scene.detectors = (0..<count).map { _ in (gain: 1.4, noise: 4) }
    scene.level = { x, y in
      60
        + [(30, 30), (110, 40), (60, 90)].reduce(0.0) { sum, star in
          let (u, v) = (Double(x - star.0), Double(y - star.1))
          return sum + 4000 * exp(-0.5 * (u * u + v * v) / 4)
        }
    }
    func result(_ peak: Double) throws -> MaskingResult {
      let planes = scene.planes { k, x, y in
        let (u, v) = (Double(x) - 80.3, Double(y) - 60.2)
        return (k == 1 ? peak * exp(-0.5 * (u * u + v * v) / 4) : 0) + (x == 20 && y > 60 && y < 80 ? 900 : 0)
      }
      return try Masking(
        scene.exposures(planes), options: FluxAndSkyTests.options(count), auxiliary: nil, work: Work()
      ).run(uuid: "", history: [])
    }
    let found = try #require(try result(9000).findings.broad)
    #expect(found.groups == 1 && found.exposure == 2, "\(found)")
    #expect(abs(found.x - 81) <= 1 && abs(found.y - 61) <= 1, "\(found)")
    #expect(try result(0).findings.broad == nil)
  }
}
