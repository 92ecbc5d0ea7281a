import TestSupport
import Testing

@testable import Kernels

@Suite struct MedianWindowTests {
  /// The definition, pixel by pixel.
  private func brute(_ plane: Plane<Float>, _ window: MedianWindow) -> Plane<Float> {
    func mirrored(_ index: Int, _ count: Int) -> Int {
      var i = index
      while i < 0 || i >= count { i = i < 0 ? -1 - i : 2 * count - 1 - i }
      return i
    }
    var out = plane
    for y in 0..<plane.height {
      for x in 0..<plane.width {
        var values: [Float] = []
        for dy in -(window.rows / 2)..<window.rows - window.rows / 2 {
          for dx in -(window.columns / 2)..<window.columns - window.columns / 2 {
            let value = plane[mirrored(x + dx, plane.width), mirrored(y + dy, plane.height)]
            if value.isFinite { values.append(value) }
          }
        }
        values.sort()
        out[x, y] = values.isEmpty ? .nan : values[values.count / 2]
      }
    }
    return out
  }

  private func noise(_ width: Int, _ height: Int, holes: Bool = false) -> Plane<Float> {
    var random = SeededRandom(seed: 99)
    return Plane(
      width: width, height: height,
      pixels: (0..<width * height).map { _ in
        let value = random.below(1000)
        return holes && value > 900 ? .nan : Float(value)
      })
  }

  @Test(arguments: [(1, 1), (9, 3), (4, 6), (1, 8), (2, 1), (7, 7), (21, 25), (30, 2), (40, 31)])
  func agreesWithTheDefinition(rows: Int, columns: Int) throws {
    let window = try MedianWindow(rows: rows, columns: columns)
    for (width, height) in [(300, 21), (5, 3), (1, 70)] {
      let plane = noise(width, height)
      #expect(try window.filtered(plane, work: Work(threads: 2)) == brute(plane, window))
      #expect(
        try window.filtered(plane.map { Double($0) }, work: Work()) == brute(plane, window).map { Double($0) }
      )
      let holes = noise(width, height, holes: true)
      let found = try window.filtered(holes, work: Work())
      #expect(found.pixels.map(\.bitPattern) == brute(holes, window).pixels.map(\.bitPattern))
    }
  }

  @Test(arguments: [(0, 3), (3, 0), (-1, 1), (2000, 1)])
  func rejectsSizes(rows: Int, columns: Int) {
    #expect(throws: CRSError.self) { try MedianWindow(rows: rows, columns: columns) }
  }
}
