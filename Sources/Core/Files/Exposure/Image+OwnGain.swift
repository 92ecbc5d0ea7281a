extension Image {
  /// Whether a gain is the one that crs has written for the pixels as they are: the frames of a combination are in it.
  package func hasWritten(gain: Double) -> Bool {
    let header = HeaderDetector(of: self, cards) { _, _, _ in nil }
    guard header.isEffective, let own = header.gain?.value.typical else { return false }
    return abs(own - gain) <= 1e-6 * abs(own)
  }
}
