/// The probability that median and minimum of a pixel fall into each bin of a diagram, for given expectations
/// of its exposures.
struct ExactCells: Sendable {
  let bins: DiagramBins
  /// Tails of each exposure's noise, or of one detector.
  let families: [NoiseTailFamily]
  /// Largest width of a sub-cell of min2d in units of sigma.
  static let resolution = 0.125

  /// Columns from `first` on, 100 rows each.
  struct Block: Sendable {
    var first: Int
    var columns: [[Double]]
  }

  /// - Parameter lambdas: expectation of each exposure [ADU], at least 2.
  func block(_ lambdas: [Double]) -> Block {
    let n = lambdas.count
    var distinct: [(lambda: Double, family: Int)] = []
    var kind: [Int] = []  // which of the distinct expectations an exposure has
    for (k, lambda) in lambdas.enumerated() {
      let family = families.count == 1 ? 0 : k
      if let k = distinct.firstIndex(where: { $0 == (lambda, family) }) {
        kind.append(k)
      } else {
        kind.append(distinct.count)
        distinct.append((lambda, family))
      }
    }
    let tails = distinct.map { families[$0.family].tail($0.lambda) }
    let smallest = tails.map(\.sigma).min() ?? 1
    let largest = tails.map(\.sigma).max() ?? 1
    let last = Diagram.bins
    let (x0, xWidth) = (bins.xEdges[0], (bins.xEdges[last] - bins.xEdges[0]) / Double(last))
    let yWidth = bins.yEdges[last] / Double(last)
    let parts = max(1, Int(min(1e6, (xWidth / (Self.resolution * smallest)).rounded(.up))))
    let h = xWidth / Double(parts)
    let low = tails.map { $0.mean - 7.5 * $0.sigma }.min() ?? 0
    let high = tails.map { $0.mean + 5 * $0.sigma }.max() ?? 0
    let firstCell = max(0, Int(max(-1e9, min(1e9, (low - x0) / h))))
    let endCell = min(last * parts, Int(max(-1e9, min(1e9, (high - x0) / h))) + 1)
    guard endCell > firstCell else { return Block(first: 0, columns: []) }
    // The median lies as far above the minimum as expectations do, and some noise more.
    let spread = (tails.map(\.mean).max() ?? 0) - (tails.map(\.mean).min() ?? 0)
    let edges = min(last + 1, Int(min(1e6, (13 * largest + spread) / yWidth)) + 2)
    let firstColumn = firstCell / parts
    var columns = [[Double]](
      repeating: [Double](repeating: 0, count: last), count: (endCell - 1) / parts - firstColumn + 1)
    let evens =
      n % 2 == 0 && n > 2
      ? EvenMedian(
        tails: tails, kind: kind, from: x0 + (Double(firstCell) + 0.5) * h,
        to: x0 + (Double(endCell) - 0.5) * h + Double(edges - 1) * yWidth, edges: edges, yWidth: yWidth,
        step: Self.resolution * smallest) : nil
    let equal = distinct.count == 1
    let chosen = equal ? [0] : Array(0..<n)
    // Fewer than `limit` of the others lie between minimum and median.
    let limit = n % 2 == 1 ? n / 2 : n / 2 - 1
    var above = [Double](repeating: 0, count: edges * tails.count)
    var excess = [Double](repeating: 0, count: edges)
    var polynomial = [Double](repeating: 0, count: max(1, limit))
    for cell in firstCell..<endCell {
      let left = x0 + Double(cell) * h
      let middle = left + 0.5 * h
      let atMinimum = tails.map { $0(middle) }
      let density = tails.map { $0(left) - $0(left + h) }
      // The median of two values is their mean: the higher one lies twice as far above the lower one.
      let reached = Self.fill(&above, tails, from: middle, step: n == 2 ? 2 * yWidth : yWidth, edges: edges)
      let rows = evens == nil ? reached : edges
      for row in 0..<edges { excess[row] = 0 }
      for i in chosen {
        let weight = density[kind[i]] * (equal ? Double(n) : 1)
        guard weight > 1e-300 else { continue }
        above.withUnsafeBufferPointer { above in
          excess.withUnsafeMutableBufferPointer { excess in
            polynomial.withUnsafeMutableBufferPointer { polynomial in
              for row in 0..<rows {
                var q =
                  n == 2
                  ? above[kind[1 - i] * edges + row]
                  : Self.fewBelow(row, above, edges, kind, minimum: i, atMinimum, limit, polynomial)
                if let evens {
                  q += evens.value(
                    i, at: middle + Double(row) * yWidth, row: row, atMinimum: atMinimum[kind[i]])
                }
                excess[row] += weight * q
              }
            }
          }
        }
      }
      let column = cell / parts - firstColumn
      for row in 0..<edges - 1 { columns[column][row] += excess[row] - excess[row + 1] }
    }
    return Block(first: firstColumn, columns: columns)
  }

  /// Probabilities of each tail to lie above the edges of the rows.
  ///
  /// - Returns: rows up to where the tails have ended; beyond them nothing is in excess.
  private static func fill(
    _ above: inout [Double], _ tails: [NoiseTailFamily.Tail], from middle: Double, step: Double, edges: Int
  ) -> Int {
    var rows = 0
    above.withUnsafeMutableBufferPointer { above in
      for (k, tail) in tails.enumerated() {
        for row in 0..<edges {
          let value = tail(middle + Double(row) * step)
          above[k * edges + row] = value
          if value > 1e-18 {
            rows = max(rows, row + 1)
          } else {
            for rest in row..<edges { above[k * edges + rest] = 0 }
            break
          }
        }
      }
    }
    return rows
  }

  /// The probability that fewer than `limit` of the others lie between the minimum, exposure `minimum`, and the edge of
  /// a row, and the rest above it.
  @inline(__always)
  private static func fewBelow(
    _ row: Int, _ above: UnsafeBufferPointer<Double>, _ edges: Int, _ kind: [Int], minimum: Int,
    _ atMinimum: [Double], _ limit: Int, _ polynomial: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    for c in 0..<limit { polynomial[c] = c == 0 ? 1 : 0 }
    for k in kind.indices where k != minimum {
      let s = above[kind[k] * edges + row]
      let inside = max(0, atMinimum[kind[k]] - s)
      for c in stride(from: limit - 1, to: 0, by: -1) {
        polynomial[c] = polynomial[c] * s + polynomial[c - 1] * inside
      }
      polynomial[0] *= s
    }
    var q = 0.0
    for c in 0..<limit { q += polynomial[c] }
    return q
  }
}

/// The part of an even number's median in which its two central values lie on both sides of the height.
///
/// J(b, d) = integral over 0 <= w <= d of f_j(b - w) P(the others around b - w and b + w), tabulated in b.
private struct EvenMedian: Sendable {
  private let from: Double
  private let step: Double
  private let count: Int
  private let edges: Int
  private let tables: [[[Double]]]  // [exposure or 0][power of S(a)][b * edges + row]
  private let binomials: [Double]
  private let equal: Bool

  init(
    tails: [NoiseTailFamily.Tail], kind: [Int], from: Double, to: Double, edges: Int, yWidth: Double,
    step: Double
  ) {
    let n = kind.count
    let half = n / 2
    equal = tails.count == 1
    self.from = from
    self.edges = edges
    count = min(400, Int((to - from) / step) + 2)
    self.step = (to - from) / Double(count - 1)
    let parts = max(1, Int((yWidth / step).rounded(.up))) * 2
    let hw = yWidth / Double(parts)
    let steps = (edges - 1) * parts
    let powers = equal ? half - 1 : 1
    binomials = (0..<powers).map { p in
      EvenMedian.binomial(half - 2, p) * (p % 2 == 0 ? 1 : -1) * Double(n - 1)
        * EvenMedian.binomial(n - 2, half - 2)
    }
    var tables = [[[Double]]](
      repeating: [[Double]](repeating: [Double](repeating: 0, count: count * edges), count: powers),
      count: equal ? 1 : n)
    var mass = [[Double]](repeating: [Double](repeating: 0, count: steps + 1), count: tails.count)
    var below = mass
    var beyond = mass
    for k in 0..<count {
      let b = from + Double(k) * self.step
      for (t, tail) in tails.enumerated() {
        var upper = tail(b + hw / 2)
        for w in 0...steps {
          let lower = tail(b - (Double(w) + 0.5) * hw)
          mass[t][w] = (lower - upper) * (w == 0 ? 0.5 : 1)
          upper = lower
          beyond[t][w] = tail(b + Double(w) * hw)
          if powers > 1 { below[t][w] = tail(b - Double(w) * hw) }
        }
      }
      if equal {
        for p in 0..<powers {
          var sum = 0.0
          var previous = 0.0
          for w in 0...steps {
            var term = mass[0][w]
            for _ in 0..<p { term *= below[0][w] }
            for _ in 0..<half { term *= beyond[0][w] }
            sum += w == 0 ? 0 : 0.5 * (previous + term)
            if w == 0 { term *= 2 }  // the first half cell counts once in the trapezium
            previous = term
            if w % parts == 0 { tables[0][p][k * edges + w / parts] = sum }
          }
        }
      } else {
        // Four exposures: for the one that is the minimum, the sum over the one below the height.
        for i in 0..<n {
          for j in 0..<n where j != i {
            var sum = 0.0
            var previous = 0.0
            for w in 0...steps {
              var term = mass[kind[j]][w]
              for k in 0..<n where k != i && k != j { term *= beyond[kind[k]][w] }
              sum += w == 0 ? 0 : 0.5 * (previous + term)
              if w == 0 { term *= 2 }
              previous = term
              if w % parts == 0 { tables[i][0][k * edges + w / parts] += sum }
            }
          }
        }
      }
    }
    self.tables = tables
  }

  func value(_ exposure: Int, at b: Double, row: Int, atMinimum: Double) -> Double {
    let position = min(max((b - from) / step, 0), Double(count - 1) - 1e-9)
    let k = Int(position)
    let t = position - Double(k)
    var sum = 0.0
    let powers = tables[equal ? 0 : exposure]
    for (p, table) in powers.enumerated() {
      let j = (1 - t) * table[k * edges + row] + t * table[(k + 1) * edges + row]
      guard equal else { return j }
      var term = binomials[p] * j
      for _ in 0..<powers.count - 1 - p { term *= atMinimum }
      sum += term
    }
    return sum
  }

  private static func binomial(_ n: Int, _ k: Int) -> Double {
    guard k >= 0, k <= n else { return 0 }
    var value = 1.0
    for i in 0..<k { value = value * Double(n - i) / Double(i + 1) }
    return value
  }
}
