import Glibc

extension PValueDetector {
  /// -log10 of the probability of each pixel.
  ///
  /// - Parameter innocents: what the image holds of pixels of each number of values.
  func scores(_ innocents: [Innocents]) throws -> Plane<Float> {
    let shape = exposures[0].shape
    let n = exposures.count
    var kinds = [PixelProbability?](repeating: nil, count: n + 1)
    for group in innocents {
      kinds[group.values] = PixelProbability(
        factors: factors, count: group.values, usesPrior: prior != nil, noiseRatio: noiseRatio,
        numbers: group.numbers)
    }
    let probabilities = kinds
    let (noise, prior, mismatch, changing, model) = (noise, prior, mismatch, changing, model)
    let (levels, differs) = (expected.levels, exposures.indices.map { expected.differs($0, from: model) })
    let search = CandidateSearch(noise: noise, factors: factors)
    var out = Plane<Float>(width: shape.width, height: shape.height, repeating: 0)
    try out.pixels.withUnsafeMutableBufferPointer { out in
      guard let base = out.baseAddress else { return }
      let target = SharedPointer(base)
      _ = try withPointers(to: levelled) { sources in
        nonisolated(unsafe) let sources = sources
        try work.forTiles(shape.count, size: 8192) { tile in
          withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2 * n) { lanes in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * n) { memory in
              withUnsafeTemporaryAllocation(of: Int.self, capacity: n) { order in
                let pixel = SortedPixel(
                  values: UnsafeMutableBufferPointer(rebasing: memory[0..<n]), exposures: order)
                let shifts = UnsafeMutableBufferPointer(rebasing: memory[n..<2 * n])
                let readouts =
                  noise.isCommon ? nil : UnsafeMutableBufferPointer(rebasing: memory[2 * n..<3 * n])
                var first = tile.lowerBound
                while first < tile.upperBound {
                  var found = search.bits(sources, first, tile.upperBound - first, lanes)
                  while found != 0 {
                    let i = first + found.trailingZeroBitCount
                    found &= found - 1
                    for k in 0..<n {
                      shifts[k] = differs[k] ? Double(levels[k].pixels[i] - model.mean.pixels[i]) : 0
                      readouts?[k] = Double(noise[k].at(i).readout)
                    }
                    guard let probability = probabilities[pixel.load(sources, i)] else { continue }
                    target[i] = Float(
                      -probability.log10(
                        values: pixel.values, exposures: order, shifts: shifts,
                        at: surroundings(i, noise.typical, readouts, prior, mismatch, changing, model)))
                  }
                  first += 8
                }
              }
            }
          }
        }
      }
    }
    return out
  }

  /// What is known of a pixel beside its own values.
  @inline(__always)
  func surroundings(
    _ i: Int, _ noise: PixelNoise, _ readouts: UnsafeMutableBufferPointer<Double>?, _ prior: LocalPrior?,
    _ mismatch: PositionMismatch, _ changing: LocalMismatch, _ model: CleanModel
  ) -> PixelProbability.Surroundings {
    let (perSignal, readout) = noise.at(i)
    var out = PixelProbability.Surroundings(
      prediction: 0, deviation: 1, doubt: 0,
      extraVariance: mismatch.variance > 0 ? mismatch.variance * Double(mismatch.gradientSquared(at: i)) : 0,
      perSignal: Double(perSignal), readout: Double(readout), readouts: readouts)
    if let excess = changing.excess?.pixels[i], excess > 0 {
      out.extraVariance += Double(excess * (max(model.mean.pixels[i], 0) * perSignal + readout))
    }
    if let left = sources?.variance.pixels[i], left > 0 { out.extraVariance += Double(left) }
    if let prior {
      let squared = max(model.mean.pixels[i], 0) * perSignal + readout
      // The mean that the prediction was compared with has an error of its own, which is not the prediction's.
      let (floor, part): (Float, Float) = model.isMoved ? (0.6, 0) : (0.3, 1)
      let d = prior.deviation.pixels[i]
      let v = max(d * d - part * squared / Float(exposures.count), floor * floor * squared)
      out.prediction = Double(prior.prediction.pixels[i])
      out.deviation = Double(v).squareRoot()
      out.doubt = 0.001 / Double(squared).squareRoot()
    }
    return out
  }

  /// Values that stand out of a level by 5 standard deviations, compared by their squares.
  @inline(__always)
  private func standsOut(
    _ value: Lanes, _ level: Lanes, _ perSignal: Lanes, _ constant: Lanes
  ) -> SIMDMask<SIMD8<Int32>> {
    let excess = value - level
    return (excess .> 0) .& (excess * excess .> 25 * (upper(level, .zero) * perSignal + constant))
  }

  /// The fraction of all values that stand out of the clean mean by 5 standard deviations.
  func hitFraction() throws -> Double {
    let shape = exposures[0].shape
    let smallestFactor = Float(factors.min() ?? 1)
    let steep = Float(mismatch.variance.squareRoot())
    var counts = [Int](repeating: 0, count: shape.height)
    let (noise, mismatch) = (noise, mismatch)
    let references = model.references.count == 1 ? [model.references[0]] : model.references
    let n = exposures.count
    try counts.withUnsafeMutableBufferPointer { counts in
      guard let base = counts.baseAddress else { return }
      let rows = SharedPointer(base)
      _ = try withPointers(to: exposures + references) { planes in
        nonisolated(unsafe) let planes = planes
        try work.forTiles(shape.height, size: 16) { tile in
          for y in tile {
            var hits = 0
            for x in stride(from: 0, to: shape.width, by: 8) {
              let (i, here) = (y * shape.width + x, shape.width - x)
              let shared = noise.isCommon ? noise[0].lanes(i, here) : nil
              for k in 0..<n {
                let (perSignal, readout) = shared ?? noise[k].lanes(i, here)
                let constant = readout / (smallestFactor * smallestFactor)
                let own = references.count == 1 ? n : n + k
                let level = planes[own].lanes(i, here, filler: 0)
                let value = planes[k].lanes(i, here, filler: 0)
                let isHit = standsOut(value, level, perSignal, constant)
                guard hasAny(isHit) else { continue }
                if steep == 0 {
                  hits += bits(isHit).nonzeroBitCount
                } else {
                  // Steep places need more.
                  for lane in 0..<min(8, here) where isHit[lane] {
                    let raised = level[lane] + 3 * steep * mismatch.gradientSquared(at: i + lane).squareRoot()
                    if standsOut(
                      Lanes(repeating: value[lane]), Lanes(repeating: raised), perSignal, constant)[lane]
                    {
                      hits += 1
                    }
                  }
                }
              }
            }
            rows.base[y] = hits
          }
        }
      }
    }
    let values = used.map { $0.pixels.reduce(0) { $0 + Int($1) } } ?? shape.count * exposures.count
    return Double(counts.reduce(0, +)) / Double(max(1, values))
  }

  /// Pixels that the criteria allow to be flagged, of those whose score exceeds a limit.
  func eligible(
    _ score: Plane<Float>, above limit: Double, _ allowed: Mask?, _ smallest: Double, _ largest: Double
  ) throws -> Mask {
    let n = exposures.count
    var out = Mask(shape: score.shape)
    let limit = Float(limit)
    _ = try withPointers(to: levelled) { sources in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: n) { values in
        withUnsafeTemporaryAllocation(of: Int.self, capacity: n) { order in
          let pixel = SortedPixel(values: values, exposures: order)
          for i in 0..<score.count where score.pixels[i] > limit {
            if let allowed, allowed.plane.pixels[i] == 0 { continue }
            let there = pixel.load(sources, i)
            guard there > 1 else { continue }
            let readout = Double(noise[order[there - 1]].at(i).readout).squareRoot()
            if values[there / 2] - values[0] > smallest, values[there - 1] > largest * readout {
              out.plane.pixels[i] = 1
            }
          }
        }
      }
    }
    return out
  }

  /// Pixels of a mask whose score exceeds a limit.
  func flags(_ score: Plane<Float>, above limit: Double, _ among: Mask) throws -> Mask {
    let (limit, shape) = (Float(limit), among.shape)
    return try score.pixels.withUnsafeBufferPointer { score in
      try among.plane.pixels.withUnsafeBufferPointer { among in
        nonisolated(unsafe) let (score, among) = (score, among)
        return try .byTiles(shape, work: work) { tile, out in
          for i in tile { out[i] = score[i] <= limit ? 0 : among[i] }
        }
      }
    }
  }
}

/// The values that a pixel has, in increasing order, and the exposures that they come from.
struct SortedPixel {
  let values: UnsafeMutableBufferPointer<Double>
  let exposures: UnsafeMutableBufferPointer<Int>

  /// - Returns: how many of them there are.
  @inline(__always)
  func load(_ sources: UnsafeMutableBufferPointer<UnsafePointer<Float>>, _ i: Int) -> Int {
    var there = 0
    for k in 0..<sources.count {
      let new = Double(sources[k][i])
      guard new.isFinite else { continue }
      var place = there
      while place > 0, values[place - 1] > new {
        values[place] = values[place - 1]
        exposures[place] = exposures[place - 1]
        place -= 1
      }
      values[place] = new
      exposures[place] = k
      there += 1
    }
    return there
  }
}
