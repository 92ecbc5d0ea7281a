/// A detector property that is one number or one value a pixel.
public enum DetectorValue: Sendable, Equatable {
  case constant(Double)
  case plane(Plane<Float>)

  /// The value at a pixel counted in memory order.
  @inlinable public func value(at index: Int) -> Double {
    switch self {
    case .constant(let value): value
    case .plane(let plane): Double(plane.pixels[index])
    }
  }

  /// The number itself, or the (low) median of the plane.
  public var typical: Double {
    switch self {
    case .constant(let value): value
    case .plane(let plane):
      plane.pixels.isEmpty ? 0 : Double(plane.pixels.sorted()[(plane.count - 1) / 2])
    }
  }

  /// The single value, when there is only one.
  public var uniform: Double? {
    switch self {
    case .constant(let value): return value
    case .plane(let plane):
      guard let first = plane.pixels.first, plane.pixels.allSatisfy({ $0 == first }) else { return nil }
      return Double(first)
    }
  }
}

/// What turns ADU into electrons and noise.
public struct Detector: Sendable, Equatable {
  /// Gain [electron/ADU], > 0.
  public var gain: DetectorValue
  /// Readout noise [ADU], >= 0.
  public var readoutNoise: DetectorValue
  /// Bias level [ADU], subtracted before anything else.
  public var bias: DetectorValue

  public init(gain: DetectorValue, readoutNoise: DetectorValue, bias: DetectorValue = .constant(0)) {
    self.gain = gain
    self.readoutNoise = readoutNoise
    self.bias = bias
  }

  public init(gain: Double, readoutNoise: Double, bias: Double = 0) {
    self.init(gain: .constant(gain), readoutNoise: .constant(readoutNoise), bias: .constant(bias))
  }
}

/// Detector properties as far as they are known.
public struct DetectorHints: Sendable, Equatable {
  /// Gain [electron/ADU].
  public var gain: DetectorValue?
  /// Readout noise [ADU].
  public var readoutNoise: DetectorValue?
  /// Bias [ADU].
  public var bias: DetectorValue?

  public init(gain: DetectorValue? = nil, readoutNoise: DetectorValue? = nil, bias: DetectorValue? = nil) {
    self.gain = gain
    self.readoutNoise = readoutNoise
    self.bias = bias
  }
}
