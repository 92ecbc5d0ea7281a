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

  /// 1 where a number is not 0, NaN included.
  package var mask: Mask {
    let plane: Plane<UInt8> =
      switch self {
      case .flags(let plane): plane
      case .numbers(.int8(let plane)): plane.map { $0 == 0 ? 0 : 1 }
      case .numbers(.uint8(let plane)): plane.map { $0 == 0 ? 0 : 1 }
      case .numbers(.int16(let plane)): plane.map { $0 == 0 ? 0 : 1 }
      case .numbers(.uint16(let plane)): plane.map { $0 == 0 ? 0 : 1 }
      case .numbers(.int32(let plane)): plane.map { $0 == 0 ? 0 : 1 }
      case .numbers(.uint32(let plane)): plane.map { $0 == 0 ? 0 : 1 }
      case .numbers(.int64(let plane)): plane.map { $0 == 0 ? 0 : 1 }
      case .numbers(.uint64(let plane)): plane.map { $0 == 0 ? 0 : 1 }
      case .numbers(.float32(let plane)): plane.map { $0 == 0 ? 0 : 1 }
      case .numbers(.float64(let plane)): plane.map { $0 == 0 ? 0 : 1 }
      }
    return Mask(plane: plane)
  }
}
