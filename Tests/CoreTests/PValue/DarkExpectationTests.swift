import Testing

@testable import Kernels

/// Exposures without light, such as bias frames: an expectation below 0 is as possible as one above.
@Suite struct DarkExpectationTests {
  private func exposures(_ n: Int, seed: UInt64, level: Float) -> [Plane<Float>] {
    (0..<n).map { k in
      var random = SplitMix64(state: seed &* 100 &+ UInt64(k))
      let pixels = (0..<150 * 120).map { _ in level + Float(3 * random.normal()) }
      return Plane(width: 150, height: 120, pixels: pixels)
    }
  }

  /// False alarms in single exposures and in their medians, summed over some seeds.
  private func found(_ n: Int, level: Float, asked: Double) throws -> (singles: Double, medians: Double) {
    var options = PValueOptions()
    (options.falseAlarms, options.hysteresis, options.largestProbability) = (asked, 0, 0.5)
    var (singles, medians) = (0, 0)
    let seeds: [UInt64] = [1, 2, 3, 4]
    for seed in seeds {
      let planes = exposures(n, seed: seed, level: level)
      let judge = try PValueDetector(
        planes, factors: planes.map { _ in 1 }, offsets: planes.map { _ in .zero },
        noise: StackNoise([Detector(gain: 1.2, readoutNoise: 3)]), options: options, work: Work())
      let everywhere = Mask(plane: Plane(width: 150, height: 120, repeating: 1))
      for single in try judge.singles(allowed: everywhere) { singles += single.mask.flagged }
      if n > 2 { medians += try judge.detect().core.flagged }
    }
    let runs = Double(seeds.count)
    return (Double(singles) / runs / Double(n), Double(medians) / runs)
  }

  @Test(arguments: [2, 3, 5]) func biasFramesKeepThePromise(n: Int) throws {
    let dark = try found(n, level: 0, asked: 20)
    #expect((10...40).contains(dark.singles), "\(dark)")
    // What is tested are differences of 2.4 deviations and more.
    if n > 2 { #expect((6...40).contains(dark.medians), "\(dark)") }
  }

  /// A bias that is known to half of the noise only. What is left of it passes for light, whose noise these frames do not
  /// have: fewer false alarms than asked for then.
  @Test(arguments: [(-1.5, 10.0), (1.5, 4)] as [(Float, Double)])
  func aBiasThatIsOff(level: Float, least: Double) throws {
    let found = try found(3, level: level, asked: 20)
    #expect((least...40).contains(found.singles), "\(found)")
  }
}
