import Testing

@testable import Kernels

@Suite struct OrderStatisticsTests {
  private func statistics<Scalar: SortableScalar>(_ values: [Scalar], width: Int) throws -> RobustStatistics<
    Scalar
  >? {
    try values.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return nil }
      return try RobustStatistics(
        of: StoredRows(base: base, width: width, height: values.count / width), work: Work(threads: 3))
    }
  }

  /// As numpy.percentile gives them.
  @Test func quartilesAreInterpolated() throws {
    let few = try #require(PixelStatistics(of: [1, 2, 3, 5] as [Double]))
    #expect(few.robustDeviation == 0.7413 * (3.5 - 1.75))
    let five = try #require(PixelStatistics(of: [1, 2, 3, 5, 9] as [Float]))
    #expect(five.robustDeviation == 0.7413 * (5 - 2))
    let far = try #require(PixelStatistics(of: [-1.7e308, 1.7e308] as [Double]))
    #expect(far.robustDeviation.isFinite)
  }

  @Test func agreesWithSorting() throws {
    var generator = SystemRandomNumberGenerator()
    for (n, scale) in [
      (1, 1.0), (2, 1), (3, 1), (64, 1e30), (997, 1e-30), (5000, 3), (8192, 2), (8193, 1e30), (30_000, 5),
    ] {
      let values = (0..<n).map { _ in Double.random(in: -scale...scale, using: &generator) }
      try check(values)
      try check(values.map { Float($0) })
      try check(values.map { ($0 * 4 / scale).rounded() })
    }
  }

  private func check<Scalar: SortableScalar>(_ values: [Scalar]) throws {
    let sorted = values.sorted()
    let n = sorted.count
    let found = try #require(try statistics(values, width: n))
    #expect(found.minimum == sorted[0] && found.maximum == sorted[n - 1])
    #expect(found.median == (n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2))
    func quantile(_ q: Double) -> Double {
      let p = Double(n - 1) * q
      let k = Int(p)
      let t = p - Double(k)
      let d = Double(sorted[min(k + 1, n - 1)] - sorted[k])
      return t < 0.5 ? Double(sorted[k]) + d * t : Double(sorted[min(k + 1, n - 1)]) - d * (1 - t)
    }
    #expect(found.standardDeviation == 0.7413 * (quantile(0.75) - quantile(0.25)))
    #expect(found.finite == n)
  }

  @Test func leavesOutWhatIsNotFinite() throws {
    let values: [Float] = [.nan, 3, -.infinity, 1, .infinity, 2, -.nan, .signalingNaN]
    let found = try #require(try statistics(values, width: 4))
    #expect(found.finite == 3)
    #expect(found.median == 2)
    #expect(found.minimum == 1 && found.maximum == 3)
    #expect(try statistics([Double.nan, .infinity], width: 2) == nil)
    // So many that they are counted, not sorted.
    let many: [Float] = (0..<20_000).map { $0 % 4 == 0 ? .nan : $0 % 4 == 1 ? .infinity : Float($0) }
    let counted = try #require(try statistics(many, width: 100))
    #expect(counted.finite == 10_000 && counted.minimum == 2 && counted.maximum == 19_999)
    #expect(counted.median == 10_000.5)
  }

  /// Lists that are sorted and lists that are counted, with what is no number and both zeros.
  @Test(arguments: [1, 2, 961, 65531, 65532, 200_000]) func percentilesEqualThoseOfSortedValues(_ count: Int)
    throws
  {
    var random = SplitMix64(state: 3)
    let values =
      (0..<count).map { _ in Float(random.normal() * 50).rounded() / 8 } + [
        .nan, .infinity, -.infinity, 0, -0.0,
      ]
    let sorted = values.filter(\.isFinite).sorted().map { Double($0) }
    let asked = [0, 0.3, 12.5, 37.5, 50, 62.5, 99.9, 100, 101, -1]
    let found = try #require(Percentiles(asked, of: values))
    #expect(found.count == count + 2 && found.values.count == asked.count)
    for (percentile, value) in zip(asked, found.values) {
      let place = min(max(percentile, 0), 100) / 100 * Double(sorted.count - 1)
      let (low, high) = (Int(place), min(Int(place) + 1, sorted.count - 1))
      #expect(value == sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low)))
    }
    #expect(Percentiles([50], of: [.nan, .infinity]) == nil && Percentiles([50], of: []) == nil)
    #expect(Percentiles([], of: [1])?.values == [])
  }
}
