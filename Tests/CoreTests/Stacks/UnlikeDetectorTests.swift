import Testing

@testable import Kernels

/// Each exposure keeps its own gain and readout noise in every noise term.
@Suite struct UnlikeDetectorTests {
  private static let detectors: [(gain: Double, noise: Double)] = [
    (1, 3.4), (2, 10), (0.7, 5), (1.3, 4), (2, 6),
  ]

  private func scene(_ n: Int, seed: UInt64, width: Int = 300, height: Int = 240) -> StackScene {
    var scene = StackScene(width: width, height: height)
    scene.detectors = Array(Self.detectors.prefix(n))
    scene.seed = seed
    scene.level = { x, y in 60 + 200 * gauss(Double(y % 40 - 20) / 4) + 20 * Double(x % 50) / 50 }
    return scene
  }

  @Test func levelsAreMatchedByTheRatioOfGains() throws {
    let scene = scene(3, seed: 1)
    let matched = try MatchedExposures(scene.exposures(scene.planes()), work: Work())
    for plane in matched.planes { #expect(abs(plane.middle { _, y in y % 40 == 20 } - 270) < 4) }
    #expect(matched.noise.detectors.map { $0.gain.typical } == [1, 1, 1])
    for (found, noise) in zip(matched.noise.detectors, [3.4, 10, 5]) {
      #expect(abs(found.readoutNoise.typical - noise) < 1e-9)
    }
    #expect(!matched.hasMasked)
  }

  @Test func equalDetectorsAreOne() throws {
    let scene = StackScene()
    let matched = try MatchedExposures(scene.exposures(scene.planes()), work: Work())
    #expect(matched.noise.isCommon && matched.gainRatios == [.constant(1), .constant(1), .constant(1)])
  }

  @Test(arguments: [3, 4, 5], [0, 0.1]) func falseAlarmsAreThoseAskedFor(n: Int, masked: Double) throws {
    var counts: [Double] = []
    var singles = 0
    for asked in [10.0, 100] {
      var options = PValueOptions()
      (options.falseAlarms, options.hysteresis, options.largestProbability) = (asked, 0, 0.5)
      var total = 0
      for seed in 1...3 {
        let scene = scene(n, seed: UInt64(seed))
        let masks = masked > 0 ? (0..<n).map { scene.randomMask(masked, seed: UInt64(seed * 10 + $0)) } : nil
        let matched = try MatchedExposures(scene.exposures(scene.planes(), masks: masks), work: Work())
        let judge = try PValueDetector(
          matched.planes, factors: matched.planes.map { _ in 1 }, offsets: matched.planes.map { _ in .zero },
          noise: matched.noise, options: options, work: Work())
        total += try judge.detect().core.flagged
        guard asked == 10 else { continue }
        let everywhere = Mask(plane: Plane(width: scene.width, height: scene.height, repeating: 1))
        singles += try judge.singles(allowed: everywhere).reduce(0) { $0 + $1.mask.flagged }
      }
      counts.append(Double(total) / 3)
    }
    #expect(counts[0] > 1 && counts[0] < 20, "\(counts)")
    #expect(counts[1] > 20 && counts[1] < 150, "\(counts)")
    #expect((2...25).contains(Double(singles) / Double(3 * n)), "\(singles)")
  }

  /// Hits in the two quiet exposures are found beside a noisy one.
  @Test(arguments: [MaskingOptions.Detection.pvalue, .boundary], [0, 10])
  func coincidencesAreFound(detection: MaskingOptions.Detection, simulations: Int) throws {
    let scene = scene(3, seed: 4, width: 200, height: 160)
    let places = (0..<60).map { (5 + 3 * $0, 5 + (53 * $0) % 150) }
    let planes = scene.planes { k, x, y in k != 1 && places.contains { $0 == (x, y) } ? 900 : 0 }
    let (result, combined) = try scene.run(scene.exposures(planes), detection: detection) {
      ($0.simulations, $0.method) = (simulations, .mmcosmic)
    }
    let found = places.count { result.masks.medianCR[$0.0, $0.1] }
    #expect(found >= 57, "\(found)")
    #expect(result.detections[0].mmcosmic.flagged < 75)
    let truth = scene.truth()
    let image = try combined(.mediancr).image
    for (x, y) in places where result.masks.medianCR[x, y] { #expect(abs(image[x, y] - truth[x, y]) < 90) }
  }

  /// Simulated and expected diagrams agree for unlike exposures, also where values are missing.
  @Test(arguments: [3, 2]) func diagramsAgree(values: Int) throws {
    let scene = scene(3, seed: 6, width: 200, height: 160)
    let masks = (0..<3).map { scene.randomMask(0.2, seed: UInt64($0 + 1)) }
    let matched = try MatchedExposures(scene.exposures(scene.planes(), masks: masks), work: Work())
    let planes = try StackPlanes(matched.planes, work: Work())
    let diagrams = try [0, 60].map { simulations in
      try Diagram(
        simulating: planes, of: matched.planes, values: values, noise: matched.noise,
        parameters: DiagramParameters(
          fluxFactors: [1, 1, 1], offsets: [.zero, .zero, .zero], simulations: simulations, seed: 3),
        work: Work())
    }
    #expect(diagrams[0].isExact && !diagrams[1].isExact && diagrams.allSatisfy { $0.values == values })
    let number = Double(planes.used?.pixels.count { $0 == values } ?? 0)
    #expect(abs(diagrams[0].simulated.reduce(0, +) - number) < 0.01 * number)
    var (chiSquare, count) = (0.0, 0.0)
    for (exact, simulated) in zip(diagrams[0].simulated, diagrams[1].simulated) where 60 * exact > 20 {
      chiSquare += (simulated - 60 * exact) * (simulated - 60 * exact) / (60 * exact)
      count += 1
    }
    #expect(count > 100 && chiSquare / count < 1.6, "\(chiSquare / count) of \(count)")
  }
}
