/// What L.A.Cosmic found.
package struct LACosmicResult: Sendable {
  /// The input with flagged pixels replaced, in the input's unit; all other pixels bit-identical to it.
  package let clean: Plane<Float>
  /// Cosmic rays.
  package let mask: Mask
  /// Pixels that were not judged: the input mask grown by a pixel and the surroundings of saturated stars;
  /// nil unless asked for.
  package let bad: Mask?
  /// Pixels flagged in each iteration, those of earlier ones included.
  package let perIteration: [Int]
  /// The limit of iterations, for the first of the progress lines.
  package let iterationLimit: Int
  /// NaN and infinite pixels; they count as masked and are returned as they are.
  package let nonFinite: Int
  /// Pixels that were not judged: masked, beside masked ones, or around saturated stars; the border does not count.
  package let unjudged: Int
  /// Fraction of pixels whose variance lay below its floor of 1e-5 electron^2 in the first iteration: more than
  /// 5 % tells of sky-subtracted data.
  package let varianceFloorFraction: Double

  /// The reference's progress lines.
  package var verboseLines: [String] {
    var lines = ["Starting \(iterationLimit) L.A.Cosmic iterations"]
    for (index, count) in perIteration.enumerated() {
      lines.append("Iteration \(index + 1):")
      lines.append("\(count) cosmic pixels this iteration")
    }
    return lines
  }
}
