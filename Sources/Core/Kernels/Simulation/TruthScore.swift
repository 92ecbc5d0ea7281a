/// How well a mask finds the pixels whose median is spoilt, when the cosmic rays are known.
package struct TruthScore: Sendable, Equatable {
  /// Pixels whose median is spoilt by more than 8 times the readout noise.
  package var spoilt: Int
  /// Flagged pixels.
  package var flagged: Int
  /// Spoilt pixels that are flagged.
  package var found: Int
  /// Flagged pixels whose median is spoilt by less than the readout noise.
  package var falseAlarms: Int

  /// found / spoilt, 0 when nothing is spoilt.
  package var completeness: Double { Double(found) / Double(max(1, spoilt)) }
  /// Flagged pixels that are really spoilt / flagged, 0 when nothing is flagged.
  package var purity: Double { Double(flagged - falseAlarms) / Double(max(1, flagged)) }

  /// - Parameters:
  ///   - cosmicRays: electrons in each exposure.
  ///   - noise: readout noise [electron].
  package init(mask: Mask, cosmicRays: [Plane<Float>], noise: Double) {
    // As many hits as spoil a median: half of an even number, more than half of an odd one.
    let needed = (cosmicRays.count + 1) / 2
    (spoilt, flagged, found, falseAlarms) = (0, 0, 0, 0)
    for i in 0..<mask.plane.count {
      let charges = cosmicRays.map { $0.pixels[i] }.sorted()
      let charge = Double(charges[charges.count - needed])
      let isFlagged = mask.plane.pixels[i] != 0
      if isFlagged { flagged += 1 }
      if charge > 8 * noise {
        spoilt += 1
        if isFlagged { found += 1 }
      }
      if isFlagged, charge <= noise { falseAlarms += 1 }
    }
  }
}
