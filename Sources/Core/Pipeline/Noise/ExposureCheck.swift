import Files
import Kernels

/// What an exposure of a stack says against the gain, readout noise and bias that are taken for it.
package struct ExposureCheck: Sendable {
  /// A sentence each.
  package let warnings: [String]
  /// Whether they name why exposures scatter more or less than the noise model says.
  package let explainsScatter: Bool
  /// Whether the first of them names a bias that is left in.
  package let namesBias: Bool

  /// Noise beyond this ratio is told even where nothing but the numbers may be wrong.
  private static let blatant = 3.0

  /// - Parameters:
  ///   - detector: what is taken for the exposure's.
  ///   - knowsNoise: whether gain and readout noise are known; otherwise its errors tell the noise.
  ///   - facts: what is known of the exposure where the command goes without a gain or a readout noise; its pixels tell
  ///     nothing then but what overscan does.
  ///   - gainCard: the card that the gain comes from; nil for any other source.
  ///   - trims: whether what the header calls overscan is left out; nil where it does not matter.
  /// - Throws: `CRSError.interrupted`.
  package init(
    _ image: Image, _ detector: Detector, knowsNoise: Bool = true, facts: DetectorFacts? = nil,
    gainCard: String? = nil, trims: Bool?, work: Work
  ) throws {
    let knowsGain = facts.map { $0.gain != nil } ?? true
    let knowsNumbers = !knowsNoise || knowsGain && (facts.map { $0.readoutNoise != nil } ?? true)
    let overscan = OverscanCheck(
      image, detector, knowsNoise: knowsNoise, knowsGain: knowsGain, trims: trims)
    guard !overscan.namesBias else {
      (warnings, explainsScatter, namesBias) = (overscan.warnings, true, true)
      return
    }
    // In another unit detection sees them.
    guard knowsNumbers, knowsNoise || image.uncertainty?.withoutSquare == nil else {
      (warnings, explainsScatter, namesBias) = (overscan.warnings, overscan.namesNoise, false)
      return
    }
    let pixels = try Calibration.calibrated(image.pixels, bias: detector.bias, work: work)
    var mask = image.mask
    if trims == true, let outside = ImagingArea(image)?.outside {
      mask = mask.map { $0 | outside } ?? outside
    }
    var evidence = NoiseEvidence(
      image, used: (detector.gain.typical, detector.readoutNoise.typical), gainCard: gainCard)
    let check: NoiseCheck
    if let gain = detector.gain.uniform, let noise = detector.readoutNoise.uniform {
      evidence.bias = detector.bias.typical
      check = try NoiseCheck(
        pixels,
        parameters: LACosmicParameters(gain: gain, readNoise: noise * gain, satlevel: .infinity), mask: mask,
        variance: knowsNoise ? nil : image.noiseVariance(bias: detector.bias, work: work), work: work)
    } else {
      evidence.spelling = .electron
      check = try UnevenImage(pixels, detector: detector).noiseCheck(
        LACosmicParameters(satlevel: .infinity), mask: mask, work: work)
    }
    let diagnosis = NoiseDiagnosis(check, evidence)
    let isTold = check.ratio.map { $0 > Self.blatant } ?? false || diagnosis.namesImage
    let noisy = isTold ? Array(diagnosis.warnings(takesSubtracted: false).prefix(1)) : []
    warnings = overscan.warnings + noisy
    explainsScatter = overscan.namesNoise || !noisy.isEmpty
    namesBias = overscan.warnings.isEmpty && !noisy.isEmpty && diagnosis.namesBias
  }
}

extension NoiseDiagnosis {
  /// Whether the likeliest cause says what the image is: with a bias left in, averaged, in electrons and so on.
  var namesImage: Bool { causes.first?.namesImage ?? false }

  /// Whether the likeliest cause is a bias that is left in.
  var namesBias: Bool {
    switch causes.first {
    case .bias?, .biasAndReadout?: true
    default: false
    }
  }
}
