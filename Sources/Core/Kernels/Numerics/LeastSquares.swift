/// Small dense least-squares problems, with inequality constraints too
/// (Lawson and Hanson 1974, Solving Least Squares Problems, chapters 11 and 23).
///
/// Matrices are rows of equal length.
enum LeastSquares {
  /// The x that minimises |A x - b|, by Householder reflections; columns that depend on others get 0.
  static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var (r, q) = triangular(matrix, right)
    let columns = r.first?.count ?? 0
    let largest = (0..<min(columns, r.count)).map { abs(r[$0][$0]) }.max() ?? 0
    var x = [Double](repeating: 0, count: columns)
    for j in stride(from: min(columns, r.count) - 1, through: 0, by: -1) {
      guard abs(r[j][j]) > 1e-14 * largest, largest > 0 else { continue }
      var value = q[j]
      for k in j + 1..<max(j + 1, columns) { value -= r[j][k] * x[k] }
      x[j] = value / r[j][j]
    }
    r.removeAll()
    q.removeAll()
    return x
  }

  /// The same for normal equations whose unknowns have very unlike sizes: they are made alike first, so that none is lost.
  static func solveBalanced(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    let sizes = matrix.indices.map { max(matrix[$0][$0].squareRoot(), 1e-30) }
    let scaled = matrix.indices.map { a in matrix.indices.map { matrix[a][$0] / (sizes[a] * sizes[$0]) } }
    let solution = solve(scaled, right.indices.map { right[$0] / sizes[$0] })
    return solution.indices.map { solution[$0] / sizes[$0] }
  }

  /// R and Q^T b of the factorisation A = Q R.
  static func triangular(_ matrix: [[Double]], _ right: [Double]) -> (r: [[Double]], right: [Double]) {
    var a = matrix
    var b = right
    let rows = a.count
    let columns = a.first?.count ?? 0
    for j in 0..<min(columns, rows) {
      var norm = 0.0
      for i in j..<rows { norm += a[i][j] * a[i][j] }
      norm = norm.squareRoot()
      guard norm > 0 else { continue }
      let alpha = a[j][j] > 0 ? -norm : norm
      var v = (j..<rows).map { a[$0][j] }
      v[0] -= alpha
      let square = v.reduce(0) { $0 + $1 * $1 }
      guard square > 0 else { continue }
      for k in j..<columns {
        var dot = 0.0
        for i in j..<rows { dot += v[i - j] * a[i][k] }
        let factor = 2 * dot / square
        for i in j..<rows { a[i][k] -= factor * v[i - j] }
      }
      var dot = 0.0
      for i in j..<rows { dot += v[i - j] * b[i] }
      let factor = 2 * dot / square
      for i in j..<rows { b[i] -= factor * v[i - j] }
    }
    return (a, b)
  }

  /// The u >= 0 that minimises |A u - b|; `columns` are the columns of A.
  static func nonNegative(columns: [[Double]], _ right: [Double]) -> [Double] {
    let count = columns.count
    var u = [Double](repeating: 0, count: count)
    var passive: [Int] = []
    let scale = columns.reduce(0.0) { max($0, $1.reduce(0) { max($0, abs($1)) }) }
    for _ in 0..<3 * count + 30 {
      let residual = subtract(right, columns, u)
      var best: (index: Int, gradient: Double)?
      for j in 0..<count where !passive.contains(j) {
        let gradient = dot(columns[j], residual)
        if gradient > best?.gradient ?? (1e-13 * scale) { best = (j, gradient) }
      }
      guard let entering = best?.index else { break }
      passive.append(entering)
      while true {
        let rows = right.indices.map { i in passive.map { columns[$0][i] } }
        let trial = solve(rows, right)
        if trial.allSatisfy({ $0 > 0 }) {
          for (k, j) in passive.enumerated() { u[j] = trial[k] }
          break
        }
        var step = 1.0
        for (k, j) in passive.enumerated() where trial[k] <= 0 {
          step = min(step, u[j] > trial[k] ? u[j] / (u[j] - trial[k]) : 0)
        }
        for (k, j) in passive.enumerated() { u[j] += step * (trial[k] - u[j]) }
        let leaving = passive.enumerated().filter {
          trial[$0.offset] <= 0 && u[$0.element] <= 1e-12 * abs(step) + 1e-300
        }
        for (_, j) in leaving { u[j] = 0 }
        let gone = Set(leaving.map(\.element))
        let before = passive.count
        passive.removeAll { gone.contains($0) || u[$0] <= 0 }
        if passive.count == before || passive.isEmpty { break }
      }
    }
    return u
  }

  /// The x that minimises |E x - f| subject to G x >= h.
  ///
  /// E must have independent columns. The problem becomes one of least distance, which non-negative least
  /// squares solve to the optimum.
  /// - Returns: nil when the constraints contradict each other.
  static func constrained(
    _ e: [[Double]], _ f: [Double], constraints g: [[Double]], atLeast h: [Double]
  ) -> [Double]? {
    let columns = e.first?.count ?? 0
    let (r, q) = triangular(e, f)
    // G~ = G R^-1, row by row: solve R^T y = g.
    var transformed: [[Double]] = []
    for row in g {
      var y = row
      for j in 0..<columns {
        for k in 0..<j { y[j] -= r[k][j] * y[k] }
        y[j] /= r[j][j]
      }
      transformed.append(y)
    }
    let target = Array(q.prefix(columns))
    let rest = zip(transformed, h).map { row, bound in bound - dot(row, target) }
    var right = [Double](repeating: 0, count: columns + 1)
    right[columns] = 1
    let u = nonNegative(columns: zip(transformed, rest).map { $0 + [$1] }, right)
    let residual = subtract(right, zip(transformed, rest).map { $0 + [$1] }, u)
    guard residual[columns] > 1e-14 else { return nil }
    var x = (0..<columns).map { target[$0] - residual[$0] / residual[columns] }
    for j in stride(from: columns - 1, through: 0, by: -1) {
      for k in j + 1..<max(j + 1, columns) { x[j] -= r[j][k] * x[k] }
      x[j] /= r[j][j]
    }
    return x
  }

  private static func subtract(_ right: [Double], _ columns: [[Double]], _ u: [Double]) -> [Double] {
    var out = right
    for (column, factor) in zip(columns, u) where factor != 0 {
      for i in out.indices { out[i] -= column[i] * factor }
    }
    return out
  }

  static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in 0..<min(a.count, b.count) { sum += a[i] * b[i] }
    return sum
  }
}
