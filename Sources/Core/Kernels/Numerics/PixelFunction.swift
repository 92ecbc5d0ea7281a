import Glibc

/// Functions of one number, applied pixel by pixel. What has no value is NaN.
package enum PixelFunction: String, Sendable, CaseIterable {
  case abs, sqrt, exp, log, log10, floor, ceil, round, sign

  /// Whether the result is in the unit of the number.
  package var keepsUnit: Bool {
    switch self {
    case .abs, .floor, .ceil, .round: true
    case .sqrt, .exp, .log, .log10, .sign: false
    }
  }

  /// - Throws: `CRSError.interrupted`.
  package func applied(to plane: Plane<Float>, work: Work) throws -> Plane<Float> {
    switch self {
    case .abs: try Elementwise.map(plane, work) { Swift.abs($0) }
    case .sqrt: try Elementwise.map(plane, work) { $0.squareRoot() }
    case .exp: try Elementwise.map(plane, work) { Glibc.exp($0) }
    case .log: try Elementwise.map(plane, work) { Glibc.log($0) }
    case .log10: try Elementwise.map(plane, work) { Glibc.log10($0) }
    case .floor: try Elementwise.map(plane, work) { $0.rounded(.down) }
    case .ceil: try Elementwise.map(plane, work) { $0.rounded(.up) }
    case .round: try Elementwise.map(plane, work) { $0.rounded(.toNearestOrEven) }
    case .sign: try Elementwise.map(plane, work) { Self.sign($0) }
    }
  }

  /// - Throws: `CRSError.interrupted`.
  package func applied(to plane: Plane<Double>, work: Work) throws -> Plane<Double> {
    try Elementwise.map(plane, work) { self.value(of: $0) }
  }

  package func value(of x: Double) -> Double {
    switch self {
    case .abs: Swift.abs(x)
    case .sqrt: x.squareRoot()
    case .exp: Glibc.exp(x)
    case .log: Glibc.log(x)
    case .log10: Glibc.log10(x)
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    case .round: x.rounded(.toNearestOrEven)
    case .sign: Self.sign(x)
    }
  }

  /// NaN stays.
  @inline(__always) private static func sign<Number: FloatingPoint>(_ x: Number) -> Number {
    x > 0 ? 1 : x < 0 ? -1 : x
  }

  /// Where the values are neither NaN nor infinite.
  ///
  /// - Throws: `CRSError.interrupted`.
  package static func finite(_ plane: Plane<Float>, work: Work) throws -> Mask {
    Mask(plane: try Elementwise.map(plane, work) { $0.isFinite ? 1 : 0 })
  }

  /// - Throws: `CRSError.interrupted`.
  package static func finite(_ plane: Plane<Double>, work: Work) throws -> Mask {
    Mask(plane: try Elementwise.map(plane, work) { $0.isFinite ? 1 : 0 })
  }
}

/// The larger or smaller of two values; NaN where one of them is.
package enum Extreme: Sendable {
  case minimum, maximum

  /// - Throws: `CRSError` (data) for planes of different shapes, `CRSError.interrupted`.
  package func of(_ a: Elements<Float>, _ b: Elements<Float>, work: Work) throws -> Plane<Float> {
    switch self {
    case .minimum: try Elementwise.map(a, b, work) { Self.smaller($0, $1) }
    case .maximum: try Elementwise.map(a, b, work) { -Self.smaller(-$0, -$1) }
    }
  }

  /// - Throws: as for `Float`.
  package func of(_ a: Elements<Double>, _ b: Elements<Double>, work: Work) throws -> Plane<Double> {
    switch self {
    case .minimum: try Elementwise.map(a, b, work) { Self.smaller($0, $1) }
    case .maximum: try Elementwise.map(a, b, work) { -Self.smaller(-$0, -$1) }
    }
  }

  package func of(_ a: Double, _ b: Double) -> Double {
    self == .minimum ? Self.smaller(a, b) : -Self.smaller(-a, -b)
  }

  @inline(__always) private static func smaller<Number: FloatingPoint>(_ a: Number, _ b: Number) -> Number {
    a.isNaN || b.isNaN ? .nan : a < b ? a : b
  }
}

/// Values of one of two images, pixel by pixel.
package enum PixelChoice {
  /// `a` where the mask flags, else `b`.
  ///
  /// - Throws: `CRSError` (data) for different shapes, `CRSError.interrupted`.
  package static func of(_ mask: Mask, _ a: Elements<Float>, _ b: Elements<Float>, work: Work) throws
    -> Plane<Float>
  {
    try Elementwise.choose(mask.plane, a, b, work)
  }

  /// - Throws: as for `Float`.
  package static func of(
    _ mask: Mask, _ a: Elements<Double>, _ b: Elements<Double>, work: Work
  ) throws -> Plane<Double> {
    try Elementwise.choose(mask.plane, a, b, work)
  }

  /// Flags of `a` where the mask flags, else those of `b`.
  ///
  /// - Throws: as for `Float`.
  package static func of(_ mask: Mask, _ a: Elements<UInt8>, _ b: Elements<UInt8>, work: Work) throws -> Mask
  {
    Mask(plane: try Elementwise.choose(mask.plane, a, b, work))
  }
}
