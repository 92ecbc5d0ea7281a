/// Sums of a straight line through variances at some levels, each weighted by its own relative error.
struct VarianceSums {
  private(set) var (w, wl, wll, wv, wlv) = (0.0, 0.0, 0.0, 0.0, 0.0)

  var determinant: Double { w * wll - wl * wl }

  /// - Parameters:
  ///   - level: of the light [ADU]; below 0 it counts as none.
  ///   - variance: above 0 [ADU^2].
  mutating func add(level: Double, variance: Double) {
    let (own, level) = (1 / (variance * variance), max(level, 0))
    w += own
    wl += own * level
    wll += own * level * level
    wv += own * variance
    wlv += own * level * variance
  }
}
