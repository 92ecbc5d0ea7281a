import Kernels

/// Pixels of one image HDU in the number type in which they are stored.
package enum FITSPixels: Sendable, Equatable {
  case uint8(Plane<UInt8>)
  case int8(Plane<Int8>)
  case int16(Plane<Int16>)
  case uint16(Plane<UInt16>)
  case int32(Plane<Int32>)
  case uint32(Plane<UInt32>)
  case int64(Plane<Int64>)
  case uint64(Plane<UInt64>)
  case float32(Plane<Float>)
  case float64(Plane<Double>)

  package var type: PixelType {
    switch self {
    case .uint8: .uint8
    case .int8: .int8
    case .int16: .int16
    case .uint16: .uint16
    case .int32: .int32
    case .uint32: .uint32
    case .int64: .int64
    case .uint64: .uint64
    case .float32: .float32
    case .float64: .float64
    }
  }

  package var shape: Shape {
    switch self {
    case .uint8(let plane): plane.shape
    case .int8(let plane): plane.shape
    case .int16(let plane): plane.shape
    case .uint16(let plane): plane.shape
    case .int32(let plane): plane.shape
    case .uint32(let plane): plane.shape
    case .int64(let plane): plane.shape
    case .uint64(let plane): plane.shape
    case .float32(let plane): plane.shape
    case .float64(let plane): plane.shape
    }
  }
}
