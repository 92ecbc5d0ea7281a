import Kernels

/// The la_ parameters of crmasks (crmasks.md section 2.2).
package struct LACosmicSettings: Sendable, Equatable {
  /// Whether the cleaned image is multiplied by the gain.
  package var gainApply: Bool
  package var sigclip: Double
  package var sigfrac: Double
  package var objlim: Double
  /// Saturation level [ADU]; nil for the algorithm's 65535 electrons.
  package var satlevel: Double?
  package var niter: Int
  package var sepmed: Bool
  package var cleanType: LACosmicParameters.CleanType
  package var fineStructure: LACosmicParameters.FineStructure
  package var psfProfile: PSFModel.Profile
  /// Full width at half maximum [pixel].
  package var fwhmX: Double
  package var fwhmY: Double
  /// Odd size of the kernel [pixel].
  package var psfSize: Int
  package var psfBeta: Double
  package var verbose: Bool
  /// Mirrored rim [pixel].
  package var padWidth: Int
  /// Whether lone detections need a p-value (beyond.md section 2.6); nil: with the detector pvalue.
  package var veto: Bool?
}
