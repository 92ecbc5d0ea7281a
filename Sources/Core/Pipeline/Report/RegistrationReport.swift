import Files
import Kernels

/// What a run says about its flux factors and offsets.
package struct RegistrationReport {
  private let registration: Registration?
  private let options: MaskingOptions
  private let unit: PixelUnit

  /// - Parameter unit: of the exposures.
  package init(_ registration: Registration?, _ options: MaskingOptions, unit: PixelUnit = .adu) {
    (self.registration, self.options, self.unit) = (registration, options, unit)
  }

  /// Whether anything was measured rather than given.
  package var isMeasured: Bool {
    registration?.fluxFit != nil || registration?.offsetFit != nil
      || registration?.skies.isEmpty == false
      || registration?.skyFit.map { !$0.isTold && $0.isNeeded } == true
  }

  package var lines: [String] {
    var lines: [String] = []
    if let fit = registration?.fluxFit {
      lines.append("flux factors: " + Self.list(fit))
      lines.append(
        "  from \((100 * fit.usedFraction).fixed(1)) % of the pixels; errors are of noise, add "
          + "\(FluxFactorFit.systematicError)"
          + (fit.isEquivalent ? "; the exposures are equivalent: 1 is used" : ""))
    } else if let fit = registration?.skyFit, registration?.skies.isEmpty == false, !fit.hasGivenFactors {
      lines.append(
        "flux factors: " + Self.pairs(fit.factors, fit.errors, 4)
          + (fit.adopted.allSatisfy { $0 == 1 } ? "; 1 is used" : ""))
    } else {
      let factors = registration?.fluxFactors ?? options.fluxFactors
      lines.append("flux factors: " + factors.map { $0.fixed(6) }.joined(separator: ", "))
    }
    if options.fluxFactors.areUnlikeFactors, options.applyFluxFactorTo == .original,
      options.compatibility == nil
    {
      lines.append("the exposures are divided by these factors before they are compared")
    }
    if let registration, !registration.skies.isEmpty {
      lines.append(
        "sky beside the darkest exposure [\(unit.name)]: "
          + (registration.skyFit.map { Self.pairs($0.skies, $0.skyErrors, 3) }
            ?? registration.skies.map { $0.fixed(3) }.joined(separator: ", ")) + "; it is taken off")
    }
    if let fit = registration?.offsetFit {
      lines.append("offsets (x, y) [pixel]: " + Self.list(fit))
      lines.append("  closure of the pairs \(fit.closure.fixed(3)) pixel")
    } else if options.offsets.contains(where: { $0 != .zero }) {
      lines.append(
        "offsets (x, y) [pixel]: "
          + options.offsets.map { "(\($0.x.fixed(3)), \($0.y.fixed(3)))" }.joined(separator: ", "))
    }
    return lines
  }

  package var warnings: [String] {
    var warnings: [String] = []
    if let fit = registration?.offsetFit, fit.closure > 0.1 {
      warnings.append(
        "the offsets of pairs of exposures contradict each other by \(fit.closure.fixed(2)) pixel: choose another "
          + "crosscorr_region or a larger crosscorr_max")
    }
    if let fit = registration?.fluxFit, fit.usedFraction < 0.1 {
      warnings.append(
        "only \((100 * fit.usedFraction).fixed(1)) % of the pixels agree in all exposures: the flux factors are "
          + "doubtful; check gain, rnoise and offsets")
    }
    if let fit = registration?.skyFit, !fit.isTold, fit.isNeeded {
      let error = fit.errors.max() ?? 1
      let size =
        "the image has too little structure (a factor is known to +- \(error.isFinite ? error.fixed(2) : "1"))"
      warnings.append(
        registration?.skies.isEmpty == false
          ? "a flux factor and a sky cannot be told apart here: \(size); all of the difference is taken for sky"
          : "a flux factor and a sky cannot be told apart here: \(size); all of the difference is taken for flux, "
            + "sky=auto takes it for sky")
    }
    if options.fluxFactors.areUnlikeFactors, options.applyFluxFactorTo == .simulated, options.method.usesMM,
      options.detection == .boundary, options.compatibility == nil
    {
      warnings.append(
        "the exposures are compared as they are (apply_flux_factor_to=simulated): with factors as unlike as "
          + "\(options.fluxFactors.map(\.short).joined(separator: ", ")) the brighter ones lie above the boundary without "
          + "any hit; apply_flux_factor_to=original divides them first")
    }
    if options.fluxFactors.count > NuminaFluxFactors.most, registration?.numinaFlux == nil,
      options.compatibility == .numina036, registration?.fluxFit == nil, Set(options.fluxFactors) == [1]
    {
      warnings.append("flux_factor auto takes at most \(NuminaFluxFactors.most) exposures: 1 is used")
    }
    for finding in registration?.numinaFlux?.findings.enumerated() ?? [].enumerated()
    where finding.element.isFailed {
      warnings.append("no flux factor could be found for exposure \(finding.offset + 1): 1 is used")
    }
    return warnings
  }

  private static func pairs(_ values: [Double], _ errors: [Double], _ digits: Int) -> String {
    zip(values, errors).map { "\($0.fixed(digits)) +- \($1.fixed(digits))" }.joined(separator: ", ")
  }

  static func list(_ fit: FluxFactorFit) -> String {
    zip(fit.factors, fit.errors).map { "\($0.fixed(4)) +- \($1.fixed(4))" }.joined(separator: ", ")
  }

  static func list(_ fit: OffsetFit) -> String {
    zip(fit.offsets, fit.errors).map { offset, error in
      "(\(offset.x.fixed(3)) +- \(error.x.fixed(3)), \(offset.y.fixed(3)) +- \(error.y.fixed(3)))"
    }.joined(separator: ", ")
  }
}
