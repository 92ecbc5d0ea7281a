/// A floating-point type whose values map to unsigned integers in the same order, -0 before +0.
///
/// Infinities and NaN have the keys at both ends: the first and the last `edge` of the leading 16 bits.
protocol SortableScalar: BinaryFloatingPoint, Codable, SIMDScalar, SelectionLanes, Sendable {
  associatedtype Key: FixedWidthInteger & UnsignedInteger & SIMDScalar & Sendable
  var sortKey: Key { get }
  init(sortKey: Key)
  /// Leading 16-bit keys at either end that stand for values that are not finite.
  static var edge: Int { get }
}

extension Float: SortableScalar {
  @inline(__always) var sortKey: UInt32 {
    let bits = bitPattern
    return bits ^ (UInt32(bitPattern: Int32(bitPattern: bits) >> 31) | 0x8000_0000)
  }

  init(sortKey: UInt32) {
    self.init(bitPattern: sortKey & 0x8000_0000 != 0 ? sortKey ^ 0x8000_0000 : ~sortKey)
  }

  static var edge: Int { 1 << 7 }
}

extension Double: SortableScalar {
  @inline(__always) var sortKey: UInt64 {
    let bits = bitPattern
    return bits ^ (UInt64(bitPattern: Int64(bitPattern: bits) >> 63) | 0x8000_0000_0000_0000)
  }

  init(sortKey: UInt64) {
    self.init(
      bitPattern: sortKey & 0x8000_0000_0000_0000 != 0 ? sortKey ^ 0x8000_0000_0000_0000 : ~sortKey)
  }

  static var edge: Int { 1 << 4 }
}

/// Pixels that are produced a row at a time, so that a derived plane need not be stored.
protocol PixelRows<Scalar>: Sendable {
  associatedtype Scalar: SortableScalar
  var width: Int { get }
  var height: Int { get }
  /// Writes row `y`, `width` values.
  func fill(_ y: Int, _ row: UnsafeMutablePointer<Scalar>)
}

/// The rows of a plane that its owner keeps alive.
struct StoredRows<Scalar: SortableScalar>: PixelRows, @unchecked Sendable {
  let base: UnsafePointer<Scalar>
  let width: Int
  let height: Int

  @inline(__always) func fill(_ y: Int, _ row: UnsafeMutablePointer<Scalar>) {
    row.update(from: base + y * width, count: width)
  }
}
