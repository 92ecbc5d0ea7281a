import Kernels

extension Image {
  /// Whether a pixel has a finite value, in the precision that the image has.
  func isFinite(_ pixel: Int) -> Bool {
    if case .float64(let values) = exactPixels { return values[pixel].isFinite }
    return pixels.pixels[pixel].isFinite
  }

  /// How many pixels are NaN or infinite.
  package var notFinite: Int {
    if case .float64(let values) = exactPixels { return values.count { !$0.isFinite } }
    return pixels.pixels.count { !$0.isFinite }
  }

  /// Whether a float64 value lies beyond what single precision can hold, 3.4e38.
  package var hasValuesBeyondSingle: Bool {
    guard case .float64(let values) = exactPixels else { return false }
    return zip(values, pixels.pixels).contains { $0.isFinite && !$1.isFinite }
  }

  /// Whether a float64 value lies where single precision holds none, or none with all its digits.
  package var hasValuesOutsideSingle: Bool {
    guard case .float64(let values) = exactPixels else { return false }
    return zip(values, pixels.pixels).contains { !$1.isNormal && $0.isFinite && $0 != 0 }
  }

  /// How many whole numbers of 64 bits double precision cannot hold exactly.
  package var beyondDouble: Int {
    let limit = 1 << 53
    switch exactPixels {
    case .int64(let values) where storedType == .int64:
      return zip(values, pixels.pixels).count {
        $0.magnitude > limit && !$1.isNaN && Int64(exactly: Double($0)) != $0
      }
    case .uint64(let values):
      return zip(values, pixels.pixels).count {
        $0 > limit && !$1.isNaN && UInt64(exactly: Double($0)) != $0
      }
    default: return 0
    }
  }

  /// How many values a type of real numbers does not hold with all their digits; 0 for types of whole numbers, to which
  /// values are rounded because somebody asks for it.
  package func digitsLost(as type: PixelType) -> Int {
    guard let exact = exactPixels, type == .float32 || type == .float64 else { return 0 }
    func stored(_ value: Double) -> Double { type == .float32 ? Double(Float(value)) : value }
    switch exact {
    case .float64(let values): return values.count { $0.isFinite && stored($0) != $0 }
    case .int64(let values):
      return zip(values, pixels.pixels).count {
        !$1.isNaN && Int64(exactly: type == .float32 ? Double(Float($0)) : Double($0)) != $0
      }
    case .uint64(let values):
      return zip(values, pixels.pixels).count {
        !$1.isNaN && UInt64(exactly: type == .float32 ? Double(Float($0)) : Double($0)) != $0
      }
    }
  }
}

extension Image {
  /// The values in double precision, as exact as the image holds them.
  package var exactValues: Plane<Double> {
    let values: [Double] =
      switch exactPixels {
      case .float64(let values): values
      case .int64(let values): zip(values, pixels.pixels).map { $1.isNaN ? .nan : Double($0) }
      case .uint64(let values): zip(values, pixels.pixels).map { $1.isNaN ? .nan : Double($0) }
      case nil: pixels.pixels.map { Double($0) }
      }
    return Plane(width: width, height: height, pixels: values)
  }

  /// Takes pixels in double precision.
  package mutating func setExactValues(_ values: Plane<Double>) {
    pixels = values.map { Float($0) }
    exactPixels = .float64(values.pixels)
    storedType = .float64
  }
}
