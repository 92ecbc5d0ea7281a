import Testing

@testable import Kernels

/// Gain and readout noise that explain how exposures scatter, where the known ones do not.
@Suite struct ScatterNumbersTests {
  /// Three exposures of a gain of 2 and a readout noise of 3 ADU.
  private func numbers(
    gain: Double, noise: Double, level: @escaping (Int, Int) -> Double, change: Double = 0
  ) throws -> StackScatter.Numbers? {
    var scene = StackScene(width: 160, height: 140)
    scene.detectors = (0..<3).map { _ in (gain: 2, noise: 6) }
    scene.level = level
    // The light of the second one may be another.
    let planes = scene.planes { k, x, y in k == 1 ? change * level(x, y) : 0 }
    let known = StackNoise([Detector(gain: .constant(gain), readoutNoise: .constant(noise))])
    let median = try StackPlanes(planes, work: Work()).median
    return try #require(StackScatter(planes, median: median, noise: known)).numbers(known)
  }

  private func ramp(_ x: Int, _ y: Int) -> Double { 10 + 2 * Double(x) }

  @Test func rightNumbersHold() throws {
    #expect(try numbers(gain: 2, noise: 3, level: ramp) == nil)
    #expect(try numbers(gain: 2, noise: 3) { _, _ in 300 } == nil)
    #expect(try numbers(gain: 2, noise: 3) { _, _ in 0 } == nil)
  }

  @Test(arguments: [1.0, 4.0]) func aWrongGainIsNamed(gain: Double) throws {
    let found = try #require(try numbers(gain: gain, noise: 3, level: ramp))
    let better = try #require(found.gain)
    #expect(abs(better - 2) < 0.25 && found.readoutNoise == nil && !found.isEither, "\(found)")
  }

  @Test(arguments: [2.0, 4.5]) func aWrongReadoutNoiseIsNamed(noise: Double) throws {
    for (light, error) in [(0.3, 0.3), (0, 0.2)] {
      let found = try #require(
        try numbers(gain: 2, noise: noise) { x, _ in light * Double(x) }, "light \(light)")
      let better = try #require(found.readoutNoise)
      #expect(found.gain == nil && abs(better - 3) < error, "\(found)")
    }
  }

  /// One level tells one number.
  @Test func levelLightLeavesAChoice() throws {
    let found = try #require(try numbers(gain: 4, noise: 3) { _, _ in 300 })
    let better = try #require(found.gain)
    #expect(found.isEither && abs(better - 2) < 0.2 && found.readoutNoise != nil, "\(found)")
  }

  /// Light that changes is no gain: its scatter grows with the square of the level.
  @Test func changingLightIsNone() throws {
    #expect(try numbers(gain: 2, noise: 3, level: { x, y in 10 + 200 * Double(x) }, change: 0.05) == nil)
  }
}
