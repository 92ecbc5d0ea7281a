import Glibc

/// Where the VARIANCE of a combination comes from.
package enum VarianceSource: String, Sendable, CaseIterable {
  /// The exposures' own errors, else gain and readout noise, else the scatter of five values or more.
  case noise
  /// The scatter of the values that were used.
  case scatter
  /// The scatter of single exposures, 0 where a value was replaced, as numina 0.36 writes it.
  case numina
}

/// How far order statistics of normal values lie from the truth: mean squares in units of the variance of one value.
package enum OrderNoise {
  /// The variance of a median of `count` values over that of their mean.
  package static func medianFactor(_ count: Int) -> Double {
    switch count {
    case ...2: 1
    case 3: 1.35
    case 4: 1.19
    case 5: 1.43
    case 6: 1.29
    case 7: 1.47
    default: .pi / 2
    }
  }

  /// Mean square of the median of `count` values of which the `hits` largest are not noise.
  static func median(of count: Int, hits: Int) -> Double {
    guard hits > 0, count > 1 else { return medianFactor(count) / Double(max(1, count)) }
    let clean = max(1, count - hits)
    let (low, high) = (min((count - 1) / 2, clean - 1), min(count / 2, clean - 1))
    let squares = 0.5 * (square(rank: low, of: clean) + square(rank: high, of: clean))
    // The mean of two values that know of each other.
    return low == high ? squares : 0.5 * (squares + product(rank: low, of: clean))
  }

  /// The common variance with which the median of normal values scatters as it does with the variances of each.
  ///
  /// The scatter of a median is one over the density of the values at its place. Wide values add little density, so that
  /// the median keeps to the narrow ones, but no value adds more than over the width of the median itself: hence the sum
  /// of 1/sqrt(s^2 + v), v the variance of the median, found by iteration. Right to 7 % of the deviation for 3 to 7
  /// values whose deviations differ up to five times.
  /// - Parameter variances: above 0, at least one.
  static func central(_ variances: UnsafeMutableBufferPointer<Float>) -> Float {
    guard let first = variances.first, variances.contains(where: { $0 != first }) else {
      return variances.first ?? .nan
    }
    let count = Float(variances.count)
    if variances.count == 2 { return (variances[0] + variances[1]) / 2 }
    let own = Float(medianFactor(variances.count)) / count
    var found = first
    for step in 0..<7 {
      var density: Float = 0
      for square in variances { density += 1 / (square + (step == 0 ? 0 : own * found)).squareRoot() }
      let middle = count / density
      found = middle * middle / (step == 0 ? 1 : 1 + own)
    }
    return found
  }

  /// Mean square of the smallest of `count` values, its bias included.
  static func minimum(of count: Int) -> Double { square(rank: 0, of: max(1, count)) }

  /// Mean square of the value of a rank, from 0: the integral of x^2 over the density of the order statistic.
  private static func square(rank: Int, of count: Int) -> Double {
    if rank < table.count, count <= table.count { return table[count - 1][rank] }
    // Quantile of many values.
    let p = (Double(rank) + 0.625) / (Double(count) + 0.25)
    let z = NoiseTail.normalQuantile(p)
    let density = 0.3989422804014327 * exp(-z * z / 2)
    return z * z + p * (1 - p) / (Double(count) * density * density)
  }

  /// Mean product of the values of a rank, from 0, and of the next one.
  private static func product(rank: Int, of count: Int) -> Double {
    if count <= products.count { return products[count - 1][rank] }
    // Of many values neighbours hardly differ.
    return 0.5 * (square(rank: rank, of: count) + square(rank: rank + 1, of: count))
  }

  private static let products: [[Double]] = (1...16).map { count in
    (0..<count - 1).map { integral(rank: $0, andNextOf: count) }
  }

  private static func integral(rank: Int, andNextOf count: Int) -> Double {
    let above = count - rank - 2
    var choose = Double(count * (count - 1))
    for k in 0..<rank { choose *= Double(count - 2 - k) / Double(k + 1) }
    let step = 0.02
    var (below, sum) = (0.0, 0.0)
    for k in -350...350 {
      let x = Double(k) * step
      let tail = NoiseTail.upperTail(x)
      let density = 0.3989422804014327 * exp(-x * x / 2) * x * step
      var (low, high) = (density, density)
      for _ in 0..<rank { low *= 1 - tail }
      for _ in 0..<above { high *= tail }
      sum += high * (below + 0.5 * low)
      below += low
    }
    return choose * sum
  }

  private static let table: [[Double]] = (1...16).map { count in
    (0..<count).map { integral(rank: $0, of: count) }
  }

  private static func integral(rank: Int, of count: Int) -> Double {
    var choose = Double(count)
    for k in 0..<rank { choose *= Double(count - 1 - k) / Double(k + 1) }
    let step = 0.02
    var sum = 0.0
    for k in -350...350 {
      let x = Double(k) * step
      let above = NoiseTail.upperTail(x)
      var term = 0.3989422804014327 * exp(-x * x / 2) * x * x
      for _ in 0..<rank { term *= 1 - above }
      for _ in 0..<count - 1 - rank { term *= above }
      sum += term
    }
    return choose * sum * step
  }
}
