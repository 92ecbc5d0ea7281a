import Testing

@testable import Kernels
@testable import Pipeline

/// Exposures with a little more sky than the others are judged without it.
@Suite struct SkyDifferenceTests {
  /// Exposures of 300x240 pixels with so much more sky than 150 electrons each; gain 1.5, readout noise 4.5 electrons.
  private func flats(
    _ skies: [Double], seed: UInt64 = 1, level: ((Int, Int) -> Double)? = nil
  ) -> [ExposurePlanes] {
    var planes: [Plane<Float>] = []
    var scene = StackScene(width: 300, height: 240)
    for (k, sky) in skies.enumerated() {
      scene.detectors = [(gain: 1.5, noise: 4.5)]
      scene.seed = 100 * seed + UInt64(k)
      scene.level = { (level?($0, $1) ?? 150) + sky }
      planes += scene.planes()
    }
    scene.detectors = skies.map { _ in (gain: 1.5, noise: 4.5) }
    return scene.exposures(planes)
  }

  private func differences(_ exposures: [ExposurePlanes]) -> SkyDifferences? {
    SkyDifferences(
      of: exposures.map(\.pixels), factors: exposures.map { _ in 1 },
      noise: StackNoise([exposures[0].detector]))
  }

  @Test func littleIsMeasured() throws {
    let found = try #require(differences(flats([6, 0, 1.2, 0, -1.2])))
    // Beside the darkest one, in ADU.
    for (level, truth) in zip(found.levels, [4.8, 0.8, 1.6, 0.8, 0] as [Float]) {
      #expect(abs(level - truth) < 0.25, "\(found.levels)")
    }
    #expect(found.noise.isCommon == false)
    let dark = found.noise.detector(0).readoutNoise.typical
    #expect(abs(dark * dark - (9 + 4.8 / 1.5)) < 0.2)
    #expect(differences(flats([0, 0, 0])) == nil)
    #expect(differences(flats([0, 0, 0, 0, 0], seed: 2)) == nil)
  }

  /// The middle of whole numbers is one; a sky of a third of one is measured all the same.
  @Test func wholeNumbers() throws {
    let exposures = flats([0, 0, 0.9], seed: 3).map { exposure in
      var rounded = exposure
      rounded.pixels = exposure.pixels.map { ($0 / 4).rounded() }
      return rounded
    }
    let detector = Detector(gain: 6, readoutNoise: 0.8)
    let found = try #require(
      SkyDifferences(of: exposures.map(\.pixels), factors: [1, 1, 1], noise: StackNoise([detector])))
    #expect(abs(found.levels[2] - 0.15) < 0.05, "\(found.levels)")
  }

  /// Moonlight grows over the image.
  @Test func slopesAreMeasured() throws {
    var exposures = flats([0, 0, 0], seed: 4)
    for y in 0..<240 {
      for x in 0..<300 { exposures[1].pixels[x, y] += 6 * Float(x) / 300 - 2 * Float(y) / 240 }
    }
    let found = try #require(differences(exposures))
    let amounts = found.skies[1].amounts
    #expect(
      abs(amounts[0] - 2) < 0.25 && abs(amounts[1] - 6) < 0.7 && abs(amounts[2] + 2) < 0.7, "\(found)")
    let rest = found.without(exposures.map(\.pixels))[1]
    for part in [0..<60, 240..<300] {
      let mean = (0..<240).reduce(0) { sum, y in sum + part.reduce(0) { $0 + rest[$1, y] } } / Float(240 * 60)
      #expect(abs(mean - 100) < 0.5, "\(mean)")
    }
    #expect(found.range > 5)
  }

  /// Two amplifiers whose biases drift, and a sky that is darker in the corners.
  @Test(arguments: [false, true]) func stepsAndCurvesAreMeasured(isStep: Bool) throws {
    var exposures = flats([0, 0, 0], seed: 5)
    func more(_ x: Int, _ y: Int) -> Float {
      let (u, v) = ((Float(x) + 0.5) / 300 - 0.5, (Float(y) + 0.5) / 240 - 0.5)
      return isStep ? (x < 150 ? 0 : 20) : -30 * (u * u + v * v)
    }
    for y in 0..<240 { for x in 0..<300 { exposures[1].pixels[x, y] += more(x, y) } }
    let found = try #require(differences(exposures))
    let rest = found.without(exposures.map(\.pixels))
    for (x, y) in [(10, 10), (140, 10), (160, 120), (290, 230), (10, 120)] {
      let means = (0...2).map { k in
        (-9...9).reduce(0) { sum, v in sum + (-9...9).reduce(0) { $0 + rest[k][x + $1, y + v] } } / 361
      }
      #expect(abs(means[1] - (means[0] + means[2]) / 2) < 2, "\(means) at \(x), \(y)")
    }
    let result = try result(exposures)
    #expect(
      result.masks.exposures.allSatisfy { $0.flagged <= 22 }, "\(result.masks.exposures.map(\.flagged))")
  }

  /// Another flux of what is bright in a part of the image is no sky.
  @Test func itMustBeEverywhere() {
    let lit = { (x: Int, _: Int) in x < 170 ? 60000.0 : 0 }
    let fluxes = flats([0, 0, 0], level: lit).enumerated().map { k, exposure in
      var exposure = exposure
      if k == 0 { exposure.pixels = exposure.pixels.map { $0 * 1.02 } }
      return exposure
    }
    #expect(differences(fluxes) == nil)
  }

  @Test func whatCannotTellChangesNothing() {
    let gaps = flats([6, 0, 0]).map { exposure in
      var exposure = exposure
      exposure.pixels = exposure.pixels.map { _ in .nan }
      return exposure
    }
    #expect(differences(gaps) == nil)
    let tiny = Plane<Float>(width: 20, height: 20, repeating: 3)
    #expect(
      SkyDifferences(
        of: [tiny, tiny.map { $0 + 9 }, tiny], factors: [1, 1, 1],
        noise: StackNoise([Detector(gain: 1, readoutNoise: 3)])) == nil)
  }

  private func result(_ exposures: [ExposurePlanes]) throws -> MaskingResult {
    var options = FluxAndSkyTests.options(exposures.count)
    options.pvalue.falseAlarms = 10
    options.pvalue.largestProbability = 0.5
    options.pvalue.hysteresis = 0
    options.minimumMax2d = -100
    return try Masking(exposures, options: options, auxiliary: nil, work: Work()).run(uuid: "", history: [])
  }

  /// Few electrons: an exposure with less sky than the others has all of its readout noise.
  @Test(arguments: [[0.0, 6, 10], [10, 8, 4, 6, 0]]) func fewElectrons(skies: [Double]) throws {
    var planes: [Plane<Float>] = []
    var scene = StackScene(width: 200, height: 200)
    for (k, sky) in skies.enumerated() {
      scene.detectors = [(gain: 1, noise: 2)]
      (scene.seed, scene.level) = (UInt64(k) + 31, { _, _ in 20 + sky })
      planes += scene.planes()
    }
    scene.detectors = skies.map { _ in (gain: 1, noise: 2) }
    let found = try Masking(
      scene.exposures(planes), options: FluxAndSkyTests.options(skies.count), auxiliary: nil, work: Work()
    ).run(uuid: "", history: [])
    #expect(found.masks.exposures.allSatisfy { $0.flagged <= 8 }, "\(found.masks.exposures.map(\.flagged))")
    // Whole electrons stay whole.
    #expect(
      SkyDifferences(
        of: planes, factors: skies.map { _ in 1 }, noise: StackNoise([Detector(gain: 1, readoutNoise: 0.5)]))
        == nil)
  }

  /// The number of false alarms stays the one that was asked for.
  @Test(arguments: [3, 5]) func falseAlarmsAreThoseAskedFor(count: Int) throws {
    for sky in [0, 3, 6, 16.0] {
      let skies = (0..<count).map { $0 == 0 ? sky : 0 }
      let result = try result(flats(skies, seed: UInt64(count) + UInt64(sky)))
      for mask in result.masks.exposures {
        #expect(mask.flagged <= 22, "\(sky): \(result.masks.exposures.map(\.flagged))")
      }
      let told = StackReport.lines(result.findings).contains {
        $0.contains("the sky of the exposures differs")
      }
      #expect(told == (sky > 0))
      let notes = StackReport.warnings(result.findings)
      #expect(
        notes.contains { $0.contains("ADU more sky than the others: this was taken off") } == (sky > 10))
      #expect(!notes.contains { $0.contains("may pass for hits") || $0.contains("the level") }, "\(notes)")
    }
  }
}
