/// Expectations of a pixel over which probabilities are averaged, close together where noise is small.
///
/// An expectation may lie below 0: a bias or a sky that was subtracted is known to its own error only. Were such
/// expectations left out, noise of dark pixels would look more probable than it is, and hits in them be missed.
struct ExpectationNodes {
  /// Of the variable that the nodes are equally far apart in.
  let first: Double
  let last: Double
  /// What the expectations were raised by [ADU].
  private let shift: Double

  /// - Parameters:
  ///   - low, high: the expectations [ADU].
  ///   - isCounted: whether electrons are counted one by one, whose expectation is never below 0.
  init(from low: Double, to high: Double, isCounted: Bool) {
    shift = isCounted ? 0 : max(0, -low)
    (first, last) = (
      (max(low + shift, 0) + Self.foot).squareRoot(), (max(high + shift, 0) + Self.foot).squareRoot()
    )
  }

  /// Keeps nodes apart at the lower end.
  private static let foot = 0.101

  /// [ADU]; its derivative is 2 `t`.
  @inline(__always)
  func expectation(_ t: RealLanes) -> RealLanes {
    RealMath.upper(t * t - Self.foot, RealLanes(repeating: 1e-3)) - shift
  }

  /// Logarithm of the probability that noise raises a pixel to `value` and above; below 0 there is the readout alone.
  ///
  /// - Parameters:
  ///   - variance: beside that of photons [ADU^2].
  ///   - gain: [electron/ADU].
  @inline(__always)
  static func logTail(_ value: Double, lambda: RealLanes, variance: Double, gain: Double) -> RealLanes {
    var z = NoiseScore.z(
      value, lambda: RealMath.upper(lambda, RealLanes(repeating: 1e-6)), variance: variance, gain: gain)
    if variance > 0 {
      z.replace(with: (value - lambda) / variance.squareRoot(), where: lambda .< 0)
    }
    return NoiseScore.logTail(z)
  }
}
