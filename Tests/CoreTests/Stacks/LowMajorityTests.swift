import Glibc
import Testing

@testable import Kernels

/// Most exposures of a pixel are low: lost, or one of them has more light than the others.
@Suite struct LowMajorityTests {
  private func gauss(_ u: Double) -> Double { exp(-0.5 * u * u) }

  private func fibre(_ y: Int, _ width: Double) -> Double {
    5 + 900 * 2 / width * [30.0, 42, 54, 66, 78, 90].reduce(0.0) { $0 + gauss((Double(y) - $1) / width) }
  }

  /// Which of the exposures that are low at a pixel are believed to be lost.
  ///
  /// - Parameters:
  ///   - values: of the exposures at that pixel; they have 100 ADU elsewhere, with a deviation of 9.4.
  ///   - low: the exposures that are said to be too low; nil for none whose value fits.
  private func isBelieved(_ values: [Float], low: [Int]?, isUnlike: Bool) -> Bool {
    let planes = values.map { value in
      var plane = Plane<Float>(width: 40, height: 30, repeating: 100)
      plane[20, 15] = value
      return plane
    }
    let pixel = 15 * 40 + 20
    let findings =
      low.map { $0.map { LowValues.Finding(pixel: pixel, exposure: $0) } }
      ?? [LowValues.Finding(pixel: pixel, exposure: nil)]
    let majorities = LowMajorities(
      planes, factors: values.map { _ in 1 }, noise: StackNoise([Detector(gain: 1.5, readoutNoise: 5)]),
      isUnlike: isUnlike)
    let left = majorities.believed(findings).count
    #expect(left == 0 || left == findings.count)
    return left > 0
  }

  /// All but one are right where that one is hit, and lost where they are darker than the image anywhere.
  @Test func allButOneAreRarelyLost() {
    #expect(!isBelieved([300, 98, 101, 99, 103], low: [1, 2, 3, 4], isUnlike: false))
    #expect(!isBelieved([300, 98, 101], low: [1, 2], isUnlike: false))
    #expect(isBelieved([100, 0, 0, 0, 0], low: [1, 2, 3, 4], isUnlike: false))
    #expect(isBelieved([100, 0, 0], low: [1, 2], isUnlike: false))
    #expect(!isBelieved([100, 0, 0, 0, 90], low: [1, 2, 3, 4], isUnlike: false))
    // Two of four may be, and either of two.
    #expect(isBelieved([300, 300, 101, 99], low: [2, 3], isUnlike: false))
    #expect(isBelieved([300, 101], low: [1], isUnlike: false))
  }

  /// Where an exposure is blurred half of them are right too, and so is one of two.
  @Test func besideABlurredExposureFewAreLost() {
    #expect(!isBelieved([300, 300, 101, 99], low: [2, 3], isUnlike: true))
    #expect(!isBelieved([300, 101], low: [1], isUnlike: true))
    #expect(isBelieved([100, 100, 0, 0], low: [2, 3], isUnlike: true))
    #expect(isBelieved([100, 0], low: [1], isUnlike: true))
    #expect(isBelieved([300, 300, 101], low: [2], isUnlike: true))
    #expect(!isBelieved([300, 100, 99], low: nil, isUnlike: true))
    #expect(isBelieved([300, 100, 99], low: nil, isUnlike: false))
  }

  /// Nor is a track along a fibre taken for a change of the fibre that is larger than the fibre has light.
  @Test(arguments: [3, 5]) func tracksAlongFibresAreHits(count: Int) throws {
    var scene = StackScene()
    scene.detectors = .init(repeating: (1, 5), count: count)
    scene.level = { _, y in fibre(y, 2) }
    let planes = scene.planes { k, x, y in k == 0 && y == 55 && (40..<80).contains(x) ? 3000 : 0 }
    let result = try Masking(
      scene.exposures(planes), options: FluxAndSkyTests.options(count), auxiliary: nil, work: Work()
    ).run(uuid: "", history: [])
    #expect((40..<80).filter { result.masks.exposures[0][$0, 55] }.count >= 36)
  }
}
