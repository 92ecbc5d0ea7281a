import Testing

@testable import Kernels
@testable import Pipeline

/// Star fields that were dithered on purpose, whose offsets are known: each exposure is compared with what it should show.
@Suite struct DitheredFieldTests {
  /// - Parameter places: of `SourceChangesTests.field`: x is moved by so many pixels and y by minus half of it.
  private func result(_ exposures: [ExposurePlanes], places: [Double]) throws -> MaskingResult {
    var options = FluxAndSkyTests.options(exposures.count)
    options.offsets = places.map { Offset(x: $0, y: -0.5 * $0) }
    return try Masking(exposures, options: options, auxiliary: nil, work: Work()).run(uuid: "", history: [])
  }

  /// The median of values that sources make unlike is no contaminated one.
  @Test(arguments: [[0, 0.6, -0.5], [0, 0.6, -0.5, 0.35], [0, -0.6, 0.7, 0.2, -0.3]])
  func mediansBetweenTheExposures(places: [Double]) throws {
    let (exposures, hits) = SourceChangesTests().field(widths: places.map { _ in 3.2 }, places: places)
    let result = try result(exposures, places: places)
    let hit = hits.reduce(hits[0]) { $0 | $1 }
    let wrong = (result.masks.medianCR & !hit).flagged
    #expect(wrong <= 30, "\(wrong) medians")
    for (mask, hits) in zip(result.masks.exposures, hits) {
      let (found, wrong) = ((mask & hits).flagged, (mask & !hits).flagged)
      #expect(wrong <= 25 && 10 * found > 8 * hits.flagged, "\(found) and \(wrong)")
    }
  }

  /// What meets on the detector is found, wherever the sources are.
  @Test func coincidentHitsStay() throws {
    let places = [0, 0.6, -0.5]
    var (exposures, _) = SourceChangesTests().field(widths: places.map { _ in 3.2 }, places: places, seed: 5)
    var (common, random) = (Mask(shape: exposures[0].pixels.shape), SplitMix64(state: 3))
    for _ in 0..<80 {
      let (x, y) = (3 + Int(290 * random.uniform()), 3 + Int(230 * random.uniform()))
      common[x, y] = true
      for k in 0...1 {
        exposures[k].pixels[x, y] +=
          200 + 15 * max(exposures[k].pixels[x, y], 0).squareRoot()
          + 0.3 * exposures[k].pixels[x, y]
      }
    }
    let found = (try result(exposures, places: places).masks.medianCR & common).flagged
    #expect(10 * found > 9 * common.flagged, "\(found) of \(common.flagged)")
  }

  /// At the borders other exposures show what lies outside of the first one.
  @Test func bordersOfWideDithers() throws {
    let places = [0, 4.3, -3.7]
    let (exposures, hits) = SourceChangesTests().field(
      widths: places.map { _ in 3.2 }, places: places, seed: 6)
    let result = try result(exposures, places: places)
    for (mask, hits) in zip(result.masks.exposures, hits) {
      let wrong = mask & !hits
      var outside = 0
      for y in 0..<wrong.height {
        for x in 0..<wrong.width where wrong[x, y] && (min(x, y) < 5 || x >= 295 || y >= 235) { outside += 1 }
      }
      #expect(outside <= 6 && wrong.flagged <= 25, "\(outside) of \(wrong.flagged)")
    }
  }

  /// Narrow stars of a displaced pair look like hits in both exposures until each is compared with what it should show.
  @Test func narrowStarsOfAPair() throws {
    let places = [0, 0.5]
    let (exposures, hits) = SourceChangesTests().field(widths: [1.6, 1.6], places: places, seed: 7)
    var scene = StackScene(width: 300, height: 240)
    scene.detectors = [(gain: 1.4, noise: 4.5), (1.4, 4.5)]
    let offsets = places.map { Offset(x: $0, y: -0.5 * $0) }
    let result = try scene.run(exposures) { ($0.offsets, $0.dilation) = (offsets, 0) }.result
    let wrong = zip(result.masks.exposures, hits).map { ($0 & !$1).flagged }
    #expect(result.findings.alikePixels > 0)
    #expect(wrong.allSatisfy { $0 <= 20 }, "\(wrong)")
  }
}
