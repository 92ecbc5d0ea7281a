extension Image {
  /// Whether gain and readout noise are those that crs has written for the pixels as they are: the frames of a
  /// combination are in them.
  ///
  /// - Parameters:
  ///   - gain: electron/ADU.
  ///   - noise: ADU.
  package func hasWritten(gain: Double, noise: Double) -> Bool {
    let header = HeaderDetector(of: self, cards) { _, _, _ in nil }
    guard header.isEffective, let ownGain = header.gain?.value.typical,
      let ownNoise = header.noise?.value.typical
    else { return false }
    func isSame(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-6 * abs(b) }
    // The card may be in electrons.
    return isSame(ownGain, gain) && (isSame(ownNoise, noise) || isSame(ownNoise, noise * gain))
  }
}
