import Testing

@testable import Kernels

/// What really changes along a trace is measured and taken into the noise there.
@Suite struct MovingTraceTests {
  private func found(_ slit: ChangedSlit, mismatch: Double?) throws -> (false: Int, found: Double) {
    let scene = slit.exposures()
    let result = try slit.masks(scene.images) { $0.pvalue.mismatch = mismatch }
    let scores = slit.sky.indices.map { slit.score(result.masks.exposures[$0], scene, $0) }
    let pixels = scores.reduce(0) { $0 + $1.pixels }
    let hits = scores.reduce(0) { $0 + $1.found * Double($1.pixels) }
    return (scores.reduce(0) { $0 + $1.false }, hits / Double(max(1, pixels)))
  }

  @Test func aMovingTraceIsNoCosmicRay() throws {
    var slit = ChangedSlit(tracks: 120)
    (slit.sky, slit.object, slit.move) = ([1, 1, 1], [1, 1, 1], [0, 0.02, 0.1])
    slit.peak = 20_000
    let before = try found(slit, mismatch: 0)
    let after = try found(slit, mismatch: nil)
    #expect(before.false > 30)
    #expect(after.false <= 10)
    #expect(after.found > 0.94)
  }

  /// Where nothing moves nothing is added.
  @Test func aSteadyTraceStaysAsItIs() throws {
    var slit = ChangedSlit(tracks: 120)
    (slit.sky, slit.object, slit.move) = ([1, 1, 1], [1, 1, 1], [0, 0, 0])
    let scene = slit.exposures()
    let judge = try PValueDetector(
      scene.images, factors: [1, 1, 1], offsets: [.zero, .zero, .zero], noise: StackNoise([slit.detector]),
      options: PValueOptions(), work: Work())
    #expect(judge.changing.part < 0.01)
  }
}
