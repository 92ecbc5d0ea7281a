import Kernels

/// The settings of L.A.Cosmic, its levels in ADU.
package struct LACosmicSettings: Sendable {
  /// All but what depends on the detector and the kernel of `model`.
  package var algorithm = LACosmicParameters()
  package var model = PSFModel()
  /// Saturation level [ADU]; nil for the algorithm's own in electrons.
  package var satlevel: Double?
  /// Whether the cleaned image is multiplied by the gain.
  package var gainApply = true
  package var verbose = true
  /// Whether lone detections need a p-value; nil: with the detector pvalue.
  package var veto: Bool?

  /// The parameters of the algorithm for a detector.
  ///
  /// - Parameters:
  ///   - gain: electron/ADU.
  ///   - readoutNoise: electrons, as the algorithm is to take it.
  ///   - unlimited: electrons, the saturation level where none is given.
  package func parameters(gain: Double, readoutNoise: Double, unlimited: Double) -> LACosmicParameters {
    var parameters = algorithm
    (parameters.gain, parameters.readNoise) = (gain, readoutNoise)
    parameters.satlevel = satlevel.map { $0 * gain } ?? unlimited
    parameters.psf = .model(model)
    return parameters
  }
}
