/// A detector property that is one number or one value a pixel.
package enum DetectorValue: Sendable, Equatable {
  case constant(Double)
  case plane(Plane<Float>)

  /// The value at a pixel counted in memory order.
  @inlinable package func value(at index: Int) -> Double {
    switch self {
    case .constant(let value): value
    case .plane(let plane): Double(plane.pixels[index])
    }
  }

  /// The number itself, or the (low) median of the plane.
  package var typical: Double {
    switch self {
    case .constant(let value): value
    case .plane(let plane):
      plane.pixels.isEmpty ? 0 : Double(plane.pixels.sorted()[(plane.count - 1) / 2])
    }
  }

  /// The single value, when there is only one.
  package var uniform: Double? {
    switch self {
    case .constant(let value): return value
    case .plane(let plane):
      guard let first = plane.pixels.first, plane.pixels.allSatisfy({ $0 == first }) else { return nil }
      return Double(first)
    }
  }
}

extension DetectorValue {
  /// Both values made into one, pixel by pixel where one of them is a plane; planes have one shape.
  func combined(_ other: DetectorValue, _ operation: (Double, Double) -> Double) -> DetectorValue {
    switch (self, other) {
    case (.constant(let a), .constant(let b)): return .constant(operation(a, b))
    case (.plane(let plane), _), (_, .plane(let plane)):
      var out = plane
      for i in 0..<out.count { out.pixels[i] = Float(operation(value(at: i), other.value(at: i))) }
      return .plane(out)
    }
  }

  /// The value inside a section of the image.
  func inside(_ section: Section) -> DetectorValue {
    if case .plane(let plane) = self { return .plane(plane[section]) }
    return self
  }

  /// The value with a rim that is mirrored at the edge pixels.
  func reflected(by rim: Int) -> DetectorValue {
    if case .plane(let plane) = self { return .plane(plane.reflected(by: rim)) }
    return self
  }
}

/// What turns ADU into electrons and noise.
package struct Detector: Sendable, Equatable {
  /// Gain [electron/ADU], > 0.
  package var gain: DetectorValue
  /// Readout noise [ADU], >= 0.
  package var readoutNoise: DetectorValue
  /// Bias level [ADU], subtracted before anything else.
  package var bias: DetectorValue

  package init(gain: DetectorValue, readoutNoise: DetectorValue, bias: DetectorValue = .constant(0)) {
    self.gain = gain
    self.readoutNoise = readoutNoise
    self.bias = bias
  }

  package init(gain: Double, readoutNoise: Double, bias: Double = 0) {
    self.init(gain: .constant(gain), readoutNoise: .constant(readoutNoise), bias: .constant(bias))
  }
}
