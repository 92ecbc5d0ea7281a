/// Pixels of one exposure of a pair that a hit of the other one hides: where two tracks cross, the fainter one has nothing
/// to be compared with but its own neighbours.
///
/// A pixel that touches a hit of its exposure and is hit in the other one counts where it stands out of the median of the
/// pixels around it, and above the highest of them. Hits of its exposure and pixels like itself are none of those.
struct CrossedHits {
  /// Of each exposure, none of them among its hits.
  let masks: [Mask]

  /// By how many standard deviations a pixel exceeds the median and the highest of its neighbours.
  private static let (aboveMedian, aboveHighest): (Float, Float) = (5, 1)
  /// Pixels to each side that are looked at, and how many of them must count; few at the farthest.
  private static let (reach, enough, fewest) = (2...5, 10, 6)

  /// - Parameters:
  ///   - exposures: two, divided by their flux factors [ADU]; NaN where a value does not count.
  ///   - hits: of each exposure.
  ///   - allowed: pixels that may be flagged.
  ///   - noise: of the exposures before they were divided.
  /// - Throws: `CRSError.interrupted`.
  init(
    _ exposures: [Plane<Float>], hits: [Mask], allowed: Mask, factors: [Double], noise: StackNoise, work: Work
  ) throws {
    masks = try hits.indices.map { k in
      let near = try hits[k].dilated(times: 1, work: work)
      let (own, other) = (hits[k].plane, hits[1 - k].plane)
      return try .byTiles(near.shape, work: work) { tile, found in
        for i in tile {
          found[i] = 0
          guard other.pixels[i] != 0, own.pixels[i] == 0, near.plane.pixels[i] != 0,
            allowed.plane.pixels[i] != 0
          else { continue }
          let isHit = Self.standsOut(i, of: exposures[k]) {
            own.pixels[$0] == 0 && (other.pixels[$0] == 0 || near.plane.pixels[$0] == 0)
          } variance: {
            let (perSignal, readout) = noise[k].at(i)
            let factor = Float(factors[k])
            return max($0, 0) * perSignal / factor + readout / (factor * factor)
          }
          if isHit { found[i] = 1 }
        }
      }
    }
  }

  private static func standsOut(
    _ pixel: Int, of exposure: Plane<Float>, counts: (Int) -> Bool, variance: (Float) -> Float
  ) -> Bool {
    let (width, height) = (exposure.width, exposure.height)
    let (x, y, value) = (pixel % width, pixel / width, exposure.pixels[pixel])
    guard value.isFinite else { return false }
    var around: [Float] = []
    for reach in reach where around.count < enough {
      around.removeAll(keepingCapacity: true)
      for j in max(0, y - reach)...min(height - 1, y + reach) {
        for i in max(0, x - reach)...min(width - 1, x + reach) {
          let neighbour = exposure.pixels[j * width + i]
          if neighbour.isFinite, counts(j * width + i) { around.append(neighbour) }
        }
      }
    }
    guard around.count >= fewest, let highest = around.max() else { return false }
    let median = around.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { Selection.middle($0, buffer.count) } ?? 0
    }
    let (excess, rest) = (value - median, value - highest)
    return excess > 0 && excess * excess > aboveMedian * aboveMedian * variance(median)
      && rest > 0 && rest * rest > aboveHighest * aboveHighest * variance(highest)
  }
}
