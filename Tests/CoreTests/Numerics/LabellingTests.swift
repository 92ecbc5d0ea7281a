import TestSupport
import Testing

@testable import Kernels

@Suite struct LabellingTests {
  private func plane(_ rows: [String]) -> Plane<UInt8> {
    Plane(
      width: rows[0].count, height: rows.count,
      pixels: rows.flatMap { $0.map { $0 == "#" ? 1 : 0 } })
  }

  @Test func numbersGroupsInRasterOrder() {
    let mask = plane(["..#..#", "#.#.##", "###...", "...#.#"])
    let four = Labelling(of: mask, connectivity: .four)
    #expect(four.labels.pixels == [0, 0, 1, 0, 0, 2, 1, 0, 1, 0, 2, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, 3, 0, 4])
    #expect(four.sizes == [6, 3, 1, 1])
    let eight = Labelling(of: mask, connectivity: .eight)
    #expect(eight.labels.pixels == [0, 0, 1, 0, 0, 2, 1, 0, 1, 0, 2, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 3])
    #expect(eight.sizes == [7, 3, 1])
  }

  @Test func emptyAndFullMasks() {
    #expect(Labelling(of: Plane(width: 0, height: 0, repeating: 0), connectivity: .four).count == 0)
    #expect(Labelling(of: Plane(width: 19, height: 3, repeating: 0), connectivity: .eight).count == 0)
    #expect(Labelling(of: Plane(width: 19, height: 3, repeating: 1), connectivity: .four).sizes == [57])
  }

  /// A flood fill, slow and plain, over random masks of all densities.
  @Test(arguments: [Labelling.Connectivity.four, .eight])
  func agreesWithFloodFill(connectivity: Labelling.Connectivity) {
    var random = SeededRandom(seed: 7)
    for density in [3, 10, 40, 60, 90] {
      let mask = Plane<UInt8>(
        width: 67, height: 41,
        pixels: (0..<67 * 41).map { _ in random.below(100) < density ? 1 : 0 })
      let labelling = Labelling(of: mask, connectivity: connectivity)
      let expected = floodFill(mask, connectivity)
      #expect(labelling.labels == expected)
      for label in 1...labelling.count {
        #expect(labelling.sizes[label - 1] == expected.pixels.count { $0 == Int32(label) })
      }
    }
  }

  private func floodFill(_ mask: Plane<UInt8>, _ connectivity: Labelling.Connectivity) -> Plane<Int32> {
    var labels = Plane<Int32>(width: mask.width, height: mask.height, repeating: 0)
    var next: Int32 = 0
    for y in 0..<mask.height {
      for x in 0..<mask.width where mask[x, y] != 0 && labels[x, y] == 0 {
        next += 1
        var open = [(x, y)]
        labels[x, y] = next
        while let (cx, cy) = open.popLast() {
          for dy in -1...1 {
            for dx in -1...1 where connectivity == .eight || dx == 0 || dy == 0 {
              let (nx, ny) = (cx + dx, cy + dy)
              guard nx >= 0, ny >= 0, nx < mask.width, ny < mask.height, mask[nx, ny] != 0,
                labels[nx, ny] == 0
              else { continue }
              labels[nx, ny] = next
              open.append((nx, ny))
            }
          }
        }
      }
    }
    return labels
  }
}
