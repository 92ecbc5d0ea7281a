import Testing

@testable import Kernels

@Suite struct BoundaryFitTests {
  @Test(arguments: GoldenDiagram.cases)
  func pointsOfTheReferenceUnderItsRounding(name: String) throws {
    let golden = try GoldenDiagram(name)
    let diagram = golden.diagram
    let points = diagram.boundaryPoints(rule: .numina036)
    #expect(points.count == golden.rows.count)
    for (point, (row, x)) in zip(points, zip(golden.rows, golden.x)) {
      #expect(point.y == diagram.yCentre(row))
      #expect(abs(point.x - x) < 1e-9 * max(1, abs(x)))
    }
  }

  @Test func exactCountsDecideTies() {
    var counts = [Double](repeating: 0, count: 100)
    counts[3] = 50
    counts[9] = 1
    // 50 of 51 lie up to bin 3; the point lies just below the next occupied bin.
    #expect(Diagram.topRow(counts) == 8)
    counts[9] = 2
    // The level 51 halves the way from bin 8 (50) to bin 9 (52).
    #expect(Diagram.topRow(counts) == 9)
    counts = [Double](repeating: 0, count: 100)
    counts[40] = 1
    #expect(Diagram.topRow(counts) == 39)
    counts[0] = 1
    counts[40] = 0
    #expect(Diagram.topRow(counts) == 0)
  }

  @Test(arguments: GoldenDiagram.cases)
  func fitsReachTheExactOptimum(name: String) throws {
    let golden = try GoldenDiagram(name)
    for fit in golden.iterations {
      let points = fit.x.indices.map { BoundaryPoint(x: fit.x[$0], y: fit.y[$0], weight: fit.weights[$0]) }
      let spline = try MonotoneSplineFit(points: points, knots: fit.knots.count).spline
      let loss =
        points.reduce(0.0) { sum, point in
          let rest = point.y - spline.value(at: point.x)
          return sum + point.weight * rest * rest
        } / Double(points.count)
      #expect(abs(loss - fit.loss) <= 1e-7 * fit.loss, "loss \(loss), optimum \(fit.loss)")
      for (a, b) in zip(spline.coefficients, fit.optimum) {
        #expect(abs(a - b) <= 2e-3 * max(1, abs(b)), "coefficient \(a), optimum \(b)")
      }
      #expect(optimalityResidual(spline, points) < 1e-6)
    }
  }

  @Test(arguments: ["example1_mm_lacosmic", "spline_fixed_points", "spline_5knots_options", "four_exposures"])
  func extensionsFollowTheReference(name: String) throws {
    let golden = try GoldenDiagram(name)
    let fit = BoundaryFit(
      kind: .spline, knots: golden.knots, fixedPoints: golden.fixedPoints, extensions: golden.extensions,
      extensionWeight: golden.weight, mayFall: true)
    let boundary = try fit.boundary(through: golden.diagram.boundaryPoints(rule: .numina036))
    #expect(boundary.iterations.count == golden.iterations.count)
    for (spline, expected) in zip(boundary.iterations, golden.iterations) {
      for (a, b) in zip(spline.coefficients, expected.coefficients) {
        #expect(abs(a - b) <= 2e-3 * max(1, abs(b)))
      }
    }
  }

  @Test func tooFewPointsAreExplained() {
    #expect(throws: CRSError.self) { try MonotoneSplineFit(points: [BoundaryPoint(x: 1, y: 2)], knots: 3) }
    #expect(throws: CRSError.self) { try BoundaryFit(kind: .spline).boundary(through: []) }
    #expect(throws: CRSError.self) { try BoundaryFit(kind: .piecewise).boundary(through: []) }
  }

  @Test func fewerPointsThanCoefficientsStillFit() throws {
    let points = [BoundaryPoint(x: 0, y: 1), BoundaryPoint(x: 1, y: 2), BoundaryPoint(x: 2, y: 4)]
    let spline = try MonotoneSplineFit(points: points, knots: 5).spline
    for point in points { #expect(abs(spline.value(at: point.x) - point.y) < 1e-3) }
  }

  /// Largest violation of the optimality conditions: slopes at least the bound, and the gradient of the loss
  /// a combination of the gradients of active constraints with weights that are not negative.
  private func optimalityResidual(_ spline: CubicSpline, _ points: [BoundaryPoint]) -> Double {
    let full = CubicSpline.fullKnots(spline.knots)
    let columns = spline.coefficients.count
    let width = spline.upper - spline.lower
    let height = points.map { abs($0.y) }.max() ?? 1
    let heaviest = points.map(\.weight).max() ?? 1
    var gradient = [Double](repeating: 0, count: columns)
    for point in points {
      let (piece, basis) = CubicSpline.basis(at: point.x, full: full)
      let rest = (point.y - spline.value(at: point.x)) / height * point.weight / heaviest
      for k in 0..<4 { gradient[piece - 3 + k] -= rest * basis[k] }
    }
    var active: [[Double]] = []
    var violation = 0.0
    for k in 0..<100 {
      let x = spline.lower + width * Double(k) / 99
      let (piece, slopes) = CubicSpline.slopes(at: min(x, spline.upper), full: full)
      var row = [Double](repeating: 0, count: columns)
      var slope = 0.0
      for m in 0..<4 {
        row[piece - 3 + m] = slopes[m] * width
        slope += slopes[m] * spline.coefficients[piece - 3 + m]
      }
      violation = max(violation, (1e-6 - slope) * width / height)
      if (slope - 1e-6) * width / height < 1e-7 { active.append(row) }
    }
    let multipliers = LeastSquares.nonNegative(columns: active, gradient)
    var rest = gradient
    for (row, factor) in zip(active, multipliers) {
      for j in 0..<columns { rest[j] -= factor * row[j] }
    }
    return max(violation, rest.map { abs($0) }.max() ?? 0)
  }
}
