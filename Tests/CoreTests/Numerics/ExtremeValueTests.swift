import Testing

@testable import Kernels

/// Means and medians where sums leave the type, and the one rule for what is no number.
@Suite struct ExtremeValueTests {
  private func combined(_ pixels: [[Float]]) throws -> StackPlanes {
    try StackPlanes(
      pixels.map { Plane(width: $0.count, height: 1, pixels: $0) }, work: Work(threads: 1))
  }

  @Test(arguments: 1...9) func valuesNearTheLimitStayFinite(count: Int) throws {
    let values: [Float] = [3e38, -3e38, 3.4e38, 1.8e38]
    let planes = try combined([[Float]](repeating: values, count: count))
    for (k, value) in values.enumerated() {
      for found in [planes.mean.pixels[k], planes.median.pixels[k], planes.minimum.pixels[k]] {
        #expect(abs(found / value - 1) < 1e-6, "\(found) for \(value) of \(count)")
      }
    }
  }

  /// A finite sum may hide that the two values in the middle have none.
  @Test func middleOfFourIsFinite() throws {
    let planes = try combined([[1.8e38], [-3.4e38], [1.8e38], [1.8e38]])
    #expect(planes.median.pixels == [1.8e38])
  }

  @Test func whatIsNoNumberCountsNowhere() throws {
    let planes = try combined([
      [1, .nan, .infinity], [3, 5, -.infinity], [8, 7, .nan], [4, .infinity, .nan],
    ])
    #expect(planes.mean.pixels[0] == 4 && planes.median.pixels[0] == 3.5 && planes.minimum.pixels[0] == 1)
    #expect(planes.mean.pixels[1] == 6 && planes.median.pixels[1] == 6 && planes.minimum.pixels[1] == 5)
    #expect(planes.mean.pixels[2].isNaN && planes.median.pixels[2].isNaN && planes.minimum.pixels[2].isNaN)
  }

  @Test func exactCombinationsKeepDoublePrecision() throws {
    let days: [[Double]] = [[2_459_000.123, 1e308], [2_459_000.125, 1.5e308], [.nan, .infinity]]
    let planes = days.map { Plane(width: 2, height: 1, pixels: $0) }
    func of(_ kind: ExactCombination) throws -> [Double] {
      try kind.of(planes, work: Work(threads: 2)).pixels
    }
    #expect(try of(.mean) == [2_459_000.124, 1.25e308])
    #expect(try of(.median) == [2_459_000.124, 1.25e308])
    #expect(try of(.minimum) == [2_459_000.123, 1e308] && of(.maximum) == [2_459_000.125, 1.5e308])
  }

  @Test func statisticsNearTheLimit() throws {
    let statistics = try #require(PixelStatistics(of: [1.7e308, 1.7e308] as [Double]))
    #expect(statistics.median == 1.7e308 && statistics.mean == 1.7e308)
  }
}
