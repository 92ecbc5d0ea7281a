import Testing

@testable import Kernels

/// Strips that a shift left uncovered and another program filled with a number.
@Suite struct UncoveredStripTests {
  private func exposures(_ change: (inout [Plane<Float>]) -> Void) -> [ExposurePlanes] {
    let scene = StackScene(width: 60, height: 50)
    var planes = scene.planes()
    change(&planes)
    return scene.exposures(planes)
  }

  private func fill(_ plane: inout Plane<Float>, _ columns: Range<Int>, _ rows: Range<Int>, _ value: Float) {
    for y in rows { for x in columns { plane[x, y] = value } }
  }

  @Test func sidesAreFound() throws {
    let found = UncoveredStrip.found(
      in: exposures { planes in
        fill(&planes[0], 0..<7, 0..<50, 0)
        fill(&planes[0], 0..<60, 46..<50, 0)
        fill(&planes[2], 59..<60, 0..<50, -99)
      })
    #expect(
      found == [
        [
          UncoveredStrip(section: try Section(x1: 1, x2: 7, y1: 1, y2: 50), value: 0),
          UncoveredStrip(section: try Section(x1: 1, x2: 60, y1: 47, y2: 50), value: 0),
        ], [], [UncoveredStrip(section: try Section(x1: 60, x2: 60, y1: 1, y2: 50), value: -99)],
      ])
  }

  @Test func otherThingsAreNoStrips() {
    let none: [[UncoveredStrip]] = [[], [], []]
    #expect(UncoveredStrip.found(in: exposures { _ in }) == none)
    // A column that is dead in all exposures, a value that differs, a whole exposure.
    #expect(UncoveredStrip.found(in: exposures { for k in 0..<3 { fill(&$0[k], 0..<1, 0..<50, 0) } }) == none)
    #expect(
      UncoveredStrip.found(
        in: exposures {
          fill(&$0[1], 0..<4, 0..<50, 0)
          for x in 0..<4 { $0[1][x, 20] = 3 }
        }) == none)
    #expect(UncoveredStrip.found(in: exposures { fill(&$0[1], 0..<60, 0..<50, 0) }) == none)
    // Counts of few photons are 0 nearly everywhere.
    var random = SplitMix64(state: 3)
    let photons = exposures { planes in
      for k in 0..<3 { planes[k] = planes[k].map { _ in random.uniform() < 0.03 ? 1 : 0 } }
    }
    #expect(UncoveredStrip.found(in: photons) == none)
    // One row has no columns that say anything.
    let row = Plane<Float>(width: 60, height: 1, pixels: (0..<60).map { Float($0 % 7) })
    #expect(
      UncoveredStrip.found(
        in: [ExposurePlanes]([row, row, row], detector: Detector(gain: 1, readoutNoise: 5)))
        == none)
  }
}
