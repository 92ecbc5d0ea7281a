import Glibc
import Testing

@testable import Kernels

/// Most exposures of a pixel are low: lost, or one of them has more light than the others.
@Suite struct LowMajorityTests {
  private func gauss(_ u: Double) -> Double { exp(-0.5 * u * u) }

  private func fibre(_ y: Int, _ width: Double) -> Double {
    5 + 900 * 2 / width * [30.0, 42, 54, 66, 78, 90].reduce(0.0) { $0 + gauss((Double(y) - $1) / width) }
  }

  /// Beside its fibres a blurred exposure has more light than the others, and none of these is a drop-out.
  @Test(arguments: [3, 5]) func besideABlurredExposureNothingIsLost(count: Int) throws {
    var scene = StackScene()
    scene.detectors = .init(repeating: (1, 5), count: count)
    scene.level = { _, y in fibre(y, 2) }
    let planes = scene.planes { k, _, y in k == 1 ? fibre(y, 2.4) - fibre(y, 2) : 0 }
    let result = try Masking(
      scene.exposures(planes), options: FluxAndSkyTests.options(count), auxiliary: nil, work: Work()
    ).run(uuid: "", history: [])
    #expect(result.findings.lowValues.reduce(0, +) + result.findings.undecided < 20)
    guard case .seeing? = result.findings.difference?.cause else {
      Issue.record("\(String(describing: result.findings.difference))")
      return
    }
  }

  /// A long bright track of one exposure is a hit, and the others are right.
  @Test(arguments: [3, 4, 5]) func besideATrackNothingIsLost(count: Int) throws {
    var scene = StackScene()
    scene.detectors = .init(repeating: (1, 5), count: count)
    scene.level = { _, _ in 60 }
    let planes = scene.planes { k, x, y in k == 0 && y == 50 && (40..<85).contains(x) ? 600 : 0 }
    let result = try Masking(
      scene.exposures(planes), options: FluxAndSkyTests.options(count), auxiliary: nil, work: Work()
    ).run(uuid: "", history: [])
    #expect(result.findings.lowValues.reduce(0, +) <= 3 && result.findings.undecided == 0)
    #expect((40..<85).filter { result.masks.exposures[0][$0, 50] }.count >= 43)
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
