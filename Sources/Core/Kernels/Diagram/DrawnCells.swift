import Glibc

/// Median and minimum of exposures that expect very different levels, from evenly spread draws of their noise.
///
/// The cells of such pixels are many (their width is that of the smallest noise, their range that of the levels), and their
/// sums take seconds for each set of levels. A draw for each of `draws` parts of a pixel is as good there: the levels decide
/// where median and minimum lie, and the noise is small beside a bin. The draws follow the sequence of M. Roberts (2018,
/// "The unreasonable effectiveness of quasirandom sequences"), so the result is the same each time.
struct DrawnCells: Sendable {
  let bins: DiagramBins
  /// Gain [electron/ADU] and readout noise [ADU] of each exposure.
  let detectors: [(gain: Double, readoutNoise: Double)]

  /// Draws for each pixel, and at least and at most for one set of levels.
  private static let draws = 64.0
  private static let most = 65_536.0

  /// Operations that exact cells may take, and how many more for each pixel that they serve.
  private static let affordable = (set: 3e5, pixel: 3e4)

  /// Whether the exact cells of these expectations cost too much for so many pixels.
  /// - Parameters:
  ///   - lambdas: expectation of each exposure [ADU].
  ///   - weight: pixels that have these expectations.
  func areCheaper(than lambdas: [Double], weight: Double) -> Bool {
    let n = lambdas.count
    guard n > 2, lambdas.contains(where: { $0 != lambdas[0] }) else { return false }
    let sigmas = self.sigmas(lambdas)
    let (smallest, largest) = (sigmas.min() ?? 1, sigmas.max() ?? 1)
    let last = Double(Diagram.bins)
    let xWidth = (bins.xEdges[Diagram.bins] - bins.xEdges[0]) / last
    let yWidth = bins.yEdges[Diagram.bins] / last
    let range = 13 * largest + (lambdas.max() ?? 0) - (lambdas.min() ?? 0)
    let cells = min(range, xWidth * last) / min(xWidth, ExactCells.resolution * smallest)
    let rows = min(last, range / yWidth) + 1
    var operations = cells * rows * Double(n * n * max(1, (n - 1) / 2))
    // The table of an even number's median: 400 heights, twelve pairs of its exposures.
    if n % 2 == 0 { operations += 4800 * rows * max(1, yWidth / (ExactCells.resolution * smallest)) * 2 }
    return operations > Self.affordable.set + Self.affordable.pixel * abs(weight)
  }

  /// Adds the pixels of these expectations to the counts of a diagram, row by row.
  /// - Parameters:
  ///   - lambdas: expectation of each exposure [ADU], at least 3.
  ///   - weight: pixels that have these expectations; cubic weights may be negative.
  func add(_ lambdas: [Double], weight: Double, to total: inout [Double]) {
    let (n, sigmas) = (lambdas.count, self.sigmas(lambdas))
    let skews = lambdas.indices.map { k in
      let gain = detectors[detectors.count == 1 ? 0 : k].gain
      return max(0, lambdas[k]) / (gain * gain) / (sigmas[k] * sigmas[k] * sigmas[k])
    }
    let count = Int(max(Self.draws, min(Self.most, (Self.draws * abs(weight)).rounded(.up))))
    let steps = Self.steps(n)
    let last = Double(Diagram.bins)
    let (x0, columns) = (bins.xEdges[0], last / (bins.xEdges[Diagram.bins] - bins.xEdges[0]))
    let rows = last / bins.yEdges[Diagram.bins]
    let share = weight / Double(count)
    var values = [Double](repeating: 0, count: n)
    for draw in 0..<count {
      for k in 0..<n {
        let part = 0.5 + Double(draw) * steps[k]
        let z = Self.normal[Int((part - part.rounded(.down)) * Double(Self.normal.count))]
        values[k] = lambdas[k] + sigmas[k] * (z + skews[k] / 6 * (z * z - 1))
      }
      values.sort()
      let median = n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2
      let (column, row) = ((values[0] - x0) * columns, (median - values[0]) * rows)
      if column >= 0, column < last, row < last { total[Int(row) * Diagram.bins + Int(column)] += share }
    }
  }

  private func sigmas(_ lambdas: [Double]) -> [Double] {
    lambdas.indices.map { k in
      let (gain, readoutNoise) = detectors[detectors.count == 1 ? 0 : k]
      return (max(0, lambdas[k]) / gain + readoutNoise * readoutNoise).squareRoot()
    }
  }

  /// Powers of 1 / phi, where phi^(n + 1) = phi + 1.
  private static func steps(_ n: Int) -> [Double] {
    var phi = 2.0
    for _ in 0..<40 { phi = pow(1 + phi, 1 / Double(n + 1)) }
    return (1...n).map { pow(1 / phi, Double($0)) }
  }

  /// Normal values of 4096 equal parts.
  private static let normal: [Double] = (0..<4096).map { NoiseTail.normalQuantile((Double($0) + 0.5) / 4096) }
}
