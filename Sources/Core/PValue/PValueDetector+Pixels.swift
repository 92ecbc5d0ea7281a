import Foundation

extension PValueDetector {
  /// Values differ by so many standard deviations before a pixel is evaluated.
  private static let least: Float = 2.4

  /// -log10 of the probability of each pixel.
  func scores() throws -> Plane<Float> {
    let shape = exposures[0].shape
    let n = exposures.count
    let probability = PixelProbability(factors: factors, usesPrior: prior != nil)
    let tested = probability.tested
    let smallestFactor = Float(factors.min() ?? 1)
    let (noise, prior, mismatch, model) = (noise, prior, mismatch, model)
    let finite = finite
    return try withPixels(of: exposures) { sources in
      nonisolated(unsafe) let sources = sources
      return try .byRows(shape, work: work) { y, row in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * n) { memory in
          withUnsafeTemporaryAllocation(of: Int.self, capacity: n) { order in
            let values = UnsafeMutableBufferPointer(rebasing: memory[0..<n])
            let ratios = UnsafeMutableBufferPointer(rebasing: memory[n...])
            for x in 0..<shape.width {
              let i = y * shape.width + x
              row[x] = 0
              if let finite, finite.pixels[i] == 0 { continue }
              for k in 0..<n {
                let new = Double(sources[k][i])
                var place = k
                while place > 0, values[place - 1] > new {
                  values[place] = values[place - 1]
                  order[place] = order[place - 1]
                  place -= 1
                }
                values[place] = new
                order[place] = k
              }
              let (perSignal, readout) = noise.at(i)
              let below = Float(max(values[tested - 2], 0))
              let spread =
                (below * perSignal / smallestFactor + readout / (smallestFactor * smallestFactor))
                .squareRoot()
              guard Float(values[tested - 1] - values[0]) > Self.least * spread else { continue }
              let mean = model.mean.pixels[i]
              let squared = max(mean, 0) * perSignal + readout
              var surroundings = PixelProbability.Surroundings(
                prediction: 0, deviation: 1, doubt: 0,
                extraVariance: mismatch.variance * Double(mismatch.gradientSquared.pixels[i]),
                perSignal: Double(perSignal), readout: Double(readout))
              if let prior {
                let (floor, part): (Float, Float) = model.isMoved ? (0.6, 0) : (0.4, 0.5)
                let d = prior.deviation.pixels[i]
                let v = max(d * d - part * squared / Float(n), floor * floor * squared)
                surroundings.prediction = Double(prior.prediction.pixels[i])
                surroundings.deviation = Double(v).squareRoot()
                surroundings.doubt = 0.001 / Double(squared).squareRoot()
              }
              for k in 0..<n {
                ratios[k] =
                  model.isMoved
                  ? Double(max(model.references[k].pixels[i], 1) / max(mean, 1)) : 1
              }
              row[x] = Float(
                -probability.log10(values: values, exposures: order, ratios: ratios, at: surroundings))
            }
          }
        }
      }
    }
  }

  /// The fraction of all values that stand out of the clean mean by 5 standard deviations.
  func hitFraction() throws -> Double {
    let shape = exposures[0].shape
    let smallestFactor = Float(factors.min() ?? 1)
    let steep = Float(mismatch.variance.squareRoot())
    var counts = [Int](repeating: 0, count: shape.height)
    let (noise, exposures, mismatch, model) = (noise, exposures, mismatch, model)
    try counts.withUnsafeMutableBufferPointer { counts in
      guard let base = counts.baseAddress else { return }
      let rows = SharedPointer(base)
      try work.forTiles(shape.height, size: 16) { tile in
        for y in tile {
          var count = 0
          for i in y * shape.width..<(y + 1) * shape.width {
            let (perSignal, readout) = noise.at(i)
            let gradient = 3 * steep * mismatch.gradientSquared.pixels[i].squareRoot()
            for (k, exposure) in exposures.enumerated() {
              let level = model.reference(k).pixels[i] + gradient
              let sigma = (max(level, 0) * perSignal + readout / (smallestFactor * smallestFactor))
                .squareRoot()
              if exposure.pixels[i] - level > 5 * sigma { count += 1 }
            }
          }
          rows.base[y] = count
        }
      }
    }
    return Double(counts.reduce(0, +)) / Double(max(1, shape.count * exposures.count))
  }

  /// Pixels that the criteria allow to be flagged.
  func eligible(_ allowed: Mask?, _ smallest: Double, _ largest: Double, tested: Int) throws -> Mask {
    let shape = exposures[0].shape
    let n = exposures.count
    var out = Mask(shape: shape)
    let (noise, exposures) = (noise, exposures)
    try out.plane.pixels.withUnsafeMutableBufferPointer { out in
      guard let base = out.baseAddress else { return }
      let flags = SharedPointer(base)
      try work.forTiles(shape.height, size: 16) { tile in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: n) { values in
          for i in tile.lowerBound * shape.width..<tile.upperBound * shape.width {
            for k in 0..<n {
              let new = exposures[k].pixels[i]
              var place = k
              while place > 0, values[place - 1] > new {
                values[place] = values[place - 1]
                place -= 1
              }
              values[place] = new
            }
            let readout = Double(noise.at(i).readout).squareRoot()
            let isAllowed =
              Double(values[tested - 1] - values[0]) > smallest && Double(values[n - 1]) > largest * readout
              && allowed.map { $0.plane.pixels[i] != 0 } ?? true
            flags.base[i] = isAllowed ? 1 : 0
          }
        }
      }
    }
    return out
  }

  /// Pixels of a mask whose score exceeds a limit.
  func flags(_ score: Plane<Float>, above limit: Double, _ among: Mask) throws -> Mask {
    var out = among
    let limit = Float(limit)
    for i in 0..<score.count where score.pixels[i] <= limit { out.plane.pixels[i] = 0 }
    return out
  }
}
