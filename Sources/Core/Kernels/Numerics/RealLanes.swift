/// Eight double-precision numbers at a time: the nodes of an average.
typealias RealLanes = SIMD8<Double>

/// Elementary functions of `RealLanes`, accurate to about 1e-11; no libm, so that every processor and every number
/// of lanes gives the same bits.
enum RealMath {
  private typealias Words = SIMD8<UInt64>

  /// e^x; x is taken as -700 or 700 beyond those.
  @inline(__always)
  static func exp(_ x: RealLanes) -> RealLanes {
    let x = lower(upper(x, RealLanes(repeating: -700)), RealLanes(repeating: 700))
    // x = k log 2 + r with |r| < 0.35, k read from the last bits of a sum with 1.5 2^52.
    let magic = x * 1.4426950408889634 + 6_755_399_441_055_744
    let k = magic - 6_755_399_441_055_744
    let r = (x - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10
    var p = RealLanes(repeating: 1 / 362880)
    p = p * r + 1 / 40320
    p = p * r + 1 / 5040
    p = p * r + 1 / 720
    p = p * r + 1 / 120
    p = p * r + 1 / 24
    p = p * r + 1 / 6
    p = p * r + 0.5
    p = p * r + 1
    p = p * r + 1
    let scale = unsafeBitCast(magic, to: Words.self) &<< 52
    return unsafeBitCast(unsafeBitCast(p, to: Words.self) &+ scale, to: RealLanes.self)
  }

  /// Natural logarithm of normal positive numbers.
  @inline(__always)
  static func log(_ x: RealLanes) -> RealLanes {
    // x = 2^e m with m in [sqrt(1/2), sqrt(2))
    let bits = unsafeBitCast(x, to: Words.self) &- 0x3FE6_A09E_667F_3BCD &+ 0x3FF0_0000_0000_0000
    let exponent =
      unsafeBitCast((bits &>> 52) | 0x4330_0000_0000_0000, to: RealLanes.self) - 4_503_599_627_371_519
    let mantissa = (bits & 0x000F_FFFF_FFFF_FFFF) &+ 0x3FE6_A09E_667F_3BCD
    let f = unsafeBitCast(mantissa, to: RealLanes.self) - 1
    // log(1 + f) = 2 atanh(s), s = f / (2 + f)
    let s = f / (f + 2)
    let z = s * s
    var p = RealLanes(repeating: 2.0 / 13)
    p = p * z + 2.0 / 11
    p = p * z + 2.0 / 9
    p = p * z + 2.0 / 7
    p = p * z + 2.0 / 5
    p = p * z + 2.0 / 3
    return exponent * 0.6931471805599453 + (2 * s + s * z * p)
  }

  @inline(__always)
  static func lower(_ a: RealLanes, _ b: RealLanes) -> RealLanes { a.replacing(with: b, where: b .< a) }

  @inline(__always)
  static func upper(_ a: RealLanes, _ b: RealLanes) -> RealLanes { a.replacing(with: b, where: a .< b) }

  @inline(__always)
  static func magnitude(_ a: RealLanes) -> RealLanes {
    unsafeBitCast(unsafeBitCast(a, to: Words.self) & 0x7FFF_FFFF_FFFF_FFFF, to: RealLanes.self)
  }

  /// The largest lane.
  @inline(__always)
  static func maximum(_ a: RealLanes) -> Double {
    let four = a.lowHalf.replacing(with: a.highHalf, where: a.lowHalf .< a.highHalf)
    return max(max(four[0], four[1]), max(four[2], four[3]))
  }

  /// The sum of the lanes, always in the same order.
  @inline(__always)
  static func sum(_ a: RealLanes) -> Double {
    let four = a.lowHalf + a.highHalf
    return (four[0] + four[1]) + (four[2] + four[3])
  }
}
