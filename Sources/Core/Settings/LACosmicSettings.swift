/// The la_ parameters of crmasks (crmasks.md section 2.2).
public struct LACosmicSettings: Sendable, Equatable {
  /// Whether the cleaned image is multiplied by the gain.
  public var gainApply: Bool
  public var sigclip: Double
  public var sigfrac: Double
  public var objlim: Double
  /// Saturation level [ADU]; nil for the algorithm's 65535 electrons.
  public var satlevel: Double?
  public var niter: Int
  public var sepmed: Bool
  public var cleanType: LACosmicParameters.CleanType
  public var fineStructure: LACosmicParameters.FineStructure
  public var psfProfile: PSFModel.Profile
  /// Full width at half maximum [pixel].
  public var fwhmX: Double
  public var fwhmY: Double
  /// Odd size of the kernel [pixel].
  public var psfSize: Int
  public var psfBeta: Double
  public var verbose: Bool
  /// Mirrored rim [pixel].
  public var padWidth: Int
  /// Whether lone detections need a p-value (beyond.md section 2.6); nil: with the detector pvalue.
  public var veto: Bool?
}
