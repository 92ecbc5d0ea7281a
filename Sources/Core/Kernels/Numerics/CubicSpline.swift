/// A cubic B-spline with simple interior knots and clamped ends.
package struct CubicSpline: Sendable, Equatable {
  /// The distinct knots in increasing order, both ends included; at least 2.
  package let knots: [Double]
  /// `knots.count + 2` coefficients.
  package let coefficients: [Double]
  private let full: [Double]  // the knots with three extra copies of each end

  /// - Throws: `CRSError` (data) unless knots increase and there are `knots.count + 2` coefficients.
  package init(knots: [Double], coefficients: [Double]) throws {
    guard knots.count >= 2, zip(knots, knots.dropFirst()).allSatisfy({ $0 < $1 }),
      (knots + coefficients).allSatisfy(\.isFinite)
    else {
      throw CRSError.data(
        "the knots of a spline must increase and be finite", parameter: "knots", expected: "at least two")
    }
    guard coefficients.count == knots.count + 2 else {
      throw CRSError.data(
        "\(coefficients.count) coefficients for \(knots.count) knots", parameter: "coefficients",
        expected: "\(knots.count + 2)")
    }
    self.knots = knots
    self.coefficients = coefficients
    full = CubicSpline.fullKnots(knots)
  }

  private init(knots: [Double], coefficients: [Double], full: [Double]) {
    (self.knots, self.coefficients, self.full) = (knots, coefficients, full)
  }

  /// The same curve with both axes in another unit: `factor`, above 0, times as large.
  package func multiplied(by factor: Double) -> CubicSpline {
    CubicSpline(
      knots: knots.map { $0 * factor }, coefficients: coefficients.map { $0 * factor },
      full: full.map { $0 * factor })
  }

  /// First and last knot.
  package var lower: Double { knots[0] }
  package var upper: Double { knots[knots.count - 1] }

  /// The value at `x`; outside the knots the end pieces are continued.
  package func value(at x: Double) -> Double {
    let (piece, basis) = CubicSpline.basis(at: x, full: full)
    var sum = 0.0
    for k in 0..<4 { sum += basis[k] * coefficients[piece - 3 + k] }
    return sum
  }

  static func fullKnots(_ knots: [Double]) -> [Double] {
    let (first, last) = (knots[0], knots[knots.count - 1])
    return [first, first, first] + knots + [last, last, last]
  }

  /// The knot interval of `x` and the four B-splines that are not zero there.
  static func basis(at x: Double, full: [Double]) -> (piece: Int, values: SIMD4<Double>) {
    let piece = piece(of: x, full: full)
    return (piece, splines(ofDegree: 3, at: x, piece, full))
  }

  private static func piece(of x: Double, full: [Double]) -> Int {
    var piece = 3
    while piece < full.count - 5, x >= full[piece + 1] { piece += 1 }
    return piece
  }

  /// The B-splines of a degree that are not zero in a knot interval (de Boor's recurrence).
  private static func splines(
    ofDegree last: Int, at x: Double, _ piece: Int, _ full: [Double]
  ) -> SIMD4<Double> {
    var values = SIMD4<Double>(1, 0, 0, 0)
    for degree in 1...last {
      var carried = 0.0
      for r in 0..<degree {
        let right = full[piece + r + 1]
        let left = full[piece + 1 - degree + r]
        let term = values[r] / (right - left)
        values[r] = carried + (right - x) * term
        carried = (x - left) * term
      }
      values[degree] = carried
    }
    return values
  }

  /// Derivatives of the four B-splines of `basis(at:full:)`.
  static func slopes(at x: Double, full: [Double]) -> (piece: Int, values: SIMD4<Double>) {
    let piece = piece(of: x, full: full)
    let quadratic = splines(ofDegree: 2, at: x, piece, full)
    var values = SIMD4<Double>(repeating: 0)
    for k in 0..<4 {
      if k > 0 { values[k] += 3 * quadratic[k - 1] / (full[piece + k] - full[piece - 3 + k]) }
      if k < 3 { values[k] -= 3 * quadratic[k] / (full[piece + k + 1] - full[piece - 2 + k]) }
    }
    return (piece, values)
  }
}
