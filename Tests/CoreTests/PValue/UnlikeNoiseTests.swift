import Testing

@testable import Kernels

/// Exposures of unlike readout noise: each value is judged by its own.
@Suite struct UnlikeNoiseTests {
  private static let noises = [3.4, 10, 5]

  private func flagged(_ n: Int, asked: Double, seed: UInt64, masked: Double = 0) throws -> Int {
    var scene = StackScene(width: 200, height: 180)
    scene.level = { x, y in 20 + 200 * gauss(Double(y % 20 - 10) / 3) + Double(x) / 4 }
    scene.detectors = (0..<n).map { (1, Self.noises[$0 % 3]) }
    scene.seed = seed
    var planes = scene.planes()
    for k in planes.indices where masked > 0 {
      let mask = scene.randomMask(masked, seed: seed * 10 + UInt64(k))
      for i in 0..<planes[k].count where mask.plane.pixels[i] != 0 { planes[k].pixels[i] = .nan }
    }
    var options = PValueOptions()
    (options.falseAlarms, options.hysteresis, options.largestProbability) = (asked, 0, 0.5)
    return try PValueDetector(
      planes, factors: planes.map { _ in 1 }, offsets: planes.map { _ in .zero },
      noise: StackNoise(scene.detectors.map { Detector(gain: 1, readoutNoise: $0.noise) }), options: options,
      work: Work()
    ).detect().core.flagged
  }

  /// Before each value had its own noise a fortieth was found.
  @Test(arguments: [3, 4, 5], [0.0, 0.1]) func falseAlarmsAreThoseAskedFor(n: Int, masked: Double) throws {
    for (asked, limits) in [(10.0, 2.0...20), (100, 30.0...200)] {
      let found = try (1...4).reduce(0) {
        try $0 + flagged(n, asked: asked, seed: UInt64($1), masked: masked)
      }
      #expect(limits.contains(Double(found) / 4), "\(asked): \(found) in 4 images")
    }
  }

  /// A hit of the best exposure below noise of the worst one spoils no median; two hits do, whichever they are in.
  @Test func hitsOfTwoExposuresAreFound() throws {
    var scene = StackScene(width: 120, height: 100)
    scene.level = { _, _ in 60 }
    scene.detectors = Self.noises.map { (1, $0) }
    let pairs = [(0, 1), (0, 2), (1, 2)]
    func place(_ number: Int) -> (x: Int, y: Int) { (6 + 9 * (number % 12), 6 + 11 * (number / 12)) }
    let planes = scene.planes { k, x, y in
      for number in 0..<96 where place(number) == (x, y) {
        let pair = pairs[number % 3]
        return number >= 48 ? (k == 1 ? 150 : 0) : k == pair.0 || k == pair.1 ? 150 : 0
      }
      return 0
    }
    let found = try PValueDetector(
      planes, factors: [1, 1, 1], offsets: [.zero, .zero, .zero],
      noise: StackNoise(scene.detectors.map { Detector(gain: 1, readoutNoise: $0.noise) }),
      options: PValueOptions(), work: Work()
    ).detect().core
    let hits = (0..<96).filter { found[place($0).x, place($0).y] }
    #expect(hits.filter { $0 < 48 }.count >= 46 && hits.filter { $0 >= 48 }.count <= 2, "\(hits)")
  }

  /// A little more noise in one of them, as of a little more sky, changes nothing of what they show together; much does.
  @Test(arguments: [(3.3, true), (9, false)]) func alikeNoiseIsOne(noise: Double, isAlike: Bool) throws {
    var scene = StackScene(width: 90, height: 80)
    scene.level = { x, _ in 30 + Double(x) }
    scene.detectors = [3, 3, noise].map { (1, $0) }
    let planes = scene.planes { k, x, y in (x + 7 * y + 11 * k) % 40 == 0 ? 200 : 0 }
    let unlike = StackNoise(scene.detectors.map { Detector(gain: 1, readoutNoise: $0.noise) })
    let means = try [unlike, StackNoise([unlike.typicalDetector])].map { noise in
      try CleanModel(
        planes, factors: [1, 1, 1], offsets: [.zero, .zero, .zero], noise: noise, hasMasked: false,
        work: Work()
      ).mean.pixels
    }
    #expect((means[0] == means[1]) == isAlike)
  }
}
