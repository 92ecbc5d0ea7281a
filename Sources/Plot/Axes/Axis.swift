import Kernels

/// One axis of a panel: its label, limits and scale.
package struct Axis: Sendable, Equatable {
  package enum Scale: Sendable, Equatable {
    case linear
    /// Logarithmic; both limits are positive.
    case log
    /// Linear around 0 up to `softening`, logarithmic in both directions beyond it.
    case asinh(softening: Double)
    /// FITS pixels: whole numbers from 1 at pixel centres.
    case pixel
    /// A place for each category, 1, 2, ... from below or left; labels instead of numbers.
    case category([String])
  }
  package let scale: Scale
  package var label: String?
  /// Value at the left or lower end; always below `upper`.
  package private(set) var lower: Double
  package private(set) var upper: Double
  /// False where a neighbouring panel already shows the same numbers.
  package var showsNumbers = true

  /// - Throws: `CRSError` (data) when limits are not finite or, on a logarithmic axis, not positive.
  package init(_ label: String? = nil, lower: Double, upper: Double, scale: Scale = .linear) throws {
    guard lower.isFinite, upper.isFinite, (upper - lower).isFinite else {
      throw CRSError.data("axis limits \(lower) and \(upper)", expected: "finite numbers")
    }
    guard scale != .log || (lower > 0 && upper > 0) else {
      throw CRSError.data(
        "a logarithmic axis from \(lower) to \(upper)", expected: "limits above 0")
    }
    self.init(label, scale: scale, from: lower, to: upper)
  }

  /// An axis along `count` FITS pixels, from the lower edge of the first to the upper edge of the last.
  package init(pixels label: String, first: Int = 1, count: Int) {
    self.init(
      label, scale: .pixel, from: Double(first) - 0.5, to: Double(first) + Double(max(count, 1)) - 0.5)
  }

  /// A linear axis around finite data, with `margin` of its length free at both ends.
  init(_ label: String?, around range: DisplayRange, margin: Double = 0.05) {
    let low = range.lower.isFinite ? min(max(range.lower, -1e300), 1e300) : 0
    let high = range.upper.isFinite ? min(max(range.upper, -1e300), 1e300) : 1
    let free = (high - low) * margin
    self.init(label, scale: .linear, from: low - free, to: high + free)
  }

  /// An axis around finite data that shows noise and what is thousands of times as bright together.
  ///
  /// - Parameter softening: the size of the noise, above 0.
  init(asinh label: String?, around range: DisplayRange, softening: Double) {
    let scale = AxisMapping.asinh(max(softening, 1e-300))
    let low = scale.place(of: range.lower.isFinite ? range.lower : 0)
    let high = scale.place(of: range.upper.isFinite ? range.upper : 1)
    let free = (high - low) * 0.05
    self.init(
      label, scale: .asinh(softening: max(softening, 1e-300)), from: scale.value(at: low - free),
      to: scale.value(at: high + free))
  }

  /// A logarithmic axis between positive limits that the program computed.
  init(logarithmic label: String?, lower: Double, upper: Double) {
    self.init(label, scale: .log, from: max(lower, 1e-300), to: min(max(upper, 1e-300), 1e300))
  }

  private init(_ label: String?, scale: Scale, from: Double, to: Double) {
    self.label = label
    self.scale = scale
    (lower, upper) = (min(from, to), max(from, to))
    let smallest = max(abs(lower), abs(upper)) * 1e-12
    if upper - lower <= smallest {
      let middle = lower
      if scale == .log {
        (lower, upper) = (middle / 2, middle * 2)
      } else {
        let half = middle == 0 ? 1 : abs(middle) * 0.05
        (lower, upper) = (middle - half, middle + half)
      }
    }
  }

  static func categories(_ labels: [String]) -> Axis {
    Axis(nil, scale: .category(labels), from: 0.5, to: Double(max(labels.count, 1)) + 0.5)
  }

  /// The same axis between other limits, for zooming.
  ///
  /// - Throws: as `init`.
  package func limited(_ lower: Double, _ upper: Double) throws -> Axis {
    var axis = try Axis(label, lower: lower, upper: upper, scale: scale)
    axis.showsNumbers = showsNumbers
    return axis
  }
}
