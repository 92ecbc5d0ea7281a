import Foundation
import Testing

@testable import Kernels

/// The detector by probabilities: its promises on simulations.
@Suite struct PValueDetectorTests {
  private let detector = Detector(gain: 1, readoutNoise: 3.4)

  private func simulated(
    n: Int = 3, density: Double, coincidences: Int, seed: UInt64
  ) throws -> ExposureSimulation.Result {
    var simulation = ExposureSimulation()
    (simulation.exposures, simulation.density) = (n, density)
    (simulation.coincidences, simulation.seed) = (coincidences, seed)
    return try simulation.run(work: Work())
  }

  private func found(
    _ exposures: [Plane<Float>], _ options: PValueOptions = PValueOptions(), threads: Int = 2
  ) throws -> PValueDetector.Result {
    try PValueDetector(
      exposures, factors: exposures.map { _ in 1 }, offsets: exposures.map { _ in .zero },
      noise: StackNoise([detector]),
      options: options, work: Work(threads: threads)
    ).detect()
  }

  @Test(arguments: [3, 4, 5]) func findsWhatIsSpoiltAndLittleElse(n: Int) throws {
    let scene = try simulated(n: n, density: 3e-3, coincidences: 60, seed: 11)
    let score = TruthScore(mask: try found(scene.exposures).mask, cosmicRays: scene.cosmicRays, noise: 3.4)
    #expect(score.completeness > 0.94)
    #expect(score.purity > 0.96)
  }

  /// Ten expected false alarms are not a hundred, and a hundred are more than ten.
  @Test(arguments: [3, 4, 5]) func falseAlarmsAreThoseAskedFor(n: Int) throws {
    var counts: [Double] = []
    for asked in [10.0, 100] {
      var options = PValueOptions()
      (options.falseAlarms, options.hysteresis, options.largestProbability) = (asked, 0, 0.5)
      let total = try (1...3).map { seed in
        try found(simulated(n: n, density: 0, coincidences: 0, seed: UInt64(seed)).exposures, options).core
          .flagged
      }.reduce(0, +)
      counts.append(Double(total) / 3)
    }
    #expect(counts[0] > 2 && counts[0] < 20)
    #expect(counts[1] > 50 && counts[1] < 150)
  }

  /// Each exposure on its own keeps the promise too.
  @Test(arguments: [3, 5]) func falseAlarmsOfSingleExposuresAreThoseAskedFor(n: Int) throws {
    var options = PValueOptions()
    (options.falseAlarms, options.hysteresis, options.largestProbability) = (30, 0, 0.5)
    let scene = try simulated(n: n, density: 0, coincidences: 0, seed: 8)
    let judge = try PValueDetector(
      scene.exposures, factors: scene.exposures.map { _ in 1 }, offsets: scene.exposures.map { _ in .zero },
      noise: StackNoise([detector]), options: options, work: Work())
    let everywhere = Mask(
      plane: Plane(width: scene.exposures[0].width, height: scene.exposures[0].height, repeating: 1))
    for single in try judge.singles(allowed: everywhere) {
      #expect((8...60).contains(single.mask.flagged))
    }
  }

  /// Electrons that can be counted: exact sums keep the promise where a continuous distribution breaks it sixfold.
  @Test(arguments: [0.02, 0.2]) func falseAlarmsNearZeroReadoutNoise(noise: Double) throws {
    var simulation = ExposureSimulation()
    (simulation.density, simulation.coincidences, simulation.seed) = (0, 0, 4)
    simulation.readoutNoise = noise
    let scene = try simulation.run(work: Work())
    var options = PValueOptions()
    (options.falseAlarms, options.hysteresis, options.largestProbability) = (30, 0, 0.5)
    let judge = try PValueDetector(
      scene.exposures, factors: [1, 1, 1], offsets: [.zero, .zero, .zero],
      noise: StackNoise([Detector(gain: 1, readoutNoise: noise)]), options: options, work: Work())
    #expect(try judge.detect().core.flagged <= 50)
    // Nor does it go blind.
    (simulation.density, simulation.coincidences) = (2e-3, 40)
    let spoilt = try simulation.run(work: Work())
    let mask = try PValueDetector(
      spoilt.exposures, factors: [1, 1, 1], offsets: [.zero, .zero, .zero],
      noise: StackNoise([Detector(gain: 1, readoutNoise: noise)]), options: PValueOptions(), work: Work()
    ).detect().mask
    #expect(TruthScore(mask: mask, cosmicRays: spoilt.cosmicRays, noise: 3.4).completeness > 0.95)
  }

  /// Two amplifiers with a gain and a readout noise of their own, given as planes.
  @Test func falseAlarmsWithPlanesOfGainAndNoise() throws {
    func half(gain: Double, noise: Double) throws -> ExposureSimulation.Result {
      var simulation = ExposureSimulation()
      (simulation.density, simulation.coincidences, simulation.seed) = (0, 0, 21)
      (simulation.gain, simulation.readoutNoise) = (gain, noise)
      return try simulation.run(work: Work())
    }
    let (left, right) = (try half(gain: 1, noise: 3.4), try half(gain: 2.2, noise: 4))
    let (width, height) = (left.exposures[0].width, left.exposures[0].height)
    func joined(_ a: (Int) -> Float, _ b: (Int) -> Float) -> Plane<Float> {
      var out = Plane<Float>(width: width, height: height, repeating: 0)
      for i in 0..<out.count { out.pixels[i] = i % width < width / 2 ? a(i) : b(i) }
      return out
    }
    let exposures = zip(left.exposures, right.exposures).map { a, b in
      joined({ a.pixels[$0] }, { b.pixels[$0] })
    }
    var options = PValueOptions()
    (options.falseAlarms, options.hysteresis, options.largestProbability) = (30, 0, 0.5)
    let judge = try PValueDetector(
      exposures, factors: [1, 1, 1], offsets: [.zero, .zero, .zero],
      noise: StackNoise([
        Detector(
          gain: .plane(joined({ _ in 1 }, { _ in 2.2 })),
          readoutNoise: .plane(joined({ _ in 3.4 }, { _ in 4 })))
      ]), options: options, work: Work())
    let found = try judge.detect().core
    #expect((6...60).contains(found.flagged))
    let onTheLeft = (0..<found.plane.count).count { found.plane.pixels[$0] != 0 && $0 % width < width / 2 }
    #expect((1..<found.flagged).contains(onTheLeft))
  }

  @Test func nothingDependsOnThreads() throws {
    let scene = try simulated(density: 3e-3, coincidences: 30, seed: 3)
    let results = try [1, 2, 7].map { try found(scene.exposures, threads: $0) }
    #expect(results[0].score == results[1].score && results[1].score == results[2].score)
    #expect(results[0].mask == results[2].mask)
  }

  /// Twice the gain in electrons per ADU means half the numbers: the probabilities stay.
  @Test func unitsDoNotMatter() throws {
    let scene = try simulated(density: 2e-3, coincidences: 30, seed: 5)
    let scaled = scene.exposures.map { $0.map { $0 / 2 } }
    let other = try PValueDetector(
      scaled, factors: [1, 1, 1], offsets: [.zero, .zero, .zero],
      noise: StackNoise([Detector(gain: 2, readoutNoise: 1.7)]), options: PValueOptions(), work: Work()
    ).detect()
    let first = try found(scene.exposures)
    #expect(abs(other.mask.flagged - first.mask.flagged) <= 2)
  }

  /// A value that is missing takes nothing from the others: of two values that are left the higher one is a hit.
  @Test func pixelsAreJudgedByTheValuesThatAreThere() throws {
    var scene = try simulated(density: 2e-3, coincidences: 30, seed: 6).exposures
    let before = try found(scene)
    let hits = (0..<before.core.plane.count).filter { before.core.plane.pixels[$0] != 0 }
    // Without its highest value a pixel that is hit twice has one clean and one hit value.
    for hit in hits {
      let highest = try #require(scene.indices.max { scene[$0].pixels[hit] < scene[$1].pixels[hit] })
      scene[highest].pixels[hit] = .nan
    }
    scene[1].pixels[10] = .infinity
    let after = try found(scene)
    let kept = hits.count { after.mask.plane.pixels[$0] != 0 }
    #expect(hits.count > 100 && Double(kept) > 0.9 * Double(hits.count))
    #expect(!after.score.pixels.contains { !$0.isFinite })
    // A single value tells nothing.
    for hit in hits {
      let lowest = try #require(
        scene.indices.filter { scene[$0].pixels[hit].isFinite }.min {
          scene[$0].pixels[hit] < scene[$1].pixels[hit]
        })
      scene[lowest].pixels[hit] = .nan
    }
    let alone = try found(scene)
    #expect(hits.allSatisfy { alone.mask.plane.pixels[$0] == 0 })
  }

  /// Fast scores against the reference implementation of the same tail.
  @Test func scoresAreThoseOfTheTail() {
    for lambda in [0.01, 1, 30, 500, 5000.0] {
      for k in stride(from: -2.0, through: 40, by: 1.5) {
        let x = lambda + k * (lambda + 11.56).squareRoot()
        let z = NoiseScore.z(x, lambda: lambda, variance: 11.56, gain: 1)
        #expect(abs(z - NoiseTail.z(x, lambda: lambda, variance: 11.56, gain: 1)) < 2e-4 * (1 + abs(z)))
      }
    }
    for z in stride(from: -6.0, through: 30, by: 0.5) {
      #expect(
        abs(NoiseScore.logTail(z) - Foundation.log(0.5 * erfc(z / 2.0.squareRoot()))) < 1e-5 * (1 + z * z))
    }
  }
}
