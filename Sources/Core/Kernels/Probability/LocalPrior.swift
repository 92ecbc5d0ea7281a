/// What the neighbours of a pixel say about it: the best of several predictions, and how good it is nearby.
struct LocalPrior {
  /// Predicted clean mean [ADU].
  let prediction: Plane<Float>
  /// Standard deviation of the prediction's residuals nearby [ADU].
  let deviation: Plane<Float>

  /// - Parameters:
  ///   - mean: clean mean [ADU].
  ///   - empty: pixels whose mean is made up; they say nothing, nor do predictions made with them.
  ///   - box: side of the neighbourhood that chooses [pixel], odd.
  init(_ mean: Plane<Float>, empty: Mask?, noise: PixelNoise, box: Int, work: Work) throws {
    let (width, height) = (mean.width, mean.height)
    var scale = try mean.map { max($0, 0) }.mean3x3(work: work)
    try scale.pixels.withUnsafeMutableBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      let scale = SharedPointer(base)
      try work.forTiles(pixels.count, size: 65536) { tile in
        for i in tile {
          let (perSignal, readout) = noise.at(i)
          scale.base[i] = (scale.base[i] * perSignal + readout).squareRoot()
        }
      }
    }
    let scales = scale
    let reach = box / 2
    let pad = 3
    let counted = try empty.map {
      try CountedPixels(empty: $0.dilated(times: 2, work: work), reach: reach, work: work)
    }
    var best = Plane<Float>(width: width, height: height, repeating: 0)
    let deviations = try best.pixels.withUnsafeMutableBufferPointer { best -> Plane<Float> in
      guard let base = best.baseAddress else { return mean }
      let predictions = SharedPointer(base)
      return try Plane(width: width, height: height) { out in
        guard let base = out.baseAddress else { return }
        let deviations = SharedPointer(base)
        try work.forTiles(height, size: 48) { tile in
          let strip = PredictionStrip(
            mean, scales, counted: counted, rows: tile, reach: reach, pad: pad)
          strip.choose(into: predictions.base, deviations: deviations.base)
        }
      }
    }
    (prediction, deviation) = (best, deviations)
  }
}

/// Pixels whose predictions are compared with their values where others are made up.
private struct CountedPixels: Sendable {
  /// 1 where a pixel counts.
  let weights: Plane<Float>
  /// How many pixels of the box around each count.
  let areas: Plane<Float>

  init(empty: Mask, reach: Int, work: Work) throws {
    let (width, height, shape) = (empty.width, empty.height, empty.shape)
    let weights = try empty.plane.pixels.withUnsafeBufferPointer { empty in
      nonisolated(unsafe) let empty = empty
      return try Plane<Float>.byRows(shape, work: work) { y, row in
        for x in 0..<width { row[x] = empty[y * width + x] == 0 ? 1 : 0 }
      }
    }
    // Whole numbers: sums are exact whatever their order.
    let across = try weights.pixels.withUnsafeBufferPointer { weights in
      nonisolated(unsafe) let weights = weights
      return try Plane<Float>.byRows(shape, work: work) { y, row in
        func weight(_ x: Int) -> Float { weights[y * width + PredictionStrip.reflected(x, width)] }
        var sum: Float = 0
        for k in -reach...reach { sum += weight(k) }
        row[0] = sum
        // Away from the edges nothing is reflected.
        let inner = min(width, reach + 1)..<max(min(width, reach + 1), width - reach)
        for x in 1..<max(1, inner.lowerBound) {
          sum += weight(x + reach) - weight(x - reach - 1)
          row[x] = sum
        }
        for x in inner {
          sum += weights[y * width + x + reach] - weights[y * width + x - reach - 1]
          row[x] = sum
        }
        for x in max(1, inner.upperBound)..<max(1, inner.upperBound, width) {
          sum += weight(x + reach) - weight(x - reach - 1)
          row[x] = sum
        }
      }
    }
    areas = try across.pixels.withUnsafeBufferPointer { across in
      nonisolated(unsafe) let across = across
      return try Plane<Float>.byRows(shape, work: work) { y, row in
        for x in 0..<width { row[x] = 0 }
        for k in y - reach...y + reach {
          let start = PredictionStrip.reflected(k, height) * width
          for x in 0..<width { row[x] += across[start + x] }
        }
      }
    }
    self.weights = weights
  }
}

/// Some rows of an image with what surrounds them.
private struct PredictionStrip {
  private let mean: Plane<Float>
  private let scale: Plane<Float>
  private let counted: CountedPixels?
  private let rows: Range<Int>
  private let reach: Int
  private let pad: Int

  init(
    _ mean: Plane<Float>, _ scale: Plane<Float>, counted: CountedPixels?, rows: Range<Int>, reach: Int,
    pad: Int
  ) {
    (self.mean, self.scale, self.counted) = (mean, scale, counted)
    (self.rows, self.reach, self.pad) = (rows, reach, pad)
  }

  /// Row or column mirrored at the edge pixel, which is not repeated.
  private static func mirrored(_ k: Int, _ count: Int) -> Int {
    if count == 1 { return 0 }
    let period = 2 * (count - 1)
    let place = ((k % period) + period) % period
    return place < count ? place : period - place
  }

  /// Row or column mirrored with the edge pixel repeated.
  static func reflected(_ k: Int, _ count: Int) -> Int {
    let period = 2 * count
    let place = ((k % period) + period) % period
    return place < count ? place : period - 1 - place
  }

  private static let predictors = 9

  /// Prediction number `p` of a run of pixels from their neighbours.
  ///
  /// - Parameter mean: of the two neighbours so many columns and rows away, on either side.
  @inline(__always)
  private static func prediction(_ p: Int, _ mean: (Int, Int) -> Lanes) -> Lanes {
    switch p {
    case 0: mean(1, 0)
    case 1: mean(0, 1)
    case 2: (mean(1, 0) + mean(2, 0)) * 0.5
    case 3: (mean(0, 1) + mean(0, 2)) * 0.5
    case 4: (mean(1, 0) + mean(0, 1)) * 0.5
    case 5: (4 * mean(1, 0) - mean(2, 0)) * (1 / 3)
    case 6: (4 * mean(0, 1) - mean(0, 2)) * (1 / 3)
    case 7: mean(1, 0) + mean(0, 1) - (mean(1, 1) + mean(-1, 1)) * 0.5
    default: (mean(1, 0) + mean(0, 1) + 2 * ((mean(1, 1) + mean(-1, 1)) * 0.5)) * 0.25
    }
  }

  func choose(into predictions: UnsafeMutablePointer<Float>, deviations: UnsafeMutablePointer<Float>) {
    let (width, height) = (mean.width, mean.height)
    // Squared residuals are needed `reach` rows beyond the tile, where they are reflected at the image's edge.
    let first = max(0, rows.lowerBound - reach)
    let last = min(height, rows.upperBound + reach)
    let count = last - first
    let stride = width + 2 * pad + 8
    let inner = width + 2 * reach + 16
    withUnsafeTemporaryAllocation(of: Float.self, capacity: (count + 4) * stride) { padded in
      withUnsafeTemporaryAllocation(
        of: Float.self, capacity: 2 * count * inner + inner + rows.count * width
      ) {
        memory in
        guard let source = padded.baseAddress, let residuals = memory.baseAddress else { return }
        let values = residuals + count * inner
        let column = values + count * inner
        let least = column + inner
        fill(source, stride, from: first - 2, count: count + 4)
        for k in 0..<rows.count * width { least[k] = .infinity }
        for p in 0..<Self.predictors {
          for r in 0..<count {
            squares(
              p, source + (r + 2) * stride + pad, stride, first + r, residuals + r * inner, values + r * inner
            )
          }
          for y in rows {
            let own = (y - rows.lowerBound) * width
            slide(residuals, inner, to: y, first, column)
            keepBetter(
              column, values + (y - first) * inner, least + own, into: predictions + y * width)
          }
        }
        let area = Float((2 * reach + 1) * (2 * reach + 1))
        for y in rows {
          for x in 0..<width {
            let i = y * width + x
            // Without any comparison the prediction means nothing.
            let area = counted?.areas.pixels[i] ?? area
            deviations[i] =
              area <= 0
              ? .infinity : (least[(y - rows.lowerBound) * width + x] / area).squareRoot() * scale.pixels[i]
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
      mean.pixels.withUnsafeBufferPointer { mean in
        for x in -pad..<0 { line[x + pad] = mean[row + Self.mirrored(x, width)] }
        for x in 0..<width { line[x + pad] = mean[row + x] }
        for x in width..<width + pad + 8 { line[x + pad] = mean[row + Self.mirrored(x, width)] }
      }
    }
  }

  /// The deviations of up to eight pixels, 1 behind the last one.
  @inline(__always)
  private func deviations(_ scale: UnsafeBufferPointer<Float>, _ i: Int, _ count: Int) -> Lanes {
    if count >= 8, let base = scale.baseAddress { return base.lanes(i) }
    var lanes = Lanes(repeating: 1)
    for k in 0..<min(8, count) { lanes[k] = scale[i + k] }
    return lanes
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
        let value = Self.prediction(p) { dx, dy in
          ((line + (dy * stride + dx)).lanes(x) + (line - (dy * stride + dx)).lanes(x)) * 0.5
        }
        values.setLanes(x, value)
        let residual = (line.lanes(x) - value) / deviations(scale, y * width + x, width - x)
        var square = residual * residual
        square.replace(with: 25, where: square .> 25)
        if let counted {
          square *= counted.weights.pixels.withUnsafeBufferPointer {
            deviations($0, y * width + x, width - x)
          }
        }
        residuals.setLanes(x + reach, square)
        x += 8
      }
    }
    for k in 1...max(1, reach) where reach > 0 {
      residuals[reach - k] = residuals[reach + Self.reflected(-k, width)]
      residuals[reach + width - 1 + k] = residuals[reach + Self.reflected(width - 1 + k, width)]
    }
  }

  /// Sums of the columns of the box around row `y`: the new row comes in, the old one goes out.
  private func slide(
    _ residuals: UnsafeMutablePointer<Float>, _ inner: Int, to y: Int, _ first: Int,
    _ sums: UnsafeMutablePointer<Float>
  ) {
    func line(_ row: Int) -> UnsafeMutablePointer<Float> {
      residuals + (Self.reflected(row, mean.height) - first) * inner
    }
    let lanes = (mean.width + 2 * reach + 7) / 8
    // Every eighth row begins anew, so that rounding errors do not gather.
    if (y - rows.lowerBound) % 8 == 0 {
      for x in 0..<lanes { sums.setLanes(8 * x, .zero) }
      for dy in -reach...reach {
        let new = line(y + dy)
        for x in 0..<lanes { sums.setLanes(8 * x, sums.lanes(8 * x) + new.lanes(8 * x)) }
      }
    } else {
      let (new, old) = (line(y + reach), line(y - reach - 1))
      for x in 0..<lanes {
        sums.setLanes(8 * x, sums.lanes(8 * x) + (new.lanes(8 * x) - old.lanes(8 * x)))
      }
    }
  }

  /// Takes a predictor's values where its residuals are smaller than those of the others so far.
  private func keepBetter(
    _ sums: UnsafeMutablePointer<Float>, _ values: UnsafeMutablePointer<Float>,
    _ least: UnsafeMutablePointer<Float>, into predictions: UnsafeMutablePointer<Float>
  ) {
    let (width, size) = (mean.width, 2 * reach + 1)
    func box(_ x: Int) -> Lanes {
      var sum = sums.lanes(x)
      for dx in 1..<size { sum += sums.lanes(x + dx) }
      return sum
    }
    var x = 0
    while x + 8 <= width {
      let new = box(x)
      let old = least.lanes(x)
      let isBetter = new .< old
      least.setLanes(x, old.replacing(with: new, where: isBetter))
      predictions.setLanes(x, predictions.lanes(x).replacing(with: values.lanes(x), where: isBetter))
      x += 8
    }
    guard x < width else { return }
    let new = box(x)
    for k in 0..<width - x where new[k] < least[x + k] {
      least[x + k] = new[k]
      predictions[x + k] = values[x + k]
    }
  }
}
