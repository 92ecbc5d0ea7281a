import Glibc

@inline(__always) func logarithm(_ x: Double) -> Double { log(x) }
@inline(__always) func cosine(_ x: Double) -> Double { cos(x) }

/// Elementary functions on eight floats at once, accurate to about 2e-7 relative.
///
/// The polynomials are minimax fits made for this file (Lawson's iteration); no fused multiply-add, so
/// that every processor gives the same bits.
enum VectorMath {
  typealias Reals = SIMD8<Float>
  typealias Words = SIMD8<UInt32>

  /// Natural logarithm of normal positive numbers.
  @inline(__always)
  static func log(_ x: Reals) -> Reals {
    let bits = unsafeBitCast(x, to: Words.self)
    // x = 2^e m with m in [sqrt(1/2), sqrt(2))
    let shifted = bits &- 0x3F35_04F3
    let exponentBits = (shifted &>> 23) & 0xFF
    let signed = (exponentBits ^ 0x80) &- 0x80
    let exponent = unsafeBitCast(signed &+ 0x4B40_0000, to: Reals.self) - 12_582_912
    let m = unsafeBitCast((shifted & 0x007F_FFFF) &+ 0x3F35_04F3, to: Reals.self) - 1
    // log(1 + m) = 2 atanh(s), s = m / (2 + m)
    let s = m / (m + 2)
    let z = s * s
    var p = Reals(repeating: 0.23332818)
    p = p * z + 0.28550713
    p = p * z + 0.40000123
    p = p * z + 0.66666667
    let halfSquare = m * m * 0.5
    let tail = s * (halfSquare + z * p) + exponent * 9.0580006e-6
    return exponent * 0.69313812 + (m - (halfSquare - tail))
  }

  /// Sine and cosine of 2 pi u for u in [0, 1).
  @inline(__always)
  static func sineCosineOfTurn(_ u: Reals) -> (sine: Reals, cosine: Reals) {
    // The nearest quarter turn, then a rest in [-1/8, 1/8] turns.
    let magic = unsafeBitCast(u * 4 + 12_582_912, to: Words.self)
    let quarter = unsafeBitCast(magic, to: Reals.self) - 12_582_912
    let rest = (u - quarter * 0.25) * 6.2831855
    let z = rest * rest
    let sine = rest + rest * z * (-0.16666665 + z * (0.00833275 + z * -0.00019588))
    let cosine = 1 - z * 0.5 + z * z * (0.0416666646 + z * (-0.00138883023 + z * 2.45478559e-5))
    // Odd quarters swap sine and cosine: by bits, since comparing integers compiles to a loop over lanes.
    let (sineBits, cosineBits) = (unsafeBitCast(sine, to: Words.self), unsafeBitCast(cosine, to: Words.self))
    let difference = (sineBits ^ cosineBits) & (0 &- (magic & 1))
    let (a, b) = (sineBits ^ difference, cosineBits ^ difference)
    let signA = (magic & 2) &<< 30
    let signB = ((magic &+ 1) & 2) &<< 30
    return (
      unsafeBitCast(a ^ signA, to: Reals.self), unsafeBitCast(b ^ signB, to: Reals.self)
    )
  }

  /// The largest whole number not above x, for |x| < 2^22.
  @inline(__always)
  static func floor(_ x: Reals) -> Reals {
    let rounded = (x + 12_582_912) - 12_582_912
    return rounded - Reals(repeating: 0).replacing(with: 1, where: rounded .> x)
  }
}
