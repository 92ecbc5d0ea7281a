import Foundation

/// From the values of an axis to places that lie evenly along it, and back.
enum AxisMapping: Equatable, Sendable {
  case linear
  case log
  case asinh(Double)

  init(_ scale: Axis.Scale) {
    switch scale {
    case .linear, .pixel, .category: self = .linear
    case .log: self = .log
    case .asinh(let softening): self = .asinh(softening)
    }
  }

  /// NaN for what a logarithmic axis cannot show.
  func place(of value: Double) -> Double {
    switch self {
    case .linear: value
    case .log: value > 0 ? log10(value) : .nan
    case .asinh(let softening): Foundation.asinh(value / softening)
    }
  }

  func value(at place: Double) -> Double {
    switch self {
    case .linear: place
    case .log: pow(10, place)
    case .asinh(let softening): softening * sinh(place)
    }
  }
}
