/// The curve above which median2d - min2d cannot be noise, as a function of min2d [ADU].
package struct Boundary: Sendable, Equatable {
  package enum Curve: Sendable, Equatable {
    case spline(CubicSpline)
    /// Straight lines between points of increasing x.
    case piecewise
  }
  package var curve: Curve
  /// Piecewise: the points; spline: the points that were fitted, fixed ones included.
  package var points: [BoundaryPoint]
  /// The curve of every earlier iteration of the fit, first to last, this one included (for figures).
  package var iterations: [CubicSpline]
  /// How the curve continues beyond its ends.
  package var outside: Outside

  package enum Outside: Sendable, Equatable {
    /// The value at the end, as the documents promise.
    case constant
    /// The polynomial of the last piece, as the reference detects.
    case continued
  }

  package init(
    curve: Curve, points: [BoundaryPoint], iterations: [CubicSpline] = [], outside: Outside = .constant
  ) {
    self.curve = curve
    self.points = points
    self.iterations = iterations
    self.outside = outside
  }

  /// Straight lines between the rising points of an exact diagram.
  ///
  /// - Throws: `CRSError` (data) when there is none.
  package init(monotone points: [BoundaryPoint]) throws {
    guard !points.isEmpty else {
      throw CRSError.data(
        "no column of the expected diagram holds a tenth of a pixel, so there is no boundary",
        parameter: "nsimulations",
        hint:
          "check gain, rnoise and bias, and where exposures have unlike levels flux_factor; detector=pvalue needs "
          + "no boundary")
    }
    self.init(curve: .piecewise, points: points)
  }

  /// The height of the boundary at min2d = `x`, both in ADU.
  package func value(at x: Double) -> Double {
    switch curve {
    case .spline(let spline):
      return outside == .constant
        ? spline.value(at: min(max(x, spline.lower), spline.upper)) : spline.value(at: x)
    case .piecewise: return Boundary.interpolate(points, at: x)
    }
  }

  /// The lowest of a hundred points between its ends [ADU].
  package var lowest: Double {
    let (low, high) =
      switch curve {
      case .spline(let spline): (spline.lower, spline.upper)
      case .piecewise: (points.first?.x ?? 0, points.last?.x ?? 0)
      }
    return (0..<100).map { value(at: low + (high - low) * Double($0) / 99) }.min() ?? 0
  }

  private static func interpolate(_ points: [BoundaryPoint], at x: Double) -> Double {
    guard let first = points.first, let last = points.last else { return 0 }
    if x <= first.x { return first.y }
    if x >= last.x { return last.y }
    var low = 0
    var high = points.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if points[middle].x <= x { low = middle } else { high = middle }
    }
    let (a, b) = (points[low], points[high])
    guard b.x > a.x else { return b.y }
    return a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)
  }
}
