import Testing

@testable import Kernels

@Suite struct ExposureSimulationTests {
  @Test func noiseMatchesGainAndReadoutNoise() throws {
    var simulation = ExposureSimulation()
    simulation.density = 0
    simulation.coincidences = 0
    simulation.gain = 2
    simulation.bias = 100
    let result = try simulation.run(work: Work())
    var chiSquare = 0.0
    for i in 0..<result.scene.count {
      let expected = Double(result.scene.pixels[i])
      let rest = Double(result.exposures[0].pixels[i]) - 100 - expected
      chiSquare += rest * rest / (expected / 2 + 3.4 * 3.4)
    }
    let reduced = chiSquare / Double(result.scene.count)
    #expect(abs(reduced - 1) < 0.03, "\(reduced)")
  }

  @Test func sameForAnyNumberOfThreadsAndOtherForAnotherSeed() throws {
    var simulation = ExposureSimulation()
    let one = try simulation.run(work: Work(threads: 1))
    let seven = try simulation.run(work: Work(threads: 7))
    #expect(one.exposures == seven.exposures)
    #expect(one.cosmicRays == seven.cosmicRays)
    simulation.seed = 2
    #expect(try simulation.run(work: Work()).exposures != one.exposures)
  }

  @Test func coincidencesSpoilTheMedianAndDetectionFindsThem() throws {
    var simulation = ExposureSimulation()
    simulation.density = 3e-3
    simulation.coincidences = 30
    let result = try simulation.run(work: Work())
    var options = MaskingOptions(exposures: 3)
    options.method = .mmcosmic
    options.dilation = 0
    options.boundaryFit.extensions = 4
    let masking = try Masking(
      [ExposurePlanes](result.exposures, detector: Detector(gain: 1, readoutNoise: 3.4)), options: options,
      auxiliary: nil,
      work: Work())
    let found = try masking.run(uuid: "x", history: [])
    let score = TruthScore(mask: found.masks.medianCR, cosmicRays: result.cosmicRays, noise: 3.4)
    #expect(score.spoilt > 100)
    #expect(score.completeness > 0.75, "\(score)")
    #expect(score.purity > 0.9, "\(score)")
  }
}
