import Files
import Kernels

/// A two-dimensional array of a .npy file; [ny, nx], the pixels of a row behind each other.
package enum NumpyPlane: Sendable {
  case numbers(StoredPixels)
  /// 0 or 1: an array of bool.
  case flags(Plane<UInt8>)

  /// The flags as numbers.
  package var pixels: StoredPixels {
    switch self {
    case .numbers(let pixels): pixels
    case .flags(let plane): .uint8(plane)
    }
  }

  package var shape: Shape { pixels.shape }

  /// The nearest numbers in single precision.
  package var floats: Plane<Float> {
    switch pixels {
    case .int8(let plane): plane.map { Float($0) }
    case .uint8(let plane): plane.map { Float($0) }
    case .int16(let plane): plane.map { Float($0) }
    case .uint16(let plane): plane.map { Float($0) }
    case .int32(let plane): plane.map { Float($0) }
    case .uint32(let plane): plane.map { Float($0) }
    case .int64(let plane): plane.map { Float($0) }
    case .uint64(let plane): plane.map { Float($0) }
    case .float32(let plane): plane
    case .float64(let plane): plane.map { Float($0) }
    }
  }

  /// The numbers as they are, with their type, where single precision does not hold all of them.
  ///
  /// - Parameter floats: the nearest numbers in single precision.
  func exact(beyond floats: Plane<Float>) -> (ExactPixels, PixelType)? {
    func differs<Number>(_ numbers: [Number], _ isHeld: (Number, Float) -> Bool) -> Bool {
      !zip(numbers, floats.pixels).allSatisfy { isHeld($0, $1) }
    }
    switch pixels {
    case .int8, .uint8, .int16, .uint16, .float32: return nil
    case .int32(let plane):
      guard differs(plane.pixels, { Int64(exactly: $1) == Int64($0) }) else { return nil }
      return (.int64(plane.pixels.map { Int64($0) }), .int32)
    case .uint32(let plane):
      guard differs(plane.pixels, { Int64(exactly: $1) == Int64($0) }) else { return nil }
      return (.int64(plane.pixels.map { Int64($0) }), .uint32)
    case .int64(let plane):
      guard differs(plane.pixels, { Int64(exactly: $1) == $0 }) else { return nil }
      return (.int64(plane.pixels), .int64)
    case .uint64(let plane):
      guard differs(plane.pixels, { UInt64(exactly: $1) == $0 }) else { return nil }
      return (.uint64(plane.pixels), .uint64)
    case .float64(let plane):
      guard differs(plane.pixels, { Double($1) == $0 || $0.isNaN }) else { return nil }
      return (.float64(plane.pixels), .float64)
    }
  }

  package var doubles: [Double] {
    switch pixels {
    case .int8(let plane): plane.pixels.map { Double($0) }
    case .uint8(let plane): plane.pixels.map { Double($0) }
    case .int16(let plane): plane.pixels.map { Double($0) }
    case .uint16(let plane): plane.pixels.map { Double($0) }
    case .int32(let plane): plane.pixels.map { Double($0) }
    case .uint32(let plane): plane.pixels.map { Double($0) }
    case .int64(let plane): plane.pixels.map { Double($0) }
    case .uint64(let plane): plane.pixels.map { Double($0) }
    case .float32(let plane): plane.pixels.map { Double($0) }
    case .float64(let plane): plane.pixels
    }
  }

  /// The numbers as a mask.
  ///
  /// - Throws: `CRSError` (data) for fractions, negative numbers, NaN and the numbers of an image, which are no mask.
  package func flags() throws -> Plane<UInt8> {
    switch self {
    case .flags(let plane): return plane
    case .numbers(.uint8(let plane)): return try MaskNumbers(plane).mask.plane
    default:
      let numbers = floats
      guard !numbers.pixels.contains(where: \.isNaN) else {
        throw CRSError.data("the mask holds NaN", expected: "0 and 1")
      }
      return try MaskNumbers(numbers).mask.plane
    }
  }
}
