/// Weighted least-squares fit of a cubic spline whose slope is positive.
///
/// A convex quadratic programme, solved to its optimum.
struct MonotoneSplineFit {
  /// Smallest slope allowed, at `constraintPoints` equally spaced points.
  static let smallestSlope = 1e-6
  static let constraintPoints = 100

  let spline: CubicSpline

  /// - Parameters:
  ///   - points: at least two different x.
  ///   - knots: total number of knots, at least 2, equally spaced over the points.
  ///   - floor: a curve of the same knots that this one does not fall below.
  /// - Throws: `CRSError` (data) when there are too few points.
  init(points: [BoundaryPoint], knots count: Int, above floor: CubicSpline? = nil) throws {
    guard let first = points.map(\.x).min(), let last = points.map(\.x).max(), last > first else {
      throw CRSError.data(
        "a spline cannot be fitted to \(points.count) boundary point\(points.count == 1 ? "" : "s")",
        parameter: "mm_boundary_fit", expected: "points at two values of min2d at least",
        hint:
          "the simulated diagram is nearly empty: check gain, rnoise and bias, or use boundary_fit=piecewise")
    }
    // Scaled to the unit square, so that coefficients and constraints are of order one.
    let width = last - first
    let height = max(points.map { abs($0.y) }.max() ?? 1, 1e-30)
    let unit = (0..<count).map { Double($0) / Double(count - 1) }
    let full = CubicSpline.fullKnots(unit)
    let columns = count + 2
    let heaviest = points.map(\.weight).max() ?? 1
    var rows: [[Double]] = []
    var right: [Double] = []
    func row(of splines: (piece: Int, values: SIMD4<Double>)) -> [Double] {
      var row = [Double](repeating: 0, count: columns)
      for k in 0..<4 { row[splines.piece - 3 + k] = splines.values[k] }
      return row
    }
    for point in points {
      let (piece, basis) = CubicSpline.basis(at: min(max((point.x - first) / width, 0), 1), full: full)
      let root = max(0, point.weight / heaviest).squareRoot()
      rows.append(row(of: (piece, root * basis)))
      right.append(root * point.y / height)
    }
    if Self.isDependent(rows) {
      // Fewer points than coefficients somewhere: of all optima take the one nearest to zero.
      for j in 0..<columns {
        var row = [Double](repeating: 0, count: columns)
        row[j] = 1e-6
        rows.append(row)
        right.append(0)
      }
    }
    var constraints: [[Double]] = []
    for k in 0..<Self.constraintPoints {
      let x = Double(k) / Double(Self.constraintPoints - 1)
      constraints.append(row(of: CubicSpline.slopes(at: x, full: full)))
    }
    let bound = Self.smallestSlope * width / height
    var bounds = [Double](repeating: bound, count: constraints.count)
    if let floor {
      for k in 0..<Self.constraintPoints {
        let x = Double(k) / Double(Self.constraintPoints - 1)
        constraints.append(row(of: CubicSpline.basis(at: x, full: full)))
        let value = floor.value(at: min(max(first + x * width, floor.lower), floor.upper)) / height
        // A little slack, so that rounding never makes the constraints contradict each other.
        bounds.append(value - 1e-6 * abs(value))
      }
    }
    guard
      let solution = LeastSquares.constrained(rows, right, constraints: constraints, atLeast: bounds)
    else {
      throw CRSError.data("no rising spline fits the boundary points", parameter: "mm_knots_splfit")
    }
    var knots = unit.map { first + $0 * width }
    knots[count - 1] = last
    spline = try CubicSpline(knots: knots, coefficients: solution.map { $0 * height })
  }

  private static func isDependent(_ rows: [[Double]]) -> Bool {
    let columns = rows.first?.count ?? 0
    guard rows.count >= columns else { return true }
    let (r, _) = LeastSquares.triangular(rows, [Double](repeating: 0, count: rows.count))
    let diagonal = (0..<columns).map { abs(r[$0][$0]) }
    return (diagonal.min() ?? 0) < 1e-10 * (diagonal.max() ?? 1)
  }
}
