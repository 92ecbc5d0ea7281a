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
    let noise = noise
    let references = exposures.indices.map { model.reference($0) }
    let count = exposures.count
    try counts.withUnsafeMutableBufferPointer { counts in
      guard let base = counts.baseAddress else { return }
      let rows = SharedPointer(base)
      try withPixels(of: exposures + references + [mismatch.gradientSquared]) { planes in
        nonisolated(unsafe) let planes = planes
        try work.forTiles(shape.height, size: 16) { tile in
          withUnsafeTemporaryAllocation(of: UnsafeBufferPointer<Float>.self, capacity: planes.count) {
            sources in
            _ = sources.initialize(from: planes)
            for y in tile {
              var hits = 0
              for i in y * shape.width..<(y + 1) * shape.width {
                let (perSignal, readout) = noise.at(i)
                let gradient = steep > 0 ? 3 * steep * sources[2 * count][i].squareRoot() : 0
                let constant = readout / (smallestFactor * smallestFactor)
                for k in 0..<count {
                  let level = sources[count + k][i] + gradient
                  let excess = sources[k][i] - level
                  // 5 standard deviations, compared by their squares.
                  if excess > 0, excess * excess > 25 * (max(level, 0) * perSignal + constant) { hits += 1 }
                }
              }
              rows.base[y] = hits
            }
          }
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
    let noise = noise
    try out.plane.pixels.withUnsafeMutableBufferPointer { out in
      guard let base = out.baseAddress else { return }
      let flags = SharedPointer(base)
      try withPixels(of: exposures) { sources in
        nonisolated(unsafe) let sources = sources
        try work.forTiles(shape.height, size: 16) { tile in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: n) { values in
            for i in tile.lowerBound * shape.width..<tile.upperBound * shape.width {
              for k in 0..<n {
                let new = sources[k][i]
                var place = k
                while place > 0, values[place - 1] > new {
                  values[place] = values[place - 1]
                  place -= 1
                }
                values[place] = new
              }
              let readout = Double(noise.at(i).readout).squareRoot()
              let isLarge =
                Double(values[tested - 1] - values[0]) > smallest && Double(values[n - 1]) > largest * readout
              flags.base[i] = isLarge ? 1 : 0
            }
          }
        }
      }
    }
    return allowed.map { out & $0 } ?? out
  }

  /// Pixels of a mask whose score exceeds a limit.
  func flags(_ score: Plane<Float>, above limit: Double, _ among: Mask) throws -> Mask {
    var out = among
    let limit = Float(limit)
    for i in 0..<score.count where score.pixels[i] <= limit { out.plane.pixels[i] = 0 }
    return out
  }
}
