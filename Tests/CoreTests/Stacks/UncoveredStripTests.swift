import Foundation
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

  /// Noise about 0 instead of one number, in real and in whole numbers; one exposure or most of them.
  @Test(arguments: [1, 2], [false, true]) func noiseIsNoLight(exposures n: Int, isWhole: Bool) throws {
    var random = SplitMix64(state: 8)
    let found = UncoveredStrip.found(
      in: exposures { planes in
        for k in 0..<n {
          for y in 0..<50 { for x in 0..<9 { planes[k][x, y] = Float(3 * random.normal()) } }
          for y in 45..<50 { for x in 0..<60 { planes[k][x, y] = Float(3 * random.normal()) } }
        }
        if isWhole { for k in 0..<3 { planes[k] = planes[k].map { max(0, $0.rounded()) } } }
      })
    for k in 0..<3 {
      #expect(
        found[k].map(\.section)
          == (k < n
            ? [try Section(x1: 1, x2: 9, y1: 1, y2: 50), try Section(x1: 1, x2: 60, y1: 46, y2: 50)] : []))
      for strip in found[k] {
        let noise = try #require(strip.noise)
        #expect(abs(strip.value) < 1.5 && noise.scatter > 1 && noise.scatter < 4)
        #expect(abs(noise.level - 400) < 20)
      }
    }
  }

  /// A sky of 0, less light, a lit border of one exposure, a gap between traces.
  @Test func otherNoiseIsNoStrip() {
    var random = SplitMix64(state: 9)
    func found(level: @escaping (Int, Int) -> Double, _ change: (inout [Plane<Float>]) -> Void = { _ in })
      -> Bool
    {
      let scene = StackScene(width: 60, height: 50, level: level)
      var planes = scene.planes()
      change(&planes)
      return UncoveredStrip.found(in: scene.exposures(planes)).contains { !$0.isEmpty }
    }
    // A border that is lit in one exposure, over no sky and over some.
    for sky in [0.0, 400] {
      let isFound = found(level: { _, _ in sky }) { planes in
        for y in 0..<50 { for x in 0..<6 { planes[0][x, y] += 3000 + Float(50 * random.normal()) } }
      }
      #expect(!isFound)
    }
    // A corner without light: its columns and rows end in light.
    for noise in [0.0, 3] {
      let isCorner = found(level: { _, _ in 400 }) { planes in
        for y in 0..<50 {
          for x in 0..<60 where x + y < 40 { planes[0][x, y] = Float(noise * random.normal()) }
        }
      }
      #expect(!isCorner)
    }
    // Less light at the border of one exposure.
    let isDimmer = found(level: { _, _ in 400 }) { planes in
      for y in 0..<50 { for x in 0..<6 { planes[1][x, y] *= 0.4 } }
    }
    #expect(!isDimmer)
    // A trace that lies at the border of one exposure and farther in in the others.
    let isNodded = found(level: { _, _ in 20 }) { planes in
      for x in 0..<60 {
        for y in 0..<5 { planes[0][x, y] += 2000 }
        for y in 20..<25 { for k in 1..<3 { planes[k][x, y] += 2000 } }
      }
    }
    #expect(!isNodded)
  }

  /// More sky in one exposure: where the others are dark between their traces, so would it be.
  @Test(arguments: [8.0, 200]) func moreSkyIsNoLightElsewhere(sky: Double) {
    func level(_ k: Int) -> (Int, Int) -> Double {
      { _, y in
        [12, 30].reduce(k == 1 ? sky : 0) { $0 + 300 * exp(-0.125 * Double((y - $1) * (y - $1))) }
      }
    }
    let planes = (0..<3).map { k in
      StackScene(width: 60, height: 50, level: level(k), detectors: [(1, 4), (1, 4), (1, 4)]).planes()[k]
    }
    let scene = StackScene(width: 60, height: 50)
    #expect(!UncoveredStrip.found(in: scene.exposures(planes)).contains { !$0.isEmpty })
  }
}
