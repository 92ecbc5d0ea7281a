import Testing

@testable import Kernels
@testable import Pipeline

/// Hits that crowd on sources are told: cosmic rays choose no places.
@Suite struct HitsOnSourcesTests {
  private let width = 240
  private let height = 200

  /// Stars on a grid, and masks of the hits of two exposures at `share` of all places and of those of stars.
  private func scene(share: Double, onStars: Double, seed: UInt64 = 1) -> (
    minimum: Plane<Float>, hits: [Mask]
  ) {
    var random = SplitMix64(state: seed)
    var minimum = Plane<Float>(width: width, height: height, repeating: 100)
    for i in 0..<minimum.count { minimum.pixels[i] += Float(3 * random.normal()) }
    var stars = Mask(shape: minimum.shape)
    for y in stride(from: 15, to: height - 5, by: 30) {
      for x in stride(from: 15, to: width - 5, by: 30) {
        for v in -3...3 { for u in -3...3 { minimum[x + u, y + v] += 500 } }
        for v in -2...2 { for u in -2...2 { stars[x + u, y + v] = true } }
      }
    }
    let hits = (0..<2).map { _ in
      var mask = Mask(shape: minimum.shape)
      for i in 0..<mask.plane.count {
        let isOn = stars.plane.pixels[i] != 0
        if random.uniform() < share + (isOn ? onStars : 0) { mask.plane.pixels[i] = 1 }
      }
      return mask
    }
    return (minimum, hits)
  }

  private func found(_ scene: (minimum: Plane<Float>, hits: [Mask])) -> StackFindings.OnSources? {
    let exposures = scene.hits.map { mask in
      var exposure = scene.minimum
      for i in 0..<exposure.count where mask.plane.pixels[i] != 0 { exposure.pixels[i] += 90 }
      return exposure
    }
    return HitsOnSources(
      among: scene.hits, in: exposures, minimum: scene.minimum,
      noise: PixelNoise(Detector(gain: 10, readoutNoise: 0.1))
    ).findings
  }

  @Test func chanceIsNotTold() {
    for seed in 1...20 { #expect(found(scene(share: 0.005, onStars: 0, seed: UInt64(seed))) == nil) }
  }

  @Test func moreThanChanceIsTold() throws {
    let told = found(scene(share: 0.002, onStars: 0.03))
    let found = try #require(told)
    #expect(found.groups > 20 && found.expected < 12 && found.pixels >= found.groups)
    #expect((found.x - 16) % 30 <= 3 || (found.x - 16) % 30 >= 27)
    var findings = StackFindings()
    findings.onSources = found
    let note = try #require(StackReport.warnings(findings).first)
    #expect(note.contains("lie on sources, where chance puts"), "\(note)")
    // Another note says so already.
    findings.difference = ExposureDifference(exposure: 2, cause: .flux(0.8), pixels: 900)
    #expect(!StackReport.warnings(findings).contains { $0.contains("lie on sources") })
  }

  /// Hits that meet make all exposures bright, too, but are no source.
  @Test func hitsThatMeet() {
    var scene = scene(share: 0.03, onStars: 0)
    scene.minimum = Plane(width: width, height: height, repeating: 100)
    let both = scene.hits[0] & scene.hits[1]
    for i in 0..<both.plane.count where both.plane.pixels[i] != 0 { scene.minimum.pixels[i] += 90 }
    #expect(both.flagged > 20 && found(scene) == nil)
    // Nor where the other exposure's hit was not found.
    scene.hits[1] = Mask(shape: scene.minimum.shape)
    #expect(found(scene) == nil)
  }

  /// Where nearly everything is a source, or much is hit, places tell nothing.
  @Test func whereNothingCanBeSaid() {
    var full = scene(share: 0.002, onStars: 0.03)
    for i in 0..<full.minimum.count where i % width > 40 { full.minimum.pixels[i] = 600 }
    #expect(found(full) == nil)
    #expect(found(scene(share: 0.1, onStars: 0.3)) == nil)
    let empty = Plane<Float>(width: width, height: height, repeating: .nan)
    #expect(found((empty, scene(share: 0.01, onStars: 0).hits)) == nil)
    let line = Plane<Float>(width: 50, height: 1, repeating: 1)
    #expect(found((line, [Mask(shape: line.shape)])) == nil)
  }
}
