import Glibc

extension PValueDetector {
  /// What stands out of one exposure.
  package struct Single: Sendable {
    package let mask: Mask
    /// Where another detector's word counts.
    package let admission: Admission
    /// -log10 of the probability of each pixel, 0 where it was not evaluated; nil where nobody asked.
    package let score: Plane<Float>?
  }

  /// The numbers of a pair.
  package struct PairSummary: Sendable {
    /// False alarms that were asked for in each exposure, and the decimal logarithm of the threshold.
    package let askedFalseAlarms: Double
    package let logThreshold: Double
    /// Scatter of the exposures' positions [pixel].
    package let mismatch: Double
    /// Part of the pixels on lines along which the exposures differ by more than noise and that scatter.
    package let changingPart: Double
    /// Pixels of sources whose sharpness, place or brightness was followed.
    package let followedPixels: Int
  }

  /// What is said of a pair.
  package var pairSummary: PairSummary {
    let pixels = exposures[0].count
    return PairSummary(
      askedFalseAlarms: options.expectedFalseAlarms(pixels: pixels, isPair: exposures.count == 2),
      logThreshold: Glibc.log10(singleProbability(pixels)), mismatch: mismatch.variance.squareRoot(),
      changingPart: changing.part, followedPixels: sources?.pixels ?? 0)
  }

  /// The hits of each of two exposures, and the larger -log10 of the two probabilities of each pixel.
  ///
  /// - Parameter allowed: pixels that may be flagged; nil for all.
  /// - Throws: `CRSError.interrupted`.
  package func pair(allowed: Mask? = nil) throws -> (masks: [Mask], score: Plane<Float>) {
    let shape = exposures[0].shape
    let all = allowed ?? Mask(plane: Plane(width: shape.width, height: shape.height, repeating: 1))
    let singles = try singles(allowed: all, keepsScores: true)
    let scores = singles.compactMap(\.score)
    let score = try withPixels(of: scores) { sources in
      nonisolated(unsafe) let sources = sources
      return try Plane<Float>.byRows(shape, work: work) { y, row in
        let start = y * shape.width
        for x in 0..<shape.width { row[x] = 0 }
        for source in sources {
          for x in 0..<shape.width { row[x] = source[start + x] >= row[x] ? source[start + x] : row[x] }
        }
      }
    }
    guard options.hysteresis > 0 else { return (singles.map(\.mask), score) }
    let core = -Glibc.log10(singleProbability(shape.count))
    let asked = options.expectedFalseAlarms(pixels: shape.count, isPair: exposures.count == 2)
    let masks = zip(singles, scores).map { single, score in
      PairNeighbours(
        of: single.mask, score: score, allowed: all, core: core, reach: 2 * options.hysteresis,
        falseAlarms: asked
      ).mask
    }
    return (try withCrossings(masks, allowed: all), score)
  }

  /// The hits of two exposures with those that brighter ones of the other exposure hide; as they are where the exposures do
  /// not lie on each other.
  ///
  /// - Throws: `CRSError.interrupted`.
  func withCrossings(_ hits: [Mask], allowed: Mask) throws -> [Mask] {
    guard !model.isMoved else { return hits }
    let crossed = try CrossedHits(
      exposures, hits: hits, allowed: allowed, factors: factors, noise: noise, work: work)
    return zip(hits, crossed.masks).map { $0 | $1 }
  }

  /// Probability below which a value of one exposure is flagged.
  private func singleProbability(_ pixels: Int) -> Double {
    min(
      options.expectedFalseAlarms(pixels: pixels, isPair: exposures.count == 2) / Double(max(1, pixels)),
      options.largestProbability)
  }

  /// Flags what single exposures show beyond the clean mean of all, with as many false alarms for each as
  /// `PValueOptions.falseAlarms`.
  ///
  /// Its expectation is what the other exposures and the neighbours say; see `SingleProbability`.
  /// - Parameter keepsScores: keep the probabilities.
  /// - Throws: `CRSError.interrupted`.
  package func singles(allowed: Mask, keepsScores: Bool = false) throws -> [Single] {
    let limit = -log10(singleProbability(allowed.plane.count))
    return try exposures.indices.map { k in
      let score = try singleScore(k, expected, limit: limit)
      let core = try flags(score, above: limit, allowed)
      let admission = try Admission(
        score, alone: alone(k), allowed: allowed, limit: limit,
        falseAlarms: options.expectedFalseAlarms(pixels: allowed.plane.count, isPair: exposures.count == 2),
        work: work)
      guard options.hysteresis > 0 else {
        return Single(mask: core, admission: admission, score: keepsScores ? score : nil)
      }
      let loose = try flags(score, above: max(1.5, limit - options.hysteresis), allowed)
      return Single(
        mask: Self.connected(loose | core, to: core), admission: admission,
        score: keepsScores ? score : nil)
    }
  }

  /// Pixels of which exposure `k` has the only value: nothing but their shape tells of a hit.
  private func alone(_ k: Int) throws -> Mask? {
    guard let used else { return nil }
    return try used.pixels.withUnsafeBufferPointer { used in
      try exposures[k].pixels.withUnsafeBufferPointer { values in
        nonisolated(unsafe) let (used, values) = (used, values)
        return try .byTiles(exposures[k].shape, work: work) { tile, out in
          for i in tile { out[i] = used[i] == 1 && values[i].isFinite ? 1 : 0 }
        }
      }
    }
  }

  /// Standard deviations above the clean mean from which on a value is worth a probability.
  ///
  /// The mean contains the value itself: of two values it lies half as far from the higher one as the other value does.
  /// - Parameter limit: -log10 of the probability below which values are flagged.
  private func least(limit: Double) -> Float {
    // The deviation of that probability, to 0.05.
    let square = 2 * 2.302585 * min(limit, 300)
    let deviation = max(0, square - Glibc.log(2 * .pi * max(1, square - 2))).squareRoot()
    return Float(min(2, 0.8 * (1 - 1 / Double(exposures.count)) * deviation))
  }

  /// Up to this square of its deviation a value is expected to be so much more, from there on so many times as much.
  private static let dark: Float = 9

  /// -log10 of the probability that noise raises exposure `judged` as high as it is; 0 where it lies hardly above the
  /// clean mean (`least`).
  private func singleScore(_ judged: Int, _ expected: ExpectedExposures, limit: Double) throws -> Plane<
    Float
  > {
    let shape = exposures[0].shape
    let n = exposures.count
    let least = least(limit: limit)
    let (noise, prior, model, mismatch) = (noise, prior, model, expected.mismatch)
    let (isFollowed, changing) = (expected.isFollowed, expected.changing[judged])
    let factor = Float(factors[judged])
    let probability = SingleProbability(
      factors: factors, usesPrior: prior != nil, noiseRatio: noiseRatio)
    var out = Plane<Float>(width: shape.width, height: shape.height, repeating: 0)
    try out.pixels.withUnsafeMutableBufferPointer { out in
      guard let base = out.baseAddress else { return }
      let target = SharedPointer(base)
      _ = try withPointers(to: exposures + expected.levels) { sources in
        nonisolated(unsafe) let sources = sources
        try work.forTiles(shape.count, size: 8192) { tile in
          withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * n) { memory in
            let values = UnsafeMutableBufferPointer(rebasing: memory[0..<n])
            let ratios = UnsafeMutableBufferPointer(rebasing: memory[n..<2 * n])
            let shifts = UnsafeMutableBufferPointer(rebasing: memory[2 * n..<3 * n])
            let readouts =
              noise.isCommon ? nil : UnsafeMutableBufferPointer(rebasing: memory[3 * n..<4 * n])
            for first in stride(from: tile.lowerBound, to: tile.upperBound, by: 8) {
              let count = tile.upperBound - first
              let (perSignal, readout) = noise[judged].lanes(first, count)
              let level = sources[n + judged].lanes(first, count, filler: 0)
              let excess = sources[judged].lanes(first, count, filler: 0) - level
              let squared = upper(level, .zero) * perSignal / factor + readout / (factor * factor)
              var found = bits((excess .> 0) .& (excess * excess .> least * least * squared))
              while found != 0 {
                let i = first + found.trailingZeroBitCount
                found &= found - 1
                guard i < tile.upperBound else { continue }
                for k in 0..<n {
                  readouts?[k] = Double(noise[k].at(i).readout)
                  values[k] = Double(sources[k][i])
                  (ratios[k], shifts[k]) = (1, 0)
                  guard model.isMoved || isFollowed[k] else { continue }
                  let (own, common) = (sources[n + k][i], model.mean.pixels[i])
                  let (perSignal, readout) = noise[k].at(i)
                  let shift = own - common
                  // A ratio of what is little more than noise would multiply the noise.
                  if shift * shift < Self.dark * (max(common, 0) * perSignal + readout) {
                    shifts[k] = Double(shift)
                  } else {
                    ratios[k] = Double(max(own, 1) / max(common, 1))
                  }
                }
                target[i] = Float(
                  -probability.log10(
                    of: judged, values: values, ratios: ratios, shifts: shifts,
                    at: surroundings(i, noise.typical, readouts, prior, mismatch, changing, model)))
              }
            }
          }
        }
      }
    }
    return out
  }
}
