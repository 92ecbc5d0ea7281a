internal import CLanes

/// Eight neighbouring pixels of one row: what the kernels work on at a time.
typealias Lanes = SIMD8<Float>

extension UnsafePointer<Float> {
  /// Pixels `index` to `index + 7`, at any alignment.
  @inline(__always) func lanes(_ index: Int) -> Lanes {
    UnsafeRawPointer(self + index).loadUnaligned(as: Lanes.self)
  }
}

extension UnsafeMutablePointer<Float> {
  /// Pixels `index` to `index + 7`, at any alignment.
  @inline(__always) func lanes(_ index: Int) -> Lanes {
    UnsafeRawPointer(self + index).loadUnaligned(as: Lanes.self)
  }

  /// Writes pixels `index` to `index + 7`, at any alignment.
  @inline(__always) func setLanes(_ index: Int, _ value: Lanes) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Lanes.self)
  }
}

// `replacing(with:where:)` on a comparison becomes one vector minimum or maximum; `pointwiseMin` does not.

@inline(__always) func lower(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .< a) }

@inline(__always) func upper(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: a .< b) }

/// Compare and exchange: the smaller value of each lane to `a`, the larger to `b`.
@inline(__always) func order(_ a: inout Lanes, _ b: inout Lanes) {
  let low = lower(a, b)
  b = upper(a, b)
  a = low
}

/// One bit a lane, lane 0 lowest.
@inline(__always) func bits(_ flags: SIMDMask<SIMD8<Int32>>) -> UInt8 {
  let weights = SIMD8<Int32>(1, 2, 4, 8, 16, 32, 64, 128)
  return UInt8(truncatingIfNeeded: SIMD8<Int32>.zero.replacing(with: weights, where: flags).wrappedSum())
}

/// The nearest whole number of each lane, for lanes from 0 to 2^23.
@inline(__always) func wholeNumbers(_ value: Lanes) -> SIMD8<UInt32> {
  // They are the last bits of the sum with 2^23.
  unsafeBitCast(value + 8_388_608, to: SIMD8<UInt32>.self) & 0x7F_FFFF
}

/// The square root of each lane, correctly rounded.
@inline(__always) func squareRoot(_ value: Lanes) -> Lanes {
  var value = value
  withUnsafeMutableBytes(of: &value) { bytes in
    let lanes = bytes.assumingMemoryBound(to: Float.self)
    if let base = lanes.baseAddress { crs_square_roots(base, base) }
  }
  return value
}

/// The square root of each lane, correctly rounded.
@inline(__always) func squareRoot(_ value: RealLanes) -> RealLanes {
  var value = value
  withUnsafeMutableBytes(of: &value) { bytes in
    let lanes = bytes.assumingMemoryBound(to: Double.self)
    if let base = lanes.baseAddress { crs_square_roots_of_reals(base, base) }
  }
  return value
}

/// Whether any lane is set; `any` makes a call of it in long functions.
@inline(__always) func hasAny(_ flags: SIMDMask<SIMD8<Int32>>) -> Bool {
  let words = unsafeBitCast(flags, to: SIMD4<UInt64>.self)
  let half = words.lowHalf | words.highHalf
  return half[0] | half[1] != 0
}

/// The largest lane.
@inline(__always) func maximum(_ value: Lanes) -> Float {
  let four = value.lowHalf.replacing(with: value.highHalf, where: value.lowHalf .< value.highHalf)
  return max(max(four[0], four[1]), max(four[2], four[3]))
}
