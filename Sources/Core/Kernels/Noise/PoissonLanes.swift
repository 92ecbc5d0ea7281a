import Glibc

/// Exact Poisson numbers for eight rates at a time.
///
/// Rates from 10 up: Ahrens and Dieter 1982 (ACM TOMS 8, 163, algorithm PD): a normal number is accepted at
/// once in most cases; the few others are decided in double precision. Lower rates: inversion of the
/// cumulative distribution, in double precision for the rare numbers in its far tail.
/// A value holds what depends on the rates alone, so that many numbers can be drawn from it.
struct PoissonLanes {
  typealias Reals = SIMD8<Float>
  typealias Choice = SIMDMask<SIMD8<Int32>>

  /// Rates at or above this use the normal method; it is valid from 10.
  static let normalMethodFrom: Float = 10

  private let rate: Reals
  private let whole: Reals  // floor(rate): numbers are found relative to it, so that large rates lose nothing
  private let part: Reals  // rate - whole
  private let sigma: Reals
  private let acceptFrom: Reals  // relative to whole
  private let sixSquares: Reals
  private let isLow: Choice
  private let anyLow: Bool
  /// Whether some rate is above what inversion takes.
  let anyHigh: Bool
  private let zeroProbability: Reals

  /// Rates above this, infinite ones among them, count as this; a drawing of an infinite rate would not end.
  private static let largest: Float = 1e30

  /// - Parameter rate: expectations, each at least 0 and at most about 4e6; NaN counts as 0.
  @inline(__always)
  init(rate given: Reals) {
    let rate = given.replacing(with: Self.largest, where: given .> Self.largest)
      .replacing(with: 0, where: given .!= given)
    self.rate = rate
    isLow = rate .< PoissonLanes.normalMethodFrom
    anyLow = any(isLow)
    anyHigh = !all(isLow)
    whole = VectorMath.floor(rate)
    part = rate - whole
    sigma = RandomLanes.root(rate)
    acceptFrom = VectorMath.floor(part - 1.1484)
    sixSquares = 6 * rate * rate
    zeroProbability = anyLow ? PoissonLanes.exponentials(-rate, where: isLow) : Reals(repeating: 0)
  }

  /// Eight numbers.
  ///
  /// - Parameter normals: standard normals that are used up by the call.
  @inline(__always)
  func draw(_ random: inout RandomLanes, normals: Reals) -> Reals {
    var result = Reals(repeating: 0)
    let uniform = random.uniformAboveZero()
    if anyHigh {
      let shift = part + sigma * normals  // G - whole
      let k = VectorMath.floor(shift)
      let lack = part - k  // rate - K
      let accepted = (k .>= acceptFrom) .| (sixSquares * uniform .>= lack * lack * lack) .| isLow
      result = whole + k
      if !all(accepted) {
        for lane in 0..<8 where !accepted[lane] {
          result[lane] = decide(
            lane: lane, offset: k[lane], uniform: uniform[lane], noise: normals[lane])
        }
      }
      // A normal below -rate gives a negative K, which is never accepted above.
    }
    if anyLow {
      let low = invert(uniform)
      result.replace(with: low, where: isLow)
    }
    return result
  }

  /// Eight numbers where all rates are low, from the table that `fill` made.
  ///
  /// - Parameter entries: of the table.
  @inline(__always)
  static func drawLow(
    _ random: inout RandomLanes, table: UnsafePointer<Reals>, entries: Int, rates: UnsafePointer<PoissonLanes>
  ) -> Reals {
    let uniform = random.uniformAboveZero()
    var count = Reals(repeating: 0)
    let one = Reals(repeating: 1)
    let zero = Reals(repeating: 0)
    for k in 0..<entries { count += zero.replacing(with: one, where: uniform .> table[k]) }
    let far = uniform .> Self.farTail
    if hasAny(far) { return rates.pointee.withTail(count, uniform, far) }
    return count
  }

  /// Uniform numbers above this are inverted in double precision.
  private static let farTail: Float = 0.999

  @inline(never)
  private func withTail(_ count: Reals, _ uniform: Reals, _ far: Choice) -> Reals {
    var count = count
    for lane in 0..<8 where far[lane] {
      count[lane] = PoissonLanes.invertTail(rate: Double(rate[lane]), uniform: uniform[lane])
    }
    return count
  }

  /// Writes cumulative probabilities of 0, 1, ... up to where the far tail begins in all lanes.
  ///
  /// - Parameter table: room for `tableSize` entries.
  /// - Returns: entries written.
  func fill(_ table: UnsafeMutablePointer<Reals>) -> Int {
    var probability = zeroProbability
    var cumulative = zeroProbability
    table[0] = cumulative
    var entries = 1
    var next: Float = 1
    while entries < Self.tableSize, hasAny(cumulative .<= Self.farTail) {
      probability = probability * rate / next
      cumulative += probability
      next += 1
      table[entries] = cumulative
      entries += 1
    }
    return entries
  }

  /// Rates below 10 reach the far tail earlier.
  static let tableSize = 32

  /// Inversion for rates below 10.
  @inline(__always)
  private func invert(_ uniform: Reals) -> Reals {
    var probability = zeroProbability
    var cumulative = zeroProbability
    var count = Reals(repeating: 0)
    var next: Float = 1
    var above = (uniform .> cumulative) .& isLow
    while any(above) {
      for _ in 0..<4 {  // looking at all lanes costs as much as four steps
        count.replace(with: next, where: above)
        probability = probability * rate / next
        cumulative += probability
        above = above .& (uniform .> cumulative)
        next += 1
      }
      if next > 24 { break }
    }
    // Single precision cannot tell the far tail: there, invert the complement in double.
    let far = (uniform .> 0.999) .& isLow
    if any(far) {
      for lane in 0..<8 where far[lane] {
        count[lane] = PoissonLanes.invertTail(rate: Double(rate[lane]), uniform: uniform[lane])
      }
    }
    return count
  }

  /// Inversion where the uniform number is near 1.
  @inline(never)
  private static func invertTail(rate: Double, uniform: Float) -> Float {
    // A float near 1 has steps of 6e-8: its bits seed the finer part of the number.
    var fine = SplitMix64(state: UInt64(uniform.bitPattern) &* 0x9E37_79B9 ^ rate.bitPattern)
    let u = Double(uniform) - fine.uniform() * 0x1p-24
    var probability = exp(-rate)
    var cumulative = probability
    var count = 0.0
    while u > cumulative, count < 200 {
      count += 1
      probability *= rate / count
      cumulative += probability
    }
    return Float(count)
  }

  /// Steps P, Q, E and H of algorithm PD for one lane whose number was not accepted at once.
  @inline(never)
  private func decide(lane: Int, offset: Float, uniform: Float, noise: Float) -> Float {
    let rate = Double(self.rate[lane])
    let sigma = rate.squareRoot()
    let first = Double(whole[lane]) + Double(offset)
    if first >= 0 {
      let density = PoissonLanes.normalProbability(first, rate: rate, sigma: sigma)
      let probability = PoissonLanes.probability(first, rate: rate)
      if density * (1 - Double(uniform)) <= probability { return Float(first) }
    }
    // Rejected: draw from the difference of the two distributions below a double exponential.
    var random = SplitMix64(
      state: UInt64(noise.bitPattern) << 32 ^ UInt64(uniform.bitPattern) ^ rate.bitPattern
        &* 0x9E37_79B9_7F4A_7C15)
    let hat = 0.1069 / rate
    while true {
      let exponential = -log(random.uniform())
      let u = 2 * random.uniform() - 1
      let t = 1.8 + (u < 0 ? -exponential : exponential)
      guard t > -0.6744 else { continue }
      let k = (rate + sigma * t).rounded(.down)
      let excess =
        PoissonLanes.probability(k, rate: rate) - PoissonLanes.normalProbability(k, rate: rate, sigma: sigma)
      if hat * abs(u) <= excess * exp(exponential) { return Float(k) }
    }
  }

  /// P(K = k), by Stirling's series.
  private static func probability(_ k: Double, rate: Double) -> Double {
    if k < 10 {
      var value = exp(-rate)
      var j = 1.0
      while j <= k {
        value *= rate / j
        j += 1
      }
      return value
    }
    let v = (rate - k) / k
    let inverse = 1 / k
    let square = inverse * inverse
    let series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)))
    return 0.3989422804014327 / k.squareRoot() * exp(k * (log1p(v) - v) - series)
  }

  /// P(floor(G) = k) for a normal G of mean and variance `rate`.
  private static func normalProbability(_ k: Double, rate: Double, sigma: Double) -> Double {
    let a = (k - rate) / sigma
    let b = (k + 1 - rate) / sigma
    // Differences of the smaller tail, so that nothing cancels far from the mean.
    let scale = 0.5.squareRoot()
    return b <= 0 ? 0.5 * (erfc(-b * scale) - erfc(-a * scale)) : 0.5 * (erfc(a * scale) - erfc(b * scale))
  }

  /// Exponential function of the chosen lanes.
  @inline(never)
  private static func exponentials(_ x: Reals, where chosen: Choice) -> Reals {
    var out = Reals(repeating: 0)
    for lane in 0..<8 where chosen[lane] { out[lane] = exp(x[lane]) }
    return out
  }
}
