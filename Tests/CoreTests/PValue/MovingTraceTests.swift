import Testing

@testable import Kernels

/// What really changes along a trace between two exposures is measured and taken into the noise there.
@Suite struct MovingTraceTests {
  /// Where nothing moves nothing is added.
  @Test func aSteadyTraceStaysAsItIs() throws {
    var slit = ChangedSlit(tracks: 120)
    (slit.sky, slit.object, slit.move) = ([1, 1], [1, 1], [0, 0])
    let scene = slit.exposures()
    let judge = try PValueDetector(
      scene.images, factors: [1, 1], offsets: [.zero, .zero], noise: StackNoise([slit.detector]),
      options: PValueOptions(), work: Work())
    #expect(judge.changing.part < 0.01, "\(judge.changing.part)")
  }

  /// Of three exposures the middle value is there: nothing is added, and false alarms stay those asked for.
  @Test func threeExposuresAreJudgedByNoiseAlone() throws {
    var slit = ChangedSlit(tracks: 40)
    (slit.sky, slit.object, slit.move) = ([1, 1, 1], [1, 1, 1], [0, 0, 0.1])
    let scene = slit.exposures()
    let judge = try PValueDetector(
      scene.images, factors: [1, 1, 1], offsets: [.zero, .zero, .zero], noise: StackNoise([slit.detector]),
      options: PValueOptions(), work: Work())
    #expect(judge.changing.excess == nil)
  }
}
