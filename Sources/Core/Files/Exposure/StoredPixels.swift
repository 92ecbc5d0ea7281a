import Kernels

/// Pixels of an image HDU or of a plane beside it in the number type in which they are stored.
package enum StoredPixels: Sendable, Equatable {
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

  /// The same with other pixels, as `change` makes them.
  func changed(_ change: MovedPlane) -> StoredPixels {
    switch self {
    case .uint8(let plane): .uint8(change.applied(to: plane, filling: 0))
    case .int8(let plane): .int8(change.applied(to: plane, filling: 0))
    case .int16(let plane): .int16(change.applied(to: plane, filling: 0))
    case .uint16(let plane): .uint16(change.applied(to: plane, filling: 0))
    case .int32(let plane): .int32(change.applied(to: plane, filling: 0))
    case .uint32(let plane): .uint32(change.applied(to: plane, filling: 0))
    case .int64(let plane): .int64(change.applied(to: plane, filling: 0))
    case .uint64(let plane): .uint64(change.applied(to: plane, filling: 0))
    case .float32(let plane): .float32(change.applied(to: plane, filling: .nan))
    case .float64(let plane): .float64(change.applied(to: plane, filling: .nan))
    }
  }
}
