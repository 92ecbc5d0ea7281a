import Testing

@testable import Kernels
@testable import Pipeline

/// Two exposures judged by their noise: what changes smoothly between them is no cosmic ray.
@Suite struct PairNoiseTests {
  @Test func findsTheHitsOfAChangedSlitAndLittleElse() throws {
    let slit = ChangedSlit()
    let scene = slit.exposures()
    let result = try slit.masks(scene.images)
    for k in 0..<2 {
      let score = slit.score(result.masks.exposures[k], scene, k)
      #expect(score.pixels > 150)
      #expect(score.found >= 0.97)
      #expect(score.false <= 10)
    }
    // One hit spoils the median of two.
    #expect(result.masks.medianCR == result.masks.exposures[0] | result.masks.exposures[1])
    let changes = try #require(result.findings.changes)
    #expect(changes.steps.count == 2)
    #expect(changes.steps.allSatisfy { $0.after <= $0.before * 1.001 })
    let last = try #require(changes.steps.last)
    #expect((0.85...1.1).contains(last.after))
  }

  /// Neighbours of hits make no more false alarms than are asked for, however many there are.
  @Test func neighboursOfManyHits() throws {
    let slit = ChangedSlit(tracks: 1500)
    let scene = slit.exposures()
    let result = try slit.masks(scene.images)
    for k in 0..<2 {
      let score = slit.score(result.masks.exposures[k], scene, k)
      #expect(score.false <= 12 && score.found > 0.95, "\(score)")
    }
  }

  /// What smooth changes follow in part is named all the same.
  @Test(arguments: [(1, 0), (0, 1), (5, -3)]) func displacementsAreNamed(x: Int, y: Int) throws {
    var slit = ChangedSlit(tracks: 100)
    (slit.sky, slit.object) = ([1, 1], [1, 1])
    var scene = slit.exposures()
    let (width, height) = (slit.shape.width, slit.shape.height)
    let still = scene.images[1]
    for j in 0..<height {
      for i in 0..<width {
        scene.images[1][i, j] = still[min(max(i - x, 0), width - 1), min(max(j - y, 0), height - 1)]
      }
    }
    let found = try #require(try slit.masks(scene.images).findings.difference)
    guard case .offset(let dx, let dy) = found.cause else {
      Issue.record("\(found)")
      return
    }
    let sign: Double = found.exposure == 2 ? 1 : -1
    #expect(abs(sign * dx - Double(x)) < 0.1 && abs(sign * dy - Double(y)) < 0.1, "\(found)")
  }

  @Test func anotherSharpnessIsNamed() throws {
    var slit = ChangedSlit(tracks: 100)
    (slit.sky, slit.object) = ([1, 1], [1, 1])
    var scene = slit.exposures()
    let kernel: [Float] = [0.06, 0.24, 0.4, 0.24, 0.06]
    for isAlongX in [true, false] {
      let still = scene.images[1]
      for y in 2..<slit.shape.height - 2 {
        for x in 2..<slit.shape.width - 2 {
          scene.images[1][x, y] = (-2...2).reduce(0) { sum, k in
            sum + kernel[k + 2] * (isAlongX ? still[x + k, y] : still[x, y + k])
          }
        }
      }
    }
    let found = try #require(try slit.masks(scene.images).findings.difference)
    guard case .seeing = found.cause else {
      Issue.record("\(found)")
      return
    }
  }

  /// Without following what changes, the sky lines are taken for hits.
  @Test func changesThatNobodyFollowsAreFlagged() throws {
    let slit = ChangedSlit(tracks: 20)
    let scene = slit.exposures()
    func wrong(_ axes: SmoothChanges.Axes) throws -> Int {
      let result = try slit.masks(scene.images) {
        $0.changes = axes
        $0.pvalue.mismatch = 0
      }
      return (0..<2).reduce(0) { $0 + slit.score(result.masks.exposures[$1], scene, $1).false }
    }
    let unfollowed = try wrong(.none)
    #expect(unfollowed > 15, "\(unfollowed)")
    #expect(try wrong(.auto) <= 10)
  }

  /// A row that gets half of the light changes by half as much as the rows beside it.
  @Test func edgesOfSlitsAreNoHits() throws {
    var slit = ChangedSlit(tracks: 0)
    (slit.sky, slit.object, slit.edge) = ([1, 1.4], [1, 1], 0.4)
    let result = try slit.masks(slit.exposures().images)
    for mask in result.masks.exposures {
      let inRow = (0..<mask.width).count { mask[$0, 0] }
      #expect(inRow <= 1, "\(inRow)")
    }
  }

  @Test func nothingIsFoundWhereNothingIs() throws {
    let slit = ChangedSlit(tracks: 0)
    let scene = slit.exposures()
    let result = try slit.masks(scene.images) {
      $0.pvalue.falseAlarms = 10
      ($0.pvalue.largestProbability, $0.pvalue.hysteresis) = (0.5, 0)
    }
    for mask in result.masks.exposures { #expect((1...25).contains(mask.flagged)) }
  }

  /// The same bits for any number of threads.
  @Test func threadsDoNotMatter() throws {
    let slit = ChangedSlit(shape: Shape(width: 150, height: 90))
    let scene = slit.exposures()
    let changes = try [1, 3].map {
      try SmoothChanges(
        between: scene.images, offsets: [.zero, .zero], factors: [1, 1], noise: StackNoise([slit.detector]),
        axes: .auto, work: Work(threads: $0))?.change
    }
    #expect(changes[0] != nil)
    #expect(changes[0] == changes[1])
  }

  /// Values that do not count are never flagged and change nothing beside them.
  @Test func maskedValuesAreNoHits() throws {
    let slit = ChangedSlit()
    var scene = slit.exposures()
    for y in 0..<slit.shape.height {
      scene.images[0][60, y] = .nan
      scene.images[1][61, y] = .nan
    }
    let result = try slit.masks(scene.images)
    for k in 0..<2 {
      for y in 0..<slit.shape.height { #expect(!result.masks.exposures[k][60 + k, y]) }
      let score = slit.score(result.masks.exposures[k], scene, k)
      #expect(score.found >= 0.96)
      #expect(score.false <= 10)
    }
  }

  /// Readout noise that is known too small is measured, told and taken.
  @Test func noiseIsMeasured() throws {
    var slit = ChangedSlit()
    slit.noise = 5
    let scene = slit.exposures()
    slit.noise = 2
    let result = try slit.masks(scene.images)
    let raised = try #require(result.findings.raisedNoise)
    // The middle of all pixels tells it: bright ones, whose noise is known well, pull it down.
    #expect((4...5.5).contains(raised.measured) && raised.assumed == 2, "\(raised)")
    #expect(PairReport.note(raised).contains("rnoise"))
    slit.noise = 5
    for k in 0..<2 { #expect(slit.score(result.masks.exposures[k], scene, k).false <= 10) }
  }

  @Test func oneExposureAndDiagramsOfTwoAreRefused() throws {
    let slit = ChangedSlit(shape: Shape(width: 60, height: 40))
    let scene = slit.exposures()
    #expect(throws: CRSError.self) { try slit.masks([scene.images[0]]) }
    #expect(throws: CRSError.self) { try slit.masks(scene.images) { $0.detection = .boundary } }
    #expect(throws: CRSError.self) { try slit.masks(scene.images) { $0.method = .lacosmic } }
  }
}
