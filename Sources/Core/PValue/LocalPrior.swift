/// What the neighbours of a pixel say about it: the best of several predictions, and how good it is nearby.
struct LocalPrior {
  /// Predicted clean mean [ADU].
  let prediction: Plane<Float>
  /// Standard deviation of the prediction's residuals nearby [ADU].
  let deviation: Plane<Float>

  /// - Parameters:
  ///   - mean: clean mean [ADU].
  ///   - box: side of the neighbourhood that chooses [pixel], odd.
  init(_ mean: Plane<Float>, noise: PixelNoise, box: Int, work: Work) throws {
    let (width, height) = (mean.width, mean.height)
    let smooth = try mean.map { max($0, 0) }.mean3x3(work: work)
    let scale = try Plane<Float>.byRows(mean.shape, work: work) { y, row in
      for x in 0..<width {
        let (perSignal, readout) = noise.at(y * width + x)
        row[x] = (smooth.pixels[y * width + x] * perSignal + readout).squareRoot()
      }
    }
    let reach = box / 2
    let pad = 3
    var best = Plane<Float>(width: width, height: height, repeating: 0)
    let deviations = try best.pixels.withUnsafeMutableBufferPointer { best -> Plane<Float> in
      guard let base = best.baseAddress else { return mean }
      let predictions = SharedPointer(base)
      return try Plane(width: width, height: height) { out in
        guard let base = out.baseAddress else { return }
        let deviations = SharedPointer(base)
        try work.forTiles(height, size: 48) { tile in
          let strip = PredictionStrip(mean, scale, rows: tile, reach: reach, pad: pad)
          strip.choose(into: predictions.base, deviations: deviations.base)
        }
      }
    }
    (prediction, deviation) = (best, deviations)
  }
}

/// Some rows of an image with what surrounds them.
private struct PredictionStrip {
  private let mean: Plane<Float>
  private let scale: Plane<Float>
  private let rows: Range<Int>
  private let reach: Int
  private let pad: Int

  init(_ mean: Plane<Float>, _ scale: Plane<Float>, rows: Range<Int>, reach: Int, pad: Int) {
    (self.mean, self.scale, self.rows, self.reach, self.pad) = (mean, scale, rows, reach, pad)
  }

  /// Row or column mirrored at the edge pixel, which is not repeated.
  private static func mirrored(_ k: Int, _ count: Int) -> Int {
    if count == 1 { return 0 }
    let period = 2 * (count - 1)
    let place = ((k % period) + period) % period
    return place < count ? place : period - place
  }

  /// Row or column mirrored with the edge pixel repeated.
  private static func reflected(_ k: Int, _ count: Int) -> Int {
    let period = 2 * count
    let place = ((k % period) + period) % period
    return place < count ? place : period - 1 - place
  }

  private static let predictors = 9

  /// Prediction number `p` of a run of pixels from their neighbours' sums.
  @inline(__always)
  private static func prediction(
    _ p: Int, _ h1: SIMD8<Float>, _ v1: SIMD8<Float>, _ h2: SIMD8<Float>, _ v2: SIMD8<Float>,
    _ d: SIMD8<Float>
  ) -> SIMD8<Float> {
    switch p {
    case 0: h1
    case 1: v1
    case 2: (h1 + h2) * 0.5
    case 3: (v1 + v2) * 0.5
    case 4: (h1 + v1) * 0.5
    case 5: (4 * h1 - h2) * (1 / 3)
    case 6: (4 * v1 - v2) * (1 / 3)
    case 7: h1 + v1 - d
    default: (h1 + v1 + 2 * d) * 0.25
    }
  }

  func choose(into predictions: UnsafeMutablePointer<Float>, deviations: UnsafeMutablePointer<Float>) {
    let (width, height) = (mean.width, mean.height)
    // Squared residuals are needed `reach` rows beyond the tile, where they are reflected at the image's edge.
    let first = max(0, rows.lowerBound - reach)
    let last = min(height, rows.upperBound + reach)
    let count = last - first
    let stride = width + 2 * pad + 8
    let inner = width + 2 * reach + 8
    withUnsafeTemporaryAllocation(of: Float.self, capacity: (count + 4) * stride) { padded in
      withUnsafeTemporaryAllocation(
        of: Float.self, capacity: 2 * count * inner + 2 * inner + rows.count * width
      ) {
        memory in
        guard let source = padded.baseAddress, let residuals = memory.baseAddress else { return }
        let values = residuals + count * inner
        let column = values + count * inner
        let least = column + 2 * inner
        fill(source, stride, from: first - 2, count: count + 4)
        for k in 0..<rows.count * width { least[k] = .infinity }
        for p in 0..<Self.predictors {
          for r in 0..<count {
            squares(
              p, source + (r + 2) * stride + pad, stride, first + r, residuals + r * inner, values + r * inner
            )
          }
          for y in rows {
            sum(residuals, inner, y, first, column)
            let target = y * width
            let own = (y - rows.lowerBound) * width
            let value = values + (y - first) * inner
            for x in 0..<width where column[x] < least[own + x] {
              least[own + x] = column[x]
              predictions[target + x] = value[x]
            }
          }
        }
        let area = Float((2 * reach + 1) * (2 * reach + 1))
        for y in rows {
          for x in 0..<width {
            let i = y * width + x
            deviations[i] = (least[(y - rows.lowerBound) * width + x] / area).squareRoot() * scale.pixels[i]
          }
        }
      }
    }
  }

  /// Copies rows with mirrored edges.
  private func fill(_ target: UnsafeMutablePointer<Float>, _ stride: Int, from first: Int, count: Int) {
    let (width, height) = (mean.width, mean.height)
    for r in 0..<count {
      let row = Self.mirrored(first + r, height) * width
      let line = target + r * stride
      for x in -pad..<width + pad + 8 { line[x + pad] = mean.pixels[row + Self.mirrored(x, width)] }
    }
  }

  /// Predictions of a row and their squared residuals in units of the noise, at most 25.
  private func squares(
    _ p: Int, _ row: UnsafeMutablePointer<Float>, _ stride: Int, _ y: Int,
    _ residuals: UnsafeMutablePointer<Float>,
    _ values: UnsafeMutablePointer<Float>
  ) {
    let width = mean.width
    let line = UnsafePointer(row)
    scale.pixels.withUnsafeBufferPointer { scale in
      var x = 0
      while x < width {
        func sum(_ dx: Int, _ dy: Int) -> SIMD8<Float> {
          ((line + (dy * stride + dx)).lanes(x) + (line - (dy * stride + dx)).lanes(x)) * 0.5
        }
        let value = Self.prediction(
          p, sum(1, 0), sum(0, 1), sum(2, 0), sum(0, 2), (sum(1, 1) + sum(-1, 1)) * 0.5)
        values.setLanes(x, value)
        let lanes = min(8, width - x)
        var deviation = SIMD8<Float>(repeating: 1)
        for k in 0..<lanes { deviation[k] = scale[y * width + x + k] }
        let residual = (line.lanes(x) - value) / deviation
        let square = residual * residual
        residuals.setLanes(x + reach, square.replacing(with: 25, where: square .> 25))
        x += 8
      }
    }
    for k in 1...max(1, reach) where reach > 0 {
      residuals[reach - k] = residuals[reach + Self.reflected(-k, width)]
      residuals[reach + width - 1 + k] = residuals[reach + Self.reflected(width - 1 + k, width)]
    }
  }

  /// Sums of the box around each pixel of a row; `column` takes them, with room for the sums of columns behind.
  private func sum(
    _ residuals: UnsafeMutablePointer<Float>, _ inner: Int, _ y: Int, _ first: Int,
    _ column: UnsafeMutablePointer<Float>
  ) {
    let width = mean.width
    let sums = column + inner
    let total = width + 2 * reach
    for x in 0..<total { sums[x] = 0 }
    for dy in -reach...reach {
      let line = residuals + (Self.reflected(y + dy, mean.height) - first) * inner
      for x in 0..<total { sums[x] += line[x] }
    }
    for x in 0..<width { column[x] = sums[x] }
    for dx in 1...max(1, 2 * reach) where reach > 0 {
      for x in 0..<width { column[x] += sums[x + dx] }
    }
  }
}
