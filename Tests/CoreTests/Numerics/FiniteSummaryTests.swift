import Testing

@testable import Kernels

@Suite struct FiniteSummaryTests {
  @Test func agreesWithSorting() throws {
    var generator = SplitMix64(state: 7)
    for (width, height) in [(1, 1), (2, 1), (7, 3), (301, 200), (1500, 1400)] {
      var plane = Plane<Float>(width: width, height: height, repeating: 0)
      for i in plane.pixels.indices {
        let value = Float(generator.normal() * 100)
        // Many equal values, of both signs, and some that are none.
        plane.pixels[i] = i % 5 == 0 ? value.rounded() : value
        if i % 97 == 96 { plane.pixels[i] = [.nan, .infinity, -.infinity, -0.0][i % 4] }
      }
      let sorted = plane.pixels.filter(\.isFinite).sorted()
      for threads in [1, 3] {
        let found = try #require(try FiniteSummary(of: plane, work: Work(threads: threads)))
        #expect(found.count == sorted.count)
        #expect(found.minimum == sorted.first && found.maximum == sorted.last)
        #expect(
          found.median
            == (Double(sorted[(sorted.count - 1) / 2]) + Double(sorted[sorted.count / 2])) / 2)
      }
    }
  }

  @Test func zerosHaveNoSign() throws {
    let plane = Plane<Float>(width: 3, height: 1, pixels: [-0.0, -0.0, 0])
    let found = try #require(try FiniteSummary(of: plane, work: Work()))
    #expect(found.median.sign == .plus && found.minimum.sign == .plus)
  }

  @Test func planesWithoutNumbersHaveNone() throws {
    #expect(try FiniteSummary(of: Plane<Float>(width: 2, height: 2, repeating: .nan), work: Work()) == nil)
    #expect(try FiniteSummary(of: Plane<Float>(width: 0, height: 0, pixels: []), work: Work()) == nil)
  }

  @Test func movedMasksAreThoseOfTheDefinition() throws {
    let (width, height) = (9, 7)
    var mask = Mask(shape: Shape(width: width, height: height))
    for i in [0, 13, 31, 62] { mask.plane.pixels[i] = 1 }
    let offsets = [
      Offset(x: 0.5, y: 0), Offset(x: -0.25, y: 1.5), Offset(x: 3, y: -2), Offset(x: -8.5, y: 0.1),
      Offset(x: 40.5, y: -0.5), Offset(x: 0.5, y: -33),
    ]
    for offset in offsets {
      let moved = try SubpixelShift.mask(mask, shape: mask.plane.shape, by: offset, work: Work(threads: 2))
      let empty = try SubpixelShift.mask(nil, shape: mask.plane.shape, by: offset, work: Work(threads: 2))
      for y in 0..<height {
        for x in 0..<width {
          func isSpoilt(_ mask: Mask?) -> Bool {
            let (sourceX, sourceY) = (Double(x) - offset.x, Double(y) - offset.y)
            for row in [sourceY.rounded(.down), sourceY.rounded(.up)] {
              for column in [sourceX.rounded(.down), sourceX.rounded(.up)] {
                guard (0..<Double(width)).contains(column), (0..<Double(height)).contains(row) else {
                  return true
                }
                if let mask, mask.plane[Int(column), Int(row)] != 0 { return true }
              }
            }
            return false
          }
          #expect((moved.plane[x, y] != 0) == isSpoilt(mask), "\(offset) \(x) \(y)")
          #expect((empty.plane[x, y] != 0) == isSpoilt(nil), "\(offset) \(x) \(y)")
        }
      }
    }
  }

  @Test func longWorkIsInterrupted() throws {
    let work = Work()
    work.cancellation.raise()
    let plane = Plane<Float>(width: 64, height: 64, repeating: 1)
    #expect(throws: CRSError.interrupted) { try FiniteSummary(of: plane, work: work) }
    #expect(throws: CRSError.interrupted) {
      try SubpixelShift.mask(nil, shape: plane.shape, by: Offset(x: 0.5, y: 0), work: work)
    }
    var random = SplitMix64(state: 1)
    #expect(throws: CRSError.interrupted) {
      try CosmicRayTracks.plane(width: 64, height: 64, count: 10, random: &random, work: work)
    }
  }
}
