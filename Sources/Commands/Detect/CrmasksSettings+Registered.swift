import Calling
import Files
import Kernels
import Pipeline

extension CrmasksSettings {
  /// Takes over flux factors and offsets, measured where that was asked for, and tells what was found.
  ///
  /// - Throws: `CRSError`.
  /// - Parameters:
  ///   - exposures: what they have more of sky than the others is taken off.
  ///   - times: exposure times that the levels should follow [s]; nil where they are not known.
  ///   - unit: of the exposures.
  ///   - isForced: go on with exposures that have no light.
  mutating func registered(
    _ exposures: inout MatchedExposures, times: [Double]? = nil, unit: PixelUnit, isForced: Bool = false,
    _ context: CommandContext
  ) throws -> MaskingOptions {
    let registration = try registration(of: exposures, times: times, isForced: isForced, work: context.work)
    adopt(registration)
    exposures = try exposures.without(skies: registration.skies, work: context.work)
    var options = try options()
    options.fluxFactors = exposures.divisors(options.fluxFactors)
    let told = RegistrationReport(registration, options, unit: unit)
    if told.isMeasured { told.lines.forEach(context.report) }
    told.warnings.forEach(context.note)
    return options
  }
}
