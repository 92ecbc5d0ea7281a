/// How boundary points become a boundary.
package struct BoundaryFit: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    case spline, piecewise
  }
  package var kind: Kind
  /// Total number of knots of the spline, both ends included, at least 2.
  package var knots: Int
  /// Points that the user adds; at least 2 for piecewise.
  package var fixedPoints: [BoundaryPoint]
  /// Further fits that pull the curve above the points.
  package var extensions: Int
  /// Weight factor per extension.
  package var extensionWeight: Double
  /// Whether an extension may fall below the fit before it, as the original lets it.
  package var mayFall = false

  package init(
    kind: Kind, knots: Int = 3, fixedPoints: [BoundaryPoint] = [], extensions: Int = 3,
    extensionWeight: Double = 10, mayFall: Bool = false
  ) {
    self.mayFall = mayFall
    self.kind = kind
    self.knots = knots
    self.fixedPoints = fixedPoints
    self.extensions = extensions
    self.extensionWeight = extensionWeight
  }

  /// The boundary through the points of a diagram.
  ///
  /// - Throws: `CRSError` (data, usage) for too few points.
  package func boundary(through points: [BoundaryPoint], outside: Boundary.Outside = .constant) throws
    -> Boundary
  {
    switch kind {
    case .piecewise:
      let sorted = fixedPoints.sorted { $0.x < $1.x }
      guard sorted.count >= 2 else {
        throw CRSError.usage(
          "\(sorted.count) fixed points for a piecewise boundary", parameter: "mm_fixed_points_in_boundary",
          expected: "at least 2 points [x, y]")
      }
      return Boundary(curve: .piecewise, points: sorted, outside: outside)
    case .spline:
      guard !points.isEmpty || fixedPoints.count >= 2 else {
        throw CRSError.data(
          "the simulated diagram is empty, so there is no boundary", parameter: "mm_boundary_fit",
          hint: "check gain, rnoise and bias, or give a boundary")
      }
      var iterations: [CubicSpline] = []
      var fitted = points
      for step in 0...max(0, extensions) {
        if let previous = iterations.last {
          var weight = 1.0
          for _ in 0..<step { weight *= extensionWeight }
          for k in fitted.indices {
            fitted[k].weight = points[k].y > previous.value(at: points[k].x) ? weight : 1
          }
        }
        iterations.append(
          try MonotoneSplineFit(points: joined(fitted), knots: knots, above: mayFall ? nil : iterations.last)
            .spline)
      }
      guard let last = iterations.last else {
        throw CRSError.data("no spline was fitted", parameter: "mm_boundary_fit")
      }
      return Boundary(curve: .spline(last), points: joined(fitted), iterations: iterations, outside: outside)
    }
  }

  /// Boundary and fixed points together, by x; a fixed point weighs its weight times the heaviest other.
  private func joined(_ points: [BoundaryPoint]) -> [BoundaryPoint] {
    let heaviest = points.map(\.weight).max() ?? 1
    let fixed = fixedPoints.map { point in
      var point = point
      point.weight *= heaviest
      point.isFixed = true
      return point
    }
    return (points + fixed).enumerated().sorted { ($0.element.x, $0.offset) < ($1.element.x, $1.offset) }
      .map(\.element)
  }
}
