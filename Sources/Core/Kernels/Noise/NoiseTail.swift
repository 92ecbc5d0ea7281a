import Glibc

/// The tail of Poisson plus Gaussian noise: S(x) = P(Poisson(lambda g) / g + N(0, v) > x).
package enum NoiseTail {
  /// The z with S(x) = Phi(-z).
  ///
  /// - Parameters:
  ///   - lambda: expectation [ADU], floored at 1e-6.
  ///   - variance: of the readout noise [ADU^2], > 0.
  ///   - gain: [electron/ADU].
  package static func z(_ x: Double, lambda: Double, variance: Double, gain: Double) -> Double {
    let lambda = max(lambda, 1e-6)
    var t = (x - lambda) / (lambda / gain + variance)
    if x > lambda { t = min(t, gain * log(x / lambda)) }
    var tilt = exp(t / gain)
    for _ in 0..<50 {
      let curvature = lambda * tilt / gain + variance
      let step = (lambda * tilt + variance * t - x) / curvature
      t -= step
      tilt = exp(t / gain)
      if abs(step) <= 1e-12 * (1 + abs(t)) { break }
    }
    let curvature = lambda * tilt / gain + variance
    let cumulant = gain * lambda * expm1(t / gain) + variance * t * t / 2
    let u = (t < 0 ? -1.0 : 1.0) * (2 * max(0, t * x - cumulant)).squareRoot()
    guard abs(u) >= 1e-3 else {
      return u + lambda * tilt / (6 * gain * gain * curvature * curvature.squareRoot())
    }
    return u + log(t * curvature.squareRoot() / u) / u
  }

  /// The upper tail of the normal distribution, S = Phi(-z).
  package static func upperTail(_ z: Double) -> Double { 0.5 * erfc(z * 0.7071067811865476) }

  /// The normal value below which the fraction `p`, between 0 and 1, lies, by bisection.
  static func normalQuantile(_ p: Double) -> Double {
    var (low, high) = (-8.0, 8.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if 1 - upperTail(middle) < p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// Phi(-z) by cubic interpolation in a table, to about 1e-6 of its value for |z| below 13.
struct NormalTailTable: Sendable {
  private let values: [SIMD2<Double>]  // the function and its slope times the step
  private static let low = -9.5
  private static let high = 17.0
  private static let scale = 100.0

  static let shared = NormalTailTable()

  private init() {
    let count = Int((Self.high - Self.low) * Self.scale) + 2
    values = (0..<count).map { k in
      let z = Self.low + Double(k) / Self.scale
      return SIMD2(NoiseTail.upperTail(z), -exp(-z * z / 2) * 0.3989422804014327 / Self.scale)
    }
  }

  @inline(__always)
  func callAsFunction(_ z: Double) -> Double {
    if z >= Self.high { return 0 }
    let position = max(0, (z - Self.low) * Self.scale)
    let k = Int(position)
    let t = position - Double(k)
    return values.withUnsafeBufferPointer { values in
      let (a, b) = (values[k], values[k + 1])
      let difference = b[0] - a[0]
      let c2 = 3 * difference - 2 * a[1] - b[1]
      let c3 = a[1] + b[1] - 2 * difference
      return a[0] + t * (a[1] + t * (c2 + t * c3))
    }
  }
}

/// Tails for all expectations of one detector, from tables on a grid of expectations.
///
/// The grid is equidistant in u = 2 sqrt(g) [sqrt(lambda + g r^2) - sqrt(g r^2)], in which one unit is about
/// one sigma; between its nodes tables are interpolated by cubics.
struct NoiseTailFamily: Sendable {
  /// Step of the standardised abscissa (x - lambda) / sigma, and its range.
  static let step = 0.05
  static let low = -9.0
  static let high = 16.0
  private static let entries = Int((high - low) / step + 0.5) + 1

  let gain: Double
  let readoutNoise: Double
  /// Distance of nodes in u.
  let delta: Double
  /// Number of nodes.
  let nodes: Int
  private let tables: [[Double]]

  /// Expectations up to 1e8 electrons and more.
  private static let mostNodes = 1e5

  /// - Parameters:
  ///   - largest: largest expectation needed [ADU].
  ///   - readoutNoise: [ADU], > 0.
  /// - Throws: `CRSError`: data for values beyond all detectors; interrupted.
  init(gain: Double, readoutNoise: Double, largest: Double, delta: Double, work: Work) throws {
    self.gain = gain
    self.readoutNoise = readoutNoise
    self.delta = delta
    let floor = gain * readoutNoise * readoutNoise
    let top = 2 * gain.squareRoot() * ((max(0, largest) + floor).squareRoot() - floor.squareRoot())
    guard top / delta < Self.mostNodes else {
      throw CRSError.data(
        "the values reach \(Float(largest)) ADU, too many for the expected diagram",
        parameter: "nsimulations",
        expected: "at most 1e8 electrons", hint: "give a number of simulations instead of exact")
    }
    nodes = max(4, Int((top / delta).rounded(.up)) + 3)
    let count = nodes
    let collected = OrderedResults<[Double]>(count)
    try work.forTiles(count, size: 4) { tile in
      for k in tile {
        let lambda = NoiseTailFamily.lambda(u: Double(k) * delta, gain: gain, floor: floor)
        let variance = readoutNoise * readoutNoise
        let sigma = (lambda / gain + variance).squareRoot()
        collected.set(
          k,
          (0..<Self.entries).map { entry in
            let x = lambda + (Self.low + Double(entry) * Self.step) * sigma
            return NoiseTail.z(x, lambda: lambda, variance: variance, gain: gain)
          })
      }
    }
    tables = collected.values
  }

  private static func lambda(u: Double, gain: Double, floor: Double) -> Double {
    let root = floor.squareRoot() + u / (2 * gain.squareRoot())
    return max(0, root * root - floor)
  }

  /// What is added to an expectation before its root is taken [ADU].
  var floor: Double { gain * readoutNoise * readoutNoise }

  /// The stabilised coordinate of an expectation [ADU].
  @inline(__always)
  func u(_ lambda: Double) -> Double {
    return 2 * gain.squareRoot() * ((max(0, lambda) + floor).squareRoot() - floor.squareRoot())
  }

  func lambda(u: Double) -> Double {
    NoiseTailFamily.lambda(u: u, gain: gain, floor: gain * readoutNoise * readoutNoise)
  }

  /// The tail for one expectation [ADU].
  func tail(_ lambda: Double) -> Tail {
    let position = u(lambda) / delta
    let nearest = Int(position.rounded())
    let sigma = (max(0, lambda) / gain + readoutNoise * readoutNoise).squareRoot()
    if abs(position - Double(nearest)) < 1e-9, nearest < nodes {
      return Tail(mean: lambda, sigma: sigma, table: tables[nearest])
    }
    let j = min(max(Int(position), 1), nodes - 3)
    let t = position - Double(j)
    let weights = CubicWeights(t)
    var table = [Double](repeating: 0, count: Self.entries)
    for k in 0..<table.count {
      table[k] =
        weights[0] * tables[j - 1][k] + weights[1] * tables[j][k] + weights[2] * tables[j + 1][k]
        + weights[3] * tables[j + 2][k]
    }
    return Tail(mean: lambda, sigma: sigma, table: table)
  }

  /// The tail of one expectation as a function of x [ADU].
  struct Tail: Sendable {
    let mean: Double
    let sigma: Double
    let table: [Double]

    @inline(__always)
    func callAsFunction(_ x: Double) -> Double {
      let position = min(
        max(((x - mean) / sigma - NoiseTailFamily.low) / NoiseTailFamily.step, 0),
        Double(table.count - 1) - 1e-9)
      let k = Int(position)
      let t = position - Double(k)
      return table.withUnsafeBufferPointer { NormalTailTable.shared($0[k] + t * ($0[k + 1] - $0[k])) }
    }
  }
}

/// Cubic Lagrange weights of the four nodes around a position, `t` from the second node.
struct CubicWeights {
  private let values: SIMD4<Double>

  @inline(__always)
  init(_ t: Double) {
    values = SIMD4(
      -t * (t - 1) * (t - 2) / 6, (t + 1) * (t - 1) * (t - 2) / 2, -(t + 1) * t * (t - 2) / 2,
      (t + 1) * t * (t - 1) / 6)
  }

  @inline(__always)
  subscript(k: Int) -> Double { values[k] }
}
