import Testing

@testable import Kernels
@testable import Plot

struct DisplayRangeTests {
  @Test func zscaleFollowsTheDocuments() {
    let values = (0...1000).map { Float($0) } + [1e6]
    let range = DisplayRange.zscale(values)
    #expect(range.lower == 0)
    // q50 = 500.5, q62.5 - q37.5 = 250.25
    #expect(abs(range.upper - (500.5 + 8 * 250.25)) < 1e-6)
    #expect(DisplayRange.zscale([3, 1, 2]) == DisplayRange(lower: 1, upper: 3))
    #expect(DisplayRange.zscale([.nan]) == DisplayRange(lower: 0, upper: 1))
  }

  @Test func normsRunFromZeroToOne() throws {
    for kind in Norm.Kind.allCases {
      let norm = try Norm(kind, lower: 0.1, upper: 5000)
      #expect(abs(norm.position(0.1)) < 1e-12)
      #expect(abs(norm.position(5000) - 1) < 1e-12)
      #expect(abs(norm.value(at: norm.position(37)) - 37) < 1e-9)
      #expect(norm.position(.nan).isNaN)
    }
    #expect(throws: CRSError.self) { try Norm(.log, lower: 0, upper: 1) }
  }

  @Test func joinedMapChangesExactlyAtItsBorder() throws {
    let norm = try Norm(.log, lower: 0.1, upper: 5600)
    let map = ColorMap.joined(at: norm.position(1))
    #expect(map.color(at: norm.position(1)) == ColorMap.viridis.colors[0])
    #expect(ColorMap.cividis.colors[0...2].contains(map.color(at: norm.position(0.98))))
    #expect(map.color(at: 0) == ColorMap.cividis.colors[255])
    #expect(map.color(at: 1) == ColorMap.viridis.colors[255])
    #expect(ColorMap.viridis.colors.count == 256 && ColorMap.cividis.colors.count == 256)
  }

  @Test func mapsAreFoundByName() {
    for name in ColorMap.names { #expect(ColorMap.named(name) != nil) }
    #expect(ColorMap.named("viridis_r")?.colors.first == ColorMap.viridis.colors.last)
    #expect(ColorMap.named("jet") == nil)
  }
}
