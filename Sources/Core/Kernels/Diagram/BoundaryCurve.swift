/// A boundary prepared for evaluation at every pixel: polynomials between breaks.
struct BoundaryCurve: Sendable {
  private let breaks: [Double]
  /// Cubic polynomials in x - breaks[i], constant term first; one fewer than breaks.
  private let pieces: [SIMD4<Double>]
  private let clamps: Bool
  /// For finding a piece quickly when the breaks are equally spaced.
  private let step: Double

  init(_ boundary: Boundary) {
    switch boundary.curve {
    case .spline(let spline):
      breaks = spline.knots
      pieces = zip(spline.knots, spline.knots.dropFirst()).map { left, right in
        BoundaryCurve.cubic(spline, left, right)
      }
      clamps = boundary.outside == .constant
    case .piecewise:
      var points: [BoundaryPoint] = []
      for point in boundary.points {
        if points.last?.x == point.x { points.removeLast() }
        points.append(point)
      }
      breaks = points.map(\.x)
      pieces = zip(points, points.dropFirst()).map { a, b in
        SIMD4(a.y, (b.y - a.y) / (b.x - a.x), 0, 0)
      }
      clamps = true
    }
    step = breaks.count > 1 ? (breaks[breaks.count - 1] - breaks[0]) / Double(breaks.count - 1) : 1
    constant = pieces.isEmpty ? boundary.value(at: 0) : 0
  }

  private let constant: Double

  /// The height at `x`, as `Boundary.value(at:)` to the last bits.
  @inline(__always)
  func value(at x: Double) -> Double {
    guard !pieces.isEmpty else { return constant }
    let (low, high) = (breaks[0], breaks[breaks.count - 1])
    let x = clamps ? min(max(x, low), high) : x
    var k = x >= high ? pieces.count - 1 : x > low ? min(pieces.count - 1, Int((x - low) / step)) : 0
    while k > 0, x < breaks[k] { k -= 1 }
    while k < pieces.count - 1, x >= breaks[k + 1] { k += 1 }
    let t = x - breaks[k]
    let c = pieces[k]
    return c[0] + t * (c[1] + t * (c[2] + t * c[3]))
  }

  /// The polynomial through four values of one piece.
  private static func cubic(_ spline: CubicSpline, _ left: Double, _ right: Double) -> SIMD4<Double> {
    let h = (right - left) / 3
    let y0 = spline.value(at: left)
    let y1 = spline.value(at: left + h)
    let y2 = spline.value(at: left + 2 * h)
    // At the right end the next piece would answer; both agree there.
    let y3 = spline.value(at: right)
    let d1 = y1 - y0
    let d2 = y2 - 2 * y1 + y0
    let d3 = y3 - 3 * y2 + 3 * y1 - y0
    return SIMD4(
      y0, (d1 - d2 / 2 + d3 / 3) / h, (d2 / 2 - d3 / 2) / (h * h), d3 / 6 / (h * h * h))
  }
}
