extension NoiseScore {
  /// `z` for eight expectations at once.
  ///
  /// - Parameter lambda: expectations [ADU], at least 1e-6.
  @inline(__always)
  static func z(_ x: Double, lambda: RealLanes, variance: Double, gain: Double) -> RealLanes {
    let inverse = 1 / gain
    let x = RealLanes(repeating: x)
    var t = (x - lambda) / (lambda * inverse + variance)
    if RealMath.maximum(t) * inverse > 0.5 {
      let bound = gain * RealMath.log(RealMath.upper(x, lambda) / lambda)
      t = t.replacing(with: bound, where: (t * inverse .> 0.5) .& (bound .< t))
    }
    var tilt = lambda * RealMath.exp(t * inverse)
    var curvature = tilt * inverse + variance
    for _ in 0..<12 {
      let step = (tilt + variance * t - x) / curvature
      t -= step
      tilt = lambda * RealMath.exp(t * inverse)
      curvature = tilt * inverse + variance
      if RealMath.maximum(RealMath.magnitude(step) - 1e-4 * RealMath.magnitude(t)) <= 1e-9 { break }
    }
    let cumulant = gain * (tilt - lambda) + (0.5 * variance) * t * t
    let length = squareRoot(RealMath.upper(2 * (t * x - cumulant), .zero))
    let u = length.replacing(with: -length, where: t .< .zero)
    let root = squareRoot(curvature)
    let isSmall = length .< 1e-3
    let divisor = u.replacing(with: 1, where: isSmall)
    let ratio = (t * root / divisor).replacing(with: 1, where: isSmall)
    let z = u + RealMath.log(ratio) / divisor
    return z.replacing(with: u + tilt / ((6 * gain * gain) * curvature * root), where: isSmall)
  }

  /// log Phi(-z) to 1.2e-7 (a rational argument of W. J. Cody's kind, coefficients of Press et al., Numerical
  /// Recipes, section 6.2, erfcc).
  @inline(__always)
  static func logTail(_ z: RealLanes) -> RealLanes {
    let x = RealMath.magnitude(z) * 0.7071067811865476
    let t = 1 / (1 + 0.5 * x)
    var p = RealLanes(repeating: 0.17087277)
    p = p * t - 0.82215223
    p = p * t + 1.48851587
    p = p * t - 1.13520398
    p = p * t + 0.27886807
    p = p * t - 0.18628806
    p = p * t + 0.09678418
    p = p * t + 0.37409196
    p = p * t + 1.00002368
    p = p * t - 1.26551223
    let upperTail = RealMath.log(0.5 * t) + (p - x * x)
    let isNegative = z .< .zero
    guard RealMath.maximum(-z) > 0 else { return upperTail }
    let lowerTail = RealMath.log(1 - RealMath.exp(upperTail))
    return upperTail.replacing(with: lowerTail, where: isNegative)
  }
}
