import Files
import Kernels

/// What is to be said of a combination one of whose exposures saw nothing, or has many times the light of the others: a
/// closed shutter, saturation. A combination takes it all the same.
package enum LevelCheck {
  /// Pixels that are looked at, at most.
  private static let sample = 20_000

  /// - Parameters:
  ///   - planes: NaN where a value does not count; biases taken off where they are known.
  ///   - noise: nil where it is not known: what pixels that lie side by side differ tells it.
  ///   - expected: relative level of the same sky in each exposure.
  /// - Throws: `CRSError.interrupted`.
  package static func notes(
    _ planes: [Plane<Float>], noise: StackNoise?, expected: [Double], work: Work
  ) throws -> [String] {
    guard let levels = try levels(planes, noise: noise, work: work) else { return [] }
    let middle = expected.sorted()[(expected.count - 1) / 2]
    let outside = levels.outside(expected: expected.map { $0 / middle })
    return levels.texts(of: outside).map {
      $0 + ": a closed shutter or saturation looks like that, and the exposure is part of the combination"
    }
  }

  /// The same of exposures that masks and flux factors combine. Those that the masks leave out as a whole are no part of it.
  ///
  /// - Parameters:
  ///   - matched: what is combined.
  ///   - leftOut: by the masks, one for each exposure; empty for none.
  ///   - facts: what is known of each exposure.
  ///   - factors: relative flux that exposures are divided by.
  /// - Throws: `CRSError.interrupted`.
  package static func notes(
    combining exposures: [Image], _ facts: [DetectorFacts], matched: MatchedExposures, leftOut: [Mask],
    factors: [Double], knowsNoise: Bool, work: Work
  ) throws -> [String] {
    var seen = matched.planes
    for (k, mask) in leftOut.enumerated()
    where seen.indices.contains(k) && mask.shape == seen[k].shape && mask.flagged == mask.shape.count {
      seen[k].leaveOut(mask)
    }
    let expected =
      factors.contains { $0 != 1 }
      ? matched.divisors(factors)
      : zip(ExposureLevels(exposures, facts).relative, matched.gainRatios).map { $0 * $1.typical }
    return try notes(seen, noise: knowsNoise ? matched.noise : nil, expected: expected, work: work)
  }

  /// What is wrong with two images one of which saw nothing of what the other has; nil where both have light, or none.
  ///
  /// - Throws: `CRSError.interrupted`.
  package static func darkness(ofPair planes: [Plane<Float>], work: Work) throws -> String? {
    guard let levels = try levels(planes, noise: nil, work: work) else { return nil }
    // The level is that beside the mean of both.
    let dark = levels.relative.indices.filter { k in
      levels.relative[k].map { $0 < faintest && !levels.hasLight[k] } ?? false
    }
    let lone = levels.relative.indices.filter { levels.relative[$0] == .infinity }
    return dark.isEmpty && lone.isEmpty
      ? nil : levels.texts(of: lone.isEmpty ? dark : lone, noun: "image").first
  }

  /// A twentieth of the light of the other one.
  private static let faintest = 0.1

  private static func levels(_ planes: [Plane<Float>], noise: StackNoise?, work: Work) throws -> StackLevels?
  {
    guard planes.count > 1, let count = planes.first?.count, count > 1,
      planes.allSatisfy({ $0.count == count })
    else { return nil }
    let step = max(1, count / sample) | 1
    let places = Array(stride(from: 0, to: count, by: step))
    let sampled = planes.map { plane in
      Plane(width: places.count, height: 1, pixels: places.map { plane.pixels[$0] })
    }
    let detectors =
      noise.map { noise in
        planes.indices.map { k in
          Detector(
            gain: .constant(noise.detector(k).gain.typical),
            readoutNoise: .constant(noise.detector(k).readoutNoise.typical))
        }
      }
      ?? planes.map { plane in
        Detector(gain: .constant(1e9), readoutNoise: .constant(scatter(of: plane, places)))
      }
    return StackLevels(
      sampled, planes: try StackPlanes(sampled, work: work), noise: StackNoise(detectors))
  }

  private static func scatter(of plane: Plane<Float>, _ places: [Int]) -> Double {
    let differences = places.compactMap { i -> Float? in
      guard i + 1 < plane.count else { return nil }
      let difference = abs(plane.pixels[i + 1] - plane.pixels[i])
      return difference.isFinite ? difference : nil
    }
    return 1.4826 / 2.0.squareRoot() * Double(lowMedian(differences) ?? 0)
  }
}
