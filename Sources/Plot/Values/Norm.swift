import Foundation
import Kernels

/// How values spread over the colours between two limits.
package struct Norm: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    case linear
    case log
    /// Linear near the lower limit, logarithmic further up (softening 0.1 of the range).
    case asinh
  }
  package let kind: Kind
  package let lower: Double
  package let upper: Double

  /// - Throws: `CRSError` (data) when limits are not finite or, for `log`, not positive.
  package init(_ kind: Kind = .linear, lower: Double, upper: Double) throws {
    guard lower.isFinite, upper.isFinite else {
      throw CRSError.data("colour limits \(lower) and \(upper)", expected: "finite numbers")
    }
    guard kind != .log || (lower > 0 && upper > 0) else {
      throw CRSError.data(
        "a logarithmic colour scale from \(lower) to \(upper)", expected: "limits above 0",
        hint: "give vmin above 0 or use norm=asinh")
    }
    self.kind = kind
    (self.lower, self.upper) = Self.spread(min(lower, upper), max(lower, upper))
  }

  /// Linear between limits that the program computed; what is not finite counts as 0.
  init(linear range: DisplayRange) {
    kind = .linear
    (lower, upper) = Self.spread(
      range.lower.isFinite ? range.lower : 0, range.upper.isFinite ? range.upper : 0)
  }

  /// Equal limits move apart, so that a constant image has a colour in the middle.
  private static func spread(_ lower: Double, _ upper: Double) -> (Double, Double) {
    guard upper <= lower else { return (lower, upper) }
    let step = lower == 0 ? 1 : abs(lower) * 1e-3
    return (lower - step, lower + step)
  }

  private static let softening = 0.1

  /// 0 at the lower limit, 1 at the upper; NaN stays NaN.
  package func position(_ value: Double) -> Double {
    switch kind {
    case .linear: return (value - lower) / (upper - lower)
    case .log:
      return value.isNaN
        ? .nan : value > 0 ? Foundation.log(value / lower) / Foundation.log(upper / lower) : -1
    case .asinh:
      return Foundation.asinh((value - lower) / (upper - lower) / Self.softening)
        / Foundation.asinh(1 / Self.softening)
    }
  }

  /// The value at a position, the inverse of `position`.
  package func value(at position: Double) -> Double {
    switch kind {
    case .linear: return lower + position * (upper - lower)
    case .log: return lower * pow(upper / lower, position)
    case .asinh:
      return lower + (upper - lower) * Self.softening * sinh(position * Foundation.asinh(1 / Self.softening))
    }
  }
}
