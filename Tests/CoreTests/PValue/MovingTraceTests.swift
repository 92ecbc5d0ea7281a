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

  private func judge(_ slit: ChangedSlit, _ images: [Plane<Float>]) throws -> PValueDetector {
    try PValueDetector(
      images, factors: images.map { _ in 1 }, offsets: images.map { _ in .zero },
      noise: StackNoise([slit.detector]), options: PValueOptions(), work: Work())
  }

  /// Of three exposures one whose trace moved makes no false hits along it, and little else changes.
  @Test(arguments: [3, 4, 5] as [UInt64]) func threeExposures(seed: UInt64) throws {
    var slit = ChangedSlit(tracks: 60, seed: seed)
    (slit.sky, slit.object, slit.move) = ([1, 1, 1], [1, 1, 1], [0, 0, 0.15])
    slit.peak = 6000
    let scene = slit.exposures()
    let result = try slit.masks(scene.images)
    for k in 0..<3 {
      let score = slit.score(result.masks.exposures[k], scene, k)
      #expect(score.false <= 10 && score.found >= 0.94, "\(score)")
    }
  }

  /// Nothing is added where nothing moves, however many hits there are, nor where a few electrons count.
  @Test(arguments: [0.02, 2.0]) func steadyStacksStayAsTheyAre(noise: Double) throws {
    var slit = ChangedSlit(tracks: 400, shared: 60)
    (slit.sky, slit.object, slit.move) = ([1, 1, 1], [1, 1, 1], [0, 0, 0])
    slit.noise = noise
    let judge = try judge(slit, slit.exposures().images)
    #expect(judge.changing.part < 0.001, "\(judge.changing.part)")
  }
}
