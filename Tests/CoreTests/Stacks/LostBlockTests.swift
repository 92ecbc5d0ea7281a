import Testing

@testable import Kernels

/// Blocks of one number inside an exposure: lost packets.
@Suite struct LostBlockTests {
  private func blocks(_ count: Int = 3, _ change: (inout [Plane<Float>]) -> Void) -> [[LostBlock]] {
    var scene = StackScene(width: 90, height: 70)
    scene.detectors = (0..<count).map { _ in (gain: 1.3, noise: 4) }
    // A sky that does not stand out of its noise, and a star.
    scene.level = { x, y in
      let square = Double((x - 40) * (x - 40) + (y - 30) * (y - 30))
      return 2 + 5000 * (square < 100 ? 1 / (1 + square) : 0)
    }
    var planes = scene.planes()
    change(&planes)
    return LostBlock.found(in: scene.exposures(planes))
  }

  private func fill(_ plane: inout Plane<Float>, _ columns: Range<Int>, _ rows: Range<Int>, _ value: Float) {
    for y in rows { for x in columns { plane[x, y] = value } }
  }

  @Test(arguments: [2, 3, 5]) func blocksOfAnyPlaceAreFound(count: Int) throws {
    let found = blocks(count) { planes in
      fill(&planes[0], 30..<50, 20..<42, 0)
      fill(&planes[1], 0..<90, 45..<70, -99)
      // A disc.
      for y in 0..<40 {
        for x in 0..<90 where (x - 70) * (x - 70) + (y - 12) * (y - 12) < 60 { planes[1][x, y] = 3 }
      }
    }
    #expect(found.map(\.count) == [1, 2] + [Int](repeating: 0, count: count - 2))
    let section = try Section(x1: 31, x2: 50, y1: 21, y2: 42)
    #expect(found[0][0].section == section)
    #expect(found[0][0].value == 0 && found[0][0].count == 20 * 22)
    #expect(found[1][0].value == -99 && found[1][0].count == 90 * 25)
    var mask = Mask(shape: Shape(width: 90, height: 70))
    found[0][0].mark(in: &mask)
    #expect(mask[30, 20] && mask[49, 41] && !mask[29, 30] && mask.flagged == 20 * 22)
  }

  @Test func otherThingsAreNoBlocks() {
    let none: [[LostBlock]] = [[], [], []]
    #expect(blocks { _ in } == none)
    // What no exposure has, saturated pixels, columns, few pixels, a whole exposure.
    #expect(blocks { for k in 0..<3 { fill(&$0[k], 20..<60, 20..<60, 0) } } == none)
    #expect(blocks { fill(&$0[1], 20..<40, 20..<40, 65535) } == none)
    #expect(blocks { fill(&$0[1], 20..<24, 0..<70, 0) } == none)
    #expect(blocks { fill(&$0[1], 20..<29, 20..<27, 0) } == none)
    #expect(blocks { fill(&$0[1], 0..<90, 0..<70, 0) } == none)
    // Counts whose neighbours are often equal.
    var random = SplitMix64(state: 3)
    let photons = blocks { planes in
      for k in 0..<3 { planes[k] = planes[k].map { _ in random.uniform() < 0.03 ? 1 : 0 } }
    }
    #expect(photons == none)
    let rounded = blocks { planes in for k in 0..<3 { planes[k] = planes[k].map { ($0 / 4).rounded() } } }
    #expect(rounded == none)
  }

  /// Blocks that lie in two exposures at one place are lost where a third one has values.
  @Test func blocksOfTwoExposuresMayOverlap() {
    let found = blocks {
      fill(&$0[0], 20..<40, 20..<40, 0)
      fill(&$0[2], 25..<60, 20..<40, 0)
    }
    #expect(found.map(\.count) == [1, 0, 1])
  }

  /// Masked values are none, and images of other shapes no stack.
  @Test func maskedBlocksAreNotTold() {
    var planes = StackScene(width: 60, height: 50).planes()
    fill(&planes[1], 20..<40, 20..<40, 0)
    var exposures = StackScene(width: 60, height: 50).exposures(planes)
    #expect(LostBlock.found(in: exposures)[1].count == 1)
    var mask = Mask(shape: exposures[1].shape)
    for y in 20..<40 { for x in 20..<40 { mask[x, y] = true } }
    exposures[1].mask = mask
    #expect(LostBlock.found(in: exposures)[1].isEmpty)
    exposures[0].pixels = Plane(width: 10, height: 10, repeating: 0)
    exposures[1].mask = nil
    #expect(!LostBlock.found(in: exposures).contains { !$0.isEmpty })
  }
}
