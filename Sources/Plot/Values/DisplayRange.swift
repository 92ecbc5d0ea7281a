import Kernels

/// Limits between which an image is shown.
package struct DisplayRange: Sendable, Equatable {
  package var lower: Double
  package var upper: Double

  package init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// The zscale of the figures; 0...1 when no value is finite.
  package static func zscale(_ values: [Float]) -> DisplayRange {
    guard let found = Percentiles([0, 37.5, 50, 62.5, 100], of: values) else {
      return DisplayRange(lower: 0, upper: 1)
    }
    let q = found.values
    guard found.count >= 10 else { return DisplayRange(lower: q[0], upper: q[4]) }
    let spread = 8 * (q[3] - q[1])
    return DisplayRange(lower: max(q[0], q[2] - spread), upper: min(q[4], q[2] + spread))
  }

  /// Smallest and largest finite value; 0...1 when there is none.
  package static func minMax(_ values: [Float]) -> DisplayRange {
    var low = Float.infinity
    var high = -Float.infinity
    for value in values where value.isFinite {
      if value < low { low = value }
      if value > high { high = value }
    }
    return low <= high
      ? DisplayRange(lower: Double(low), upper: Double(high)) : DisplayRange(lower: 0, upper: 1)
  }

  /// Two percentiles, each 0...100, interpolated linearly; 0...1 when no value is finite.
  package static func percentiles(_ low: Double, _ high: Double, of values: [Float]) -> DisplayRange {
    guard let q = Percentiles([low, high], of: values)?.values else {
      return DisplayRange(lower: 0, upper: 1)
    }
    return DisplayRange(lower: q[0], upper: q[1])
  }

  /// median - 2 std ... median + 5 std with a robust std; nil when that std is 0.
  package static func aroundMedian(_ values: [Float], below: Double = 2, above: Double = 5) -> DisplayRange? {
    guard let q = Percentiles([25, 50, 75], of: values)?.values else { return nil }
    let deviation = 0.7413 * (q[2] - q[0])
    guard deviation > 0 else { return nil }
    return DisplayRange(lower: q[1] - below * deviation, upper: q[1] + above * deviation)
  }
}

/// The rules by which limits are found.
package enum DisplayScale: Sendable, Equatable {
  case zscale
  case minMax
  /// The central so many percent of the values, above 0 and at most 100.
  case percentile(Double)

  /// Where nearly all values are one number, as in files of masks, the limits are the smallest and the largest value.
  package func range(of values: [Float]) -> DisplayRange {
    let found: DisplayRange =
      switch self {
      case .zscale: .zscale(values)
      case .minMax: .minMax(values)
      case .percentile(let percent): .percentiles(50 - percent / 2, 50 + percent / 2, of: values)
      }
    return found.lower < found.upper ? found : .minMax(values)
  }
}
