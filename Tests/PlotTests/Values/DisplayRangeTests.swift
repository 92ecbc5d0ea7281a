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

  /// From light to dark without a turn, so that no count stands out that is not high.
  @Test func mapsOfDiagramsAreMonotonic() {
    func lightness(_ color: UInt32) -> Double {
      0.2126 * Double(color >> 16 & 255) + 0.7152 * Double(color >> 8 & 255) + 0.0722 * Double(color & 255)
    }
    for map in [nil, ColorMap.viridis, .cividis, .gray] {
      let steps = ColorMap.expected(map).colors.map(lightness)
      #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 >= $1 - 1 })
      #expect((steps.first ?? 0) > (steps.last ?? 0) + 100)
    }
  }

  @Test func mapsAreFoundByName() {
    for name in ColorMap.names { #expect(ColorMap.named(name) != nil) }
    #expect(ColorMap.named("viridis_r")?.colors.first == ColorMap.viridis.colors.last)
    #expect(ColorMap.named("jet") == nil)
  }

  /// Nearly all of a mask's numbers are one.
  @Test func maskFilesHaveLimits() {
    let values = [Float](repeating: 0, count: 1000) + [1, 1]
    for scale in [DisplayScale.zscale, .percentile(90)] {
      #expect(scale.range(of: values) == DisplayRange(lower: 0, upper: 1), "\(scale)")
    }
    #expect(DisplayScale.zscale.range(of: [2, 2, 2]) == DisplayRange(lower: 2, upper: 2))
  }
}
