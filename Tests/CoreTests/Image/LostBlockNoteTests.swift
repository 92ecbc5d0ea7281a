import Files
import Synchronization
import Testing

@testable import Kernels

/// What a user is told of blocks that hold one number.
@Suite struct LostBlockNoteTests {
  private func image(_ seed: UInt64, lost: [(columns: Range<Int>, rows: Range<Int>)] = []) -> Image {
    var random = SplitMix64(state: seed)
    var plane = Plane<Float>(width: 80, height: 60, repeating: 0)
    for i in 0..<plane.count { plane.pixels[i] = Float(5 + 4 * random.normal()) }
    for block in lost { for y in block.rows { for x in block.columns { plane[x, y] = 0 } } }
    return Image(pixels: plane)
  }

  private func told(_ images: [Image]) -> (masks: [Mask?], notes: [String]) {
    let lines = Mutex<[String]>([])
    let masks = images.masks(Work(remark: { line in lines.withLock { $0.append(line) } }))
    return (masks, lines.withLock(\.self))
  }

  @Test func theyDoNotCountAndAreTold() {
    let lost = (columns: 20..<60, rows: 10..<30)
    let found = told([image(1), image(2, lost: [lost]), image(3)])
    #expect(found.masks.map { $0?.flagged } == [nil, 800, nil])
    #expect(found.notes.count == 1)
    #expect(
      found.notes.first?.hasSuffix(
        "holds one and the same number where other exposures have values: 0 in 800 pixels of [21:60, 11:30]: "
          + "they count as lost") == true, "\(found.notes)")
  }

  /// More than half of an exposure, and many blocks, of which the largest are named.
  @Test func manyAreCounted() {
    #expect(told([image(1), image(2, lost: [(0..<80, 0..<40)])]).masks.map { $0?.flagged } == [nil, 3200])
    let lost = (0..<5).map { (columns: 3 + 15 * $0..<12 + 15 * $0, rows: 20..<40 + $0) }
    let found = told([image(1, lost: lost), image(2)])
    #expect(found.masks.map { $0?.flagged } == [9 * (20 + 21 + 22 + 23 + 24), nil])
    #expect(found.notes.first?.contains("and 369 more in 2 blocks") == true, "\(found.notes)")
  }
}
