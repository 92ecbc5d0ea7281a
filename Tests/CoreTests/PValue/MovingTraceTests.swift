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

  /// What one of three exposures shows is judged by how its trace moved; hits on the trace stay hits.
  @Test func aTraceThatMovesInOneOfThreeIsNoHit() throws {
    var slit = ChangedSlit(tracks: 60)
    (slit.sky, slit.object, slit.move) = ([1, 1, 1], [1, 1, 1], [0, 0, 0.25])
    slit.peak = 4000
    let scene = slit.exposures()
    func wrong(_ mismatch: Double?) throws -> [Int] {
      let result = try slit.masks(scene.images) { $0.pvalue.mismatch = mismatch }
      return (0..<3).map { slit.score(result.masks.exposures[$0], scene, $0).false }
    }
    let (unknown, known) = (try wrong(0), try wrong(nil))
    #expect(unknown.reduce(0, +) > 100, "\(unknown)")
    #expect(known.allSatisfy { $0 <= 6 }, "\(known)")
    let result = try slit.masks(scene.images)
    for k in 0..<3 { #expect(slit.score(result.masks.exposures[k], scene, k).found > 0.95) }
  }

  /// The change along a bright trace is followed, so that hits on it need not exceed it.
  @Test func hitsOnAMovedTraceAreFound() throws {
    var slit = ChangedSlit(tracks: 700)
    (slit.sky, slit.object) = ([1, 1, 1, 1, 1], [1, 1, 1, 1, 1])
    (slit.move, slit.peak) = ([0.1, 0, 0, -0.06, 0], 4000)
    let scene = slit.exposures()
    let result = try slit.masks(scene.images)
    var (found, all) = (0, 0)
    for k in scene.images.indices {
      let mask = result.masks.exposures[k]
      #expect(slit.score(mask, scene, k).false <= 8)
      for y in 124...136 {
        for x in 0..<mask.width {
          let sigma = (Double(scene.levels[k][x, y]) / slit.gain + slit.noise * slit.noise).squareRoot()
          guard Double(scene.charges[k][x, y]) > 5 * sigma else { continue }
          all += 1
          if mask[x, y] { found += 1 }
        }
      }
    }
    #expect(all > 150)
    #expect(Double(found) > 0.93 * Double(all), "\(found) of \(all)")
  }

  /// Medians of lines that change are no contaminated ones, and those that hits spoil are found.
  @Test(arguments: [[1, 1.2, 0.9], [1, 1.15, 0.9, 1.05], [1, 1.05, 0.97, 1.03, 0.98]])
  func mediansOfChangingLines(sky: [Double]) throws {
    var slit = ChangedSlit(tracks: 60)
    (slit.sky, slit.object, slit.move) = (sky, sky.map { _ in 1 }, sky.map { _ in 0 })
    var scene = slit.exposures()
    var (spoilt, random) = (Mask(shape: slit.shape), SplitMix64(state: 7))
    for _ in 0..<80 {
      let (x, y) = (2 + Int(395 * random.uniform()), 2 + Int(295 * random.uniform()))
      spoilt[x, y] = true
      // As many as spoil the median.
      for k in 0..<(sky.count + 1) / 2 {
        let sigma = (Double(scene.levels[k][x, y]) / slit.gain + slit.noise * slit.noise).squareRoot()
        scene.images[k][x, y] += Float(15 * sigma)
        scene.charges[k][x, y] += Float(15 * sigma)
      }
    }
    let found = try slit.masks(scene.images).masks.medianCR
    let isHit = scene.charges.map { $0.map { $0 > 2 ? Float(1) : 0 } }
    var wrong = 0
    for i in 0..<found.plane.count where found.plane.pixels[i] != 0 {
      if isHit.allSatisfy({ $0.pixels[i] == 0 }) { wrong += 1 }
    }
    let right = (found & spoilt).flagged
    #expect(wrong <= 12 && 10 * right > 9 * spoilt.flagged, "\(wrong), \(right) of \(spoilt.flagged)")
  }

  /// Exposures whose offsets are wrong lie beside each other as a whole: nothing is followed.
  @Test(arguments: [(0.1, true), (1.0, false)]) func onlyWhatMovesAloneIsFollowed(
    move: Double, isFollowed: Bool
  )
    throws
  {
    var slit = ChangedSlit(tracks: 60)
    (slit.sky, slit.object, slit.peak) = ([1, 1, 1], [1, 1, 1], 4000)
    slit.move = isFollowed ? [0, 0, move] : [0, 0, 0]
    let noise = StackNoise([slit.detector])
    let images = slit.exposures().images
    let offsets = [Offset.zero, .zero, isFollowed ? .zero : Offset(x: 0, y: move)]
    let judge = try PValueDetector(
      images, factors: [1, 1, 1], offsets: offsets, noise: noise, options: PValueOptions(), work: Work())
    #expect(judge.expected.isFollowed.contains(true) == isFollowed, "\(judge.mismatch.variance)")
  }
}
