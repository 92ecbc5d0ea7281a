import Testing

@testable import Kernels
@testable import Plot

struct DisplayRangeTests {
  @Test func percentilesEqualThoseOfSortedValues() throws {
    let plane = Synthetic().exposures[0]
    let values = plane.pixels + [.nan, .infinity, -.infinity, 0, -0.0]
    let sorted = values.filter(\.isFinite).sorted().map { Double($0) }
    let asked = [0, 0.3, 12.5, 37.5, 50, 62.5, 99.9, 100]
    let found = try #require(OrderStatistics(values).percentiles(asked))
    for (percentile, value) in zip(asked, found) {
      let place = percentile / 100 * Double(sorted.count - 1)
      let low = Int(place)
      let high = min(low + 1, sorted.count - 1)
      #expect(abs(value - (sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low)))) < 1e-9)
    }
  }

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
