import Glibc

/// Neighbours of the hits of one exposure of a pair that are parts of them.
///
/// Of two exposures only one tells of the other, so that the faint ends of tracks are less probable than with more. Pixels that
/// share two sides with hits are hit more often than those that share one, and those that touch only a corner no more often
/// than any. Half of the false alarms that are asked for may be among the first, half among the second.
struct PairNeighbours {
  /// Hits with these neighbours.
  private(set) var mask: Mask

  /// -log10 of the largest probability with which a neighbour of a hit is one: of those that share one side, and two.
  private static let least = [3.0, 2.0]

  /// - Parameters:
  ///   - hits: what probabilities alone flag.
  ///   - score: -log10 of them.
  ///   - allowed: pixels that may be flagged.
  ///   - core: -log10 of the probability below which any pixel is flagged.
  ///   - reach: by how much less a neighbour needs [dex].
  ///   - falseAlarms: asked for.
  init(
    of hits: Mask, score: Plane<Float>, allowed: Mask, core: Double, reach: Double, falseAlarms: Double
  ) {
    mask = hits
    let sides = Self.sides(hits)
    var counts = [0, 0]
    for side in sides.pixels where side > 0 { counts[side > 1 ? 1 : 0] += 1 }
    let limits = zip(counts, Self.least).map { count, least in
      Float(min(core, max(least, core - reach, Glibc.log10(2 * Double(max(1, count)) / falseAlarms))))
    }
    for i in 0..<sides.count where sides.pixels[i] > 0 {
      // NaN is not above the limit.
      if score.pixels[i] > limits[sides.pixels[i] > 1 ? 1 : 0], allowed.plane.pixels[i] != 0 {
        mask.plane.pixels[i] = 1
      }
    }
  }

  /// How many sides each pixel that is no hit shares with hits.
  private static func sides(_ hits: Mask) -> Plane<UInt8> {
    let (width, height) = (hits.width, hits.height)
    var sides = Plane<UInt8>(width: width, height: height, repeating: 0)
    hits.plane.pixels.withUnsafeBufferPointer { hits in
      sides.pixels.withUnsafeMutableBufferPointer { sides in
        for y in 0..<height {
          for i in y * width..<(y + 1) * width where hits[i] != 0 {
            let x = i - y * width
            for (isInside, j) in [
              (x > 0, i - 1), (x + 1 < width, i + 1), (y > 0, i - width), (y + 1 < height, i + width),
            ]
            where isInside && hits[j] == 0 { sides[j] += 1 }
          }
        }
      }
    }
    return sides
  }
}
