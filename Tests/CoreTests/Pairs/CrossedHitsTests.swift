import Testing

@testable import Kernels

/// Where tracks of the two exposures of a pair cross, neither value is right.
@Suite struct CrossedHitsTests {
  private let work = Work(threads: 2)
  private let noise = StackNoise([Detector(gain: 1, readoutNoise: 3)])

  /// A bright track along a row of the first exposure and a fainter one along a column of the second, on a level with a
  /// steep line.
  private func crossing(charge: Float, line: Float = 0) -> (exposures: [Plane<Float>], hits: [Mask]) {
    var planes = [Plane<Float>](repeating: Plane(width: 30, height: 24, repeating: 20), count: 2)
    var hits = [Mask](repeating: Mask(shape: Shape(width: 30, height: 24)), count: 2)
    for k in 0..<2 { for x in 0..<30 { planes[k][x, 12] += line } }
    for x in 4..<26 {
      planes[0][x, 12] += 4000
      hits[0][x, 12] = true
    }
    for y in 4..<20 {
      planes[1][14, y] += charge
      // The detector sees it everywhere but below the brighter one.
      hits[1][14, y] = y != 12
    }
    return (planes, hits)
  }

  private func found(_ scene: (exposures: [Plane<Float>], hits: [Mask])) throws -> [Mask] {
    try CrossedHits(
      scene.exposures, hits: scene.hits, allowed: Mask(plane: Plane(width: 30, height: 24, repeating: 1)),
      factors: [1, 1], noise: noise, work: work
    ).masks
  }

  @Test func theFainterOfTwoIsFound() throws {
    let found = try found(crossing(charge: 60))
    #expect(found[0].flagged == 0)
    #expect(found[1].flagged == 1 && found[1][14, 12])
  }

  /// A pixel that stands out as its neighbours in a line of the image do is none.
  @Test func linesAreNoHits() throws {
    #expect(try found(crossing(charge: 0, line: 300)).allSatisfy { $0.flagged == 0 })
    #expect(try found(crossing(charge: 8)).allSatisfy { $0.flagged == 0 })
  }

  /// Values that are missing, or not allowed, are none.
  @Test func missingValuesAreNone() throws {
    var scene = crossing(charge: 60)
    scene.exposures[1][14, 12] = .nan
    #expect(try found(scene).allSatisfy { $0.flagged == 0 })
    scene = crossing(charge: 60)
    let nowhere = Mask(shape: Shape(width: 30, height: 24))
    let none = try CrossedHits(
      scene.exposures, hits: scene.hits, allowed: nowhere, factors: [1, 1], noise: noise, work: work)
    #expect(none.masks.allSatisfy { $0.flagged == 0 })
    // Nothing around it is free.
    let full = Mask(plane: Plane(width: 30, height: 24, repeating: 1))
    var own = full
    own[14, 12] = false
    let hits = [full, own]
    let alone = try CrossedHits(
      scene.exposures, hits: hits, allowed: full, factors: [1, 1], noise: noise, work: work)
    #expect(alone.masks.allSatisfy { $0.flagged == 0 })
  }
}

@Suite struct PairNeighboursTests {
  private let shape = Shape(width: 9, height: 7)

  private func grown(_ scores: [(x: Int, y: Int, score: Float)], falseAlarms: Double = 3) -> Mask {
    var hits = Mask(shape: shape)
    var score = Plane<Float>(width: shape.width, height: shape.height, repeating: 0)
    for (x, y) in [(3, 3), (5, 3)] { hits[x, y] = true }
    for one in scores { score[one.x, one.y] = one.score }
    return PairNeighbours(
      of: hits, score: score, allowed: Mask(plane: Plane(width: 9, height: 7, repeating: 1)), core: 5.5,
      reach: 3, falseAlarms: falseAlarms
    ).mask
  }

  /// A pixel between two hits needs less than one beside them, a corner as much as any.
  @Test func sidesCount() {
    let mask = grown([(4, 3, 2.6), (2, 3, 2.6), (6, 3, 3.1), (6, 4, 5.4), (0, 0, 5.4)])
    #expect(mask[4, 3] && mask[6, 3] && mask[3, 3] && mask[5, 3])
    #expect(!mask[2, 3] && !mask[6, 4] && !mask[0, 0])
    #expect(mask.flagged == 4)
  }

  /// Fewer false alarms that are asked for need more.
  @Test func falseAlarmsAreShared() {
    #expect(grown([(4, 3, 2.6)], falseAlarms: 1e-3)[4, 3] == false)
    #expect(grown([(4, 3, 3.4)], falseAlarms: 1e-3)[4, 3])
  }
}
