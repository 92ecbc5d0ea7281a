/// Eight independent xoshiro128++ streams that advance together (Blackman and Vigna 2021, ACM TOMS 47, 36).
///
/// Streams are seeded from a seed and a stream number through SplitMix64, so that each tile of an image has
/// its own and results do not depend on which thread draws them.
struct RandomLanes {
  typealias Words = SIMD8<UInt32>
  typealias Reals = SIMD8<Float>

  private var s0: Words
  private var s1: Words
  private var s2: Words
  private var s3: Words

  init(seed: UInt64, stream: UInt64) {
    var mixer = SplitMix64(state: seed ^ SplitMix64.mix(stream &+ 0x9E37_79B9_7F4A_7C15))
    var words: [Words] = []
    for _ in 0..<4 {
      var word = Words(repeating: 0)
      for lane in 0..<8 { word[lane] = UInt32(truncatingIfNeeded: mixer.next() >> 32) }
      words.append(word)
    }
    (s0, s1, s2, s3) = (words[0] | 1, words[1], words[2], words[3])
  }

  /// Eight words of 32 random bits.
  @inline(__always)
  mutating func next() -> Words {
    let sum = s0 &+ s3
    let result = ((sum &<< 7) | (sum &>> 25)) &+ s0
    let t = s1 &<< 9
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = (s3 &<< 11) | (s3 &>> 21)
    return result
  }

  /// Uniform in [0, 1), multiples of 2^-23.
  @inline(__always)
  mutating func uniform() -> Reals {
    unsafeBitCast((next() &>> 9) | 0x3F80_0000, to: Reals.self) - 1
  }

  /// Uniform in (0, 1] with full relative precision near 0, for logarithms.
  @inline(__always)
  mutating func uniformAboveZero() -> Reals {
    let word = next()
    let high = unsafeBitCast((word &>> 16) | 0x4B00_0000, to: Reals.self) - 8_388_608
    let low = unsafeBitCast((word & 0xFFFF) | 0x4B00_0000, to: Reals.self) - 8_388_607.5
    return (high * 65536 + low) * Float(0x1p-32)
  }

  /// Two sets of eight standard normals (Box and Muller 1958).
  @inline(__always)
  mutating func normals() -> (Reals, Reals) {
    let radius = Self.root(-2 * VectorMath.log(uniformAboveZero()))
    let (sine, cosine) = VectorMath.sineCosineOfTurn(uniform())
    return (radius * cosine, radius * sine)
  }

  /// The square root of numbers from 0 to 1e38 that belongs to the sequences, accurate to 2e-7: what a seed draws
  /// depends on its last bits, which are not those of `squareRoot`.
  @inline(__always)
  static func root(_ x: Reals) -> Reals {
    // Newton's iteration for 1 / sqrt(x) from the usual first guess by bits.
    let half = x * 0.5
    var y = unsafeBitCast(0x5F37_59DF &- (unsafeBitCast(x, to: Words.self) &>> 1), to: Reals.self)
    for _ in 0..<3 { y = y * (1.5 - half * y * y) }
    return x * y
  }
}

/// Steele, Lea and Flood's SplitMix64, used for seeding and for rare scalar draws.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func next() -> UInt64 {
    state = state &+ 0x9E37_79B9_7F4A_7C15
    return SplitMix64.mix(state)
  }

  /// Uniform in (0, 1), 53 bits.
  mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

  /// A standard normal.
  mutating func normal() -> Double {
    let radius = (-2 * logarithm(uniform())).squareRoot()
    return radius * cosine(2 * Double.pi * uniform())
  }
}
