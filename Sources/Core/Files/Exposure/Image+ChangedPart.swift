import Kernels

extension Image {
  /// What of the image does not describe pixels that are put into it: a sentence each.
  ///
  /// - Parameter part: the image that is put there; nil for numbers.
  package func remarks(onChangeTo part: Image?) -> [String] {
    var remarks: [String] = []
    if let part, !describes(part) {
      remarks.append(
        "gain and readout noise of the image stay and do not hold for the part that was put into it, which has others or none"
      )
    }
    if let errors = uncertainty, part?.uncertainty == nil {
      remarks.append(
        "\(errors.name) keeps the old errors of the pixels that were changed: what was put there has none")
    }
    return remarks
  }

  /// Whether gain and readout noise, as far as they are known, hold for the pixels of another image too.
  private func describes(_ part: Image) -> Bool {
    if detector == part.detector, origin != nil, origin == part.origin { return true }
    let (own, other) = (ExposureDetector(self).facts, ExposureDetector(part).facts)
    return Self.agree(own.gain, other.gain) && Self.agree(own.readoutNoise, other.readoutNoise)
  }

  private static func agree(_ own: Known<DetectorValue>?, _ other: Known<DetectorValue>?) -> Bool {
    guard let own else { return true }
    guard let other else { return false }
    // Amplifiers differ from place to place.
    guard case .constant(let a) = own.value, case .constant(let b) = other.value else { return true }
    return abs(a - b) <= 1e-6 * abs(a)
  }
}
