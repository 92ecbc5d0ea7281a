import Files
import Kernels

/// What an exposure of a stack says against the gain, readout noise and bias that are taken for it.
package struct ExposureCheck: Sendable {
  /// A sentence each.
  package let warnings: [String]
  /// Whether they name why exposures scatter more or less than the noise model says.
  package let explainsScatter: Bool

  /// Noise beyond this ratio is told even where nothing but the numbers may be wrong.
  private static let blatant = 3.0

  /// - Parameters:
  ///   - planes: the exposure as the kernels see it.
  ///   - trims: whether what the header calls overscan is left out; nil where it does not matter.
  ///   - gainCard: the card that the gain comes from; nil for any other source.
  /// - Throws: `CRSError.interrupted`.
  package init(
    _ image: Image, _ planes: ExposurePlanes, gainCard: String? = nil, trims: Bool?, work: Work
  ) throws {
    let detector = planes.detector
    let overscan = OverscanCheck(image, detector, knowsNoise: planes.knowsNoise, trims: trims)
    guard !overscan.namesBias, planes.knowsNoise else {
      (warnings, explainsScatter) = (overscan.warnings, overscan.namesBias)
      return
    }
    let (gain, noise, bias) = (detector.gain.typical, detector.readoutNoise.typical, detector.bias)
    let check = try NoiseCheck(
      Calibration.calibrated(planes.pixels, bias: bias, work: work),
      parameters: LACosmicParameters(gain: gain, readNoise: noise * gain, satlevel: .infinity),
      mask: planes.mask, work: work)
    let diagnosis = NoiseDiagnosis(
      check, NoiseEvidence(image, gainCard: gainCard, bias: bias.typical))
    let isTold = check.ratio.map { $0 > Self.blatant } ?? false || diagnosis.namesBias
    let noisy = isTold ? Array(diagnosis.warnings(takesSubtracted: false).prefix(1)) : []
    warnings = overscan.warnings + noisy
    explainsScatter = overscan.namesNoise || !noisy.isEmpty
  }
}

extension NoiseDiagnosis {
  /// Whether the likeliest cause is a bias that is left in.
  var namesBias: Bool { if case .bias? = causes.first { true } else { false } }
}
