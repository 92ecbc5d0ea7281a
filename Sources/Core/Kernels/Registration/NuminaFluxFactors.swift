import Glibc

/// Flux factors as numina 0.36 finds them: the ridge of a histogram of ratio to median against median. Only for compatibility: never 1.00, in steps of 0.01, and biased.
package struct NuminaFluxFactors: Sendable {
  /// One side of the ridge, ratios below or above 1.
  package struct Side: Sendable {
    /// Pixel value [ADU] and ratio of each row of the histogram.
    package let points: [BoundaryPoint]
    /// Pixel value as a function of the ratio; nil where the fit is impossible.
    package let spline: CubicSpline?
    /// The highest value of the spline at the points and its ratio.
    package let mode: BoundaryPoint?
  }
  /// How the factor of one exposure was found.
  package struct Finding: Sendable {
    /// Edges of the bins: pixel value [ADU] and ratio.
    package let valueEdges: [Double]
    package let ratioEdges: [Double]
    /// Counts, row (ratio) after row, as counted and after cleaning.
    package let counts: [Double]
    package let cleaned: [Double]
    package let sides: [Side]
    package let factor: Double
    /// A side could not be fitted and the factor is 1.
    package let isFailed: Bool
  }
  package let findings: [Finding]
  package var factors: [Double] { findings.map(\.factor) }
  /// More exposures than the method takes: all factors are 1.
  package static let most = 7

  private static let bins = 101

  /// - Parameters:
  ///   - exposures: at least 3, bias subtracted [ADU].
  ///   - median: their median.
  ///   - regions: only these pixels count; nil: all.
  /// - Throws: `CRSError`: usage for regions outside, data when no pixel is left; interrupted.
  package init(_ exposures: [Plane<Float>], median: Plane<Float>, regions: [Section]?, work: Work) throws {
    let use = try PixelUse.plane(exposures, regions: regions, parameter: "flux_factor_regions")
    var (low, high) = (Float.infinity, -Float.infinity)
    for i in 0..<median.count where use.pixels[i] != 0 {
      low = min(low, median.pixels[i])
      high = max(high, median.pixels[i])
    }
    if low == high { high = low.nextUp }
    let values = Self.edges(Double(low), Double(high))
    let ratios = Self.edges(0.495, 1.505)
    findings = try exposures.map { exposure in
      try work.checkCancelled()
      return Self.finding(exposure, median, use, values, ratios)
    }
  }

  private static func edges(_ low: Double, _ high: Double) -> [Double] {
    let step = (high - low) / Double(bins)
    return (0...bins).map { $0 == bins ? high : low + Double($0) * step }
  }

  private static func bin(_ value: Double, _ edges: [Double]) -> Int? {
    guard value >= edges[0], value <= edges[bins] else { return nil }
    var k = min(bins - 1, Int((value - edges[0]) / (edges[bins] - edges[0]) * Double(bins)))
    while k > 0, value < edges[k] { k -= 1 }
    while k < bins - 1, value >= edges[k + 1] { k += 1 }
    return k
  }

  private static func finding(
    _ exposure: Plane<Float>, _ median: Plane<Float>, _ use: Plane<UInt8>, _ values: [Double],
    _ ratios: [Double]
  ) -> Finding {
    var counts = [Double](repeating: 0, count: bins * bins)
    for i in 0..<median.count where use.pixels[i] != 0 {
      let m = median.pixels[i]
      let ratio = m == 0 ? 0 : exposure.pixels[i] / m
      guard let column = bin(Double(m), values), let row = bin(Double(ratio), ratios) else { continue }
      counts[row * bins + column] += 1
    }
    let cleaned = Self.cleaned(counts)
    let sides = [0..<50, 51..<bins].map { side(cleaned, rows: $0, values, ratios) }
    let (below, above) = (sides[0].mode, sides[1].mode)
    var factor = 1.0
    if let below, let above { factor = ((below.x > above.x ? below.y : above.y) * 1e6).rounded() / 1e6 }
    return Finding(
      valueEdges: values, ratioEdges: ratios, counts: counts, cleaned: cleaned, sides: sides, factor: factor,
      isFailed: below == nil || above == nil)
  }

  /// Fills lone gaps and drops cells with few neighbours; both tests look at the counts as they were.
  private static func cleaned(_ counts: [Double]) -> [Double] {
    var out = counts
    for row in 0..<bins {
      for column in 0..<bins {
        var (filled, neighbours, sum) = (0, 0, 0.0)
        for j in max(0, row - 1)...min(bins - 1, row + 1) {
          for i in max(0, column - 1)...min(bins - 1, column + 1) where i != column || j != row {
            let count = counts[j * bins + i]
            neighbours += 1
            filled += count != 0 ? 1 : 0
            sum += count
          }
        }
        let here = row * bins + column
        if counts[here] == 0, filled == neighbours {
          out[here] = sum / Double(neighbours)
        } else if counts[here] != 0, filled + 1 < 5 {
          out[here] = 0
        }
      }
    }
    return out
  }

  private static func side(_ counts: [Double], rows: Range<Int>, _ values: [Double], _ ratios: [Double])
    -> Side
  {
    var points: [BoundaryPoint] = []
    for row in rows {
      let line = Array(counts[row * bins..<(row + 1) * bins])
      let sum = line.reduce(0, +)
      guard sum > 0 else { continue }
      let column = Int(Self.position(line, level: 1 - 1 / sum, sum: sum) + 0.5)
      points.append(
        BoundaryPoint(x: (values[column] + values[column + 1]) / 2, y: (ratios[row] + ratios[row + 1]) / 2))
    }
    guard let spline = fit(points) else { return Side(points: points, spline: nil, mode: nil) }
    var mode: BoundaryPoint?
    for point in points {
      let height = spline.value(at: point.y)
      if mode.map({ height > $0.x }) ?? true { mode = BoundaryPoint(x: height, y: point.y) }
    }
    return Side(points: points, spline: spline, mode: mode)
  }

  /// The column at which the cumulative distribution passes a level, interpolated.
  private static func position(_ line: [Double], level: Double, sum: Double) -> Double {
    var cumulative: [Double] = []
    var running = 0.0
    for count in line {
      running += count / sum
      cumulative.append(running)
    }
    if level < cumulative[0] { return 0 }
    let k = cumulative.lastIndex { $0 <= level } ?? 0
    if cumulative[k] == level || k == cumulative.count - 1 { return Double(k) }
    return (level - cumulative[k]) / (cumulative[k + 1] - cumulative[k]) + Double(k)
  }

  /// Least squares with two interior knots; nil when the points do not determine the curve.
  private static func fit(_ points: [BoundaryPoint]) -> CubicSpline? {
    guard points.count >= 6, let first = points.first?.y, let last = points.last?.y, last > first else {
      return nil
    }
    let knots = (0..<4).map { first + (last - first) * Double($0) / 3 }
    let full = CubicSpline.fullKnots(knots)
    // Schoenberg and Whitney: every B-spline needs a point of its own inside its support.
    var next = 0
    for k in 0..<6 {
      while next < points.count,
        !(points[next].y > full[k] || (k == 0 && points[next].y >= full[k]))
      {
        next += 1
      }
      guard next < points.count, points[next].y < full[k + 4] || (k == 5 && points[next].y <= full[k + 4])
      else {
        return nil
      }
      next += 1
    }
    let matrix = points.map { point -> [Double] in
      let (piece, basis) = CubicSpline.basis(at: point.y, full: full)
      var row = [Double](repeating: 0, count: 6)
      for k in 0..<4 { row[piece - 3 + k] = basis[k] }
      return row
    }
    return try? CubicSpline(knots: knots, coefficients: LeastSquares.solve(matrix, points.map(\.x)))
  }
}
