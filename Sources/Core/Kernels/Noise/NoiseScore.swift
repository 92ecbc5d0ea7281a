import Glibc

/// Normal scores and logarithms of tails as the detector needs them: fast, accurate to about 1e-5 in the score.
enum NoiseScore {
  /// The z with P(Poisson(lambda g) / g + N(0, v) > x) = Phi(-z); see `NoiseTail.z`.
  ///
  /// - Parameters:
  ///   - lambda: expectation [ADU], floored at 1e-6.
  ///   - variance: of the Gaussian part [ADU^2], above 0.
  ///   - gain: [electron/ADU].
  @inline(__always)
  static func z(_ x: Double, lambda: Double, variance: Double, gain: Double) -> Double {
    let lambda = max(lambda, 1e-6)
    let inverse = 1 / gain
    var t = (x - lambda) / (lambda * inverse + variance)
    if t * inverse > 0.5 { t = min(t, gain * log(x / lambda)) }
    var tilt = lambda * exp(min(t * inverse, 40))
    var curvature = tilt * inverse + variance
    for _ in 0..<12 {
      let step = (tilt + variance * t - x) / curvature
      t -= step
      let done = abs(step) <= 1e-4 * abs(t) + 1e-9
      // After a small step the exponential follows from its derivatives.
      let change = step * inverse
      tilt =
        abs(change) < 1e-3 ? tilt * (1 - change + 0.5 * change * change) : lambda * exp(min(t * inverse, 40))
      curvature = tilt * inverse + variance
      if done { break }
    }
    let cumulant = gain * (tilt - lambda) + variance * t * t / 2
    let u = (t < 0 ? -1.0 : 1.0) * (2 * max(0, t * x - cumulant)).squareRoot()
    guard abs(u) >= 1e-3 else {
      return u + tilt / (6 * gain * gain * curvature * curvature.squareRoot())
    }
    return u + log(t * curvature.squareRoot() / u) / u
  }

  /// log Phi(-z), for any z.
  @inline(__always)
  static func logTail(_ z: Double) -> Double {
    if z < 7 { return z < -7 ? 0 : log(0.5 * erfc(z * 0.7071067811865476)) }
    let w = 1 / (z * z)
    return -0.5 * z * z - log(z * 2.5066282746310002) + log1p(-w * (1 - w * (3 - 15 * w)))
  }
}
