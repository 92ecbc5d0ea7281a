import Kernels

/// A bias as commands take it.
package enum BiasChoice: Sendable, Equatable {
  /// ADU.
  case level(Double)
  /// The level of each exposure's own overscan, or what its noise tells.
  case measured
}

extension Image {
  /// The bias of an exposure as its pixels tell it: the level of its overscan, otherwise the part of its level that has no
  /// photon noise.
  ///
  /// - Parameters:
  ///   - gain: electron/ADU; nil where it is not known.
  ///   - readoutNoise: ADU.
  /// - Throws: `CRSError` (data) where neither tells it; interrupted.
  package func measuredBias(
    gain: DetectorValue?, readoutNoise: DetectorValue?, work: Work = Work()
  ) throws -> Known<DetectorValue> {
    if let overscan = Overscan(self, readoutNoise: readoutNoise?.typical) {
      return Known(overscan.bias, .measured("overscan, " + overscan.text))
    }
    var error = CRSError.data(
      "no overscan is seen, neither by the header (BIASSEC, TRIMSEC, DATASEC) nor at the borders",
      parameter: "bias", expected: "bias=NUMBER [\(unit.name)]")
    error.hint = ImagingArea.refusals(self, Overscan.stems).first
    guard let gain = gain?.typical, let noise = readoutNoise?.typical else {
      error.hint = error.hint ?? "with gain= and rnoise= the noise of the image tells a bias too"
      throw error
    }
    let check = try NoiseCheck(
      pixels, parameters: LACosmicParameters(gain: gain, readNoise: noise * gain), mask: mask, work: work)
    guard let ratio = check.ratio else { throw error }
    guard ratio < NoiseCheck.smallestRatio else {
      return Known(.constant(0), .measured("the noise is that of the whole level"))
    }
    guard let level = check.quietLevel, level > 0 else {
      error.message += ", and the noise is less than the readout noise"
      throw error
    }
    return Known(
      .constant((10 * level).rounded() / 10), .measured("the part of the level without photon noise"))
  }
}
