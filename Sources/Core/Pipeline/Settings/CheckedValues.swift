import Kernels

/// Values that have passed their checks, read by type.
struct CheckedValues {
  let values: [String: SettingValue]

  func flag(_ name: String) -> Bool { values[name]?.bool ?? false }
  func integer(_ name: String) -> Int { values[name]?.integer ?? 0 }
  func number(_ name: String) -> Double { values[name]?.double ?? 0 }
  func optionalNumber(_ name: String) -> Double? { values[name]?.double }

  /// - Throws: `CRSError` (usage) when the word is none of the type's.
  func word<Word: RawRepresentable & CaseIterable>(_ name: String, _: Word.Type) throws -> Word
  where Word.RawValue == String {
    let text = values[name]?.text ?? ""
    guard let word = Word(rawValue: text) else {
      throw CRSError.usage(
        "'\(text)' is not allowed", parameter: name,
        expected: Word.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return word
  }

  func rows(_ name: String) -> [[SettingValue]] { values[name]?.list?.compactMap(\.list) ?? [] }
  func integers(_ name: String) -> [[Int]] { rows(name).map { $0.compactMap(\.integer) } }
  func numbers(_ name: String) -> [[Double]] { rows(name).map { $0.compactMap(\.double) } }

  func regions(_ name: String) throws -> [Section] {
    try integers(name).filter { $0.count == 4 }.map {
      try Section(x1: $0[0], x2: $0[1], y1: $0[2], y2: $0[3])
    }
  }
}

extension CrmasksParameters {
  /// Weight of a fixed point without one (crmasks.md section 2.3).
  static let fixedPointWeight = 10_000.0

  init(checked: CheckedValues, notes: [String]) throws {
    let region = checked.values["mm_crosscorr_region"]?.list?.compactMap(\.integer) ?? []
    let offsets = checked.numbers("mm_xy_offsets").map { Offset(x: $0[0], y: $0[1]) }
    let fixed = checked.numbers("mm_fixed_points_in_boundary").map {
      BoundaryPoint(
        x: $0[0], y: $0[1], weight: $0.count > 2 ? $0[2] : CrmasksParameters.fixedPointWeight, isFixed: true)
    }
    func pixels(_ name: String) -> [PixelPosition] {
      checked.integers(name).map { PixelPosition(x: $0[0], y: $0[1]) }
    }
    let offsetMethod: OffsetMethod? =
      checked.values["mm_offsets"]?.text == nil
      ? nil : try checked.word("mm_offsets", OffsetMethod.self)
    self.init(
      method: try checked.word("crmethod", CRMethod.self), useLAMedian: checked.flag("use_lamedian"),
      fluxFactor: CrmasksParameters.fluxFactor(checked.values["flux_factor"] ?? .null),
      fluxFactorRegions: try checked.regions("flux_factor_regions"),
      applyFluxFactorTo: try checked.word("apply_flux_factor_to", MaskingOptions.FluxTarget.self),
      interactive: checked.flag("interactive"), dilation: checked.integer("dilation"),
      skippedRegions: try checked.regions("regions_to_be_skipped"),
      flaggedPixels: pixels("pixels_to_be_flagged_as_cr"),
      ignoredPixels: pixels("pixels_to_be_ignored_as_cr"),
      localMedians: checked.integers("pixels_to_be_replaced_by_local_median").map {
        LocalMedianPixel(x: $0[0], y: $0[1], xWidth: $0[2], yWidth: $0[3])
      }, verifyCR: checked.flag("verify_cr"), semiwindow: checked.integer("semiwindow"),
      colorScale: try checked.word("color_scale", ColorScale.self), maxplots: checked.integer("maxplots"),
      lacosmic: try LACosmicSettings(checked: checked), offsets: offsets.isEmpty ? nil : offsets,
      crosscorrRegion: region.count == 4
        ? try Section(x1: region[0], x2: region[1], y1: region[2], y2: region[3]) : nil,
      boundaryFit: BoundaryFit(
        kind: try checked.word("mm_boundary_fit", BoundaryFit.Kind.self),
        knots: checked.integer("mm_knots_splfit"), fixedPoints: fixed,
        extensions: checked.integer("mm_niter_boundary_extension"),
        extensionWeight: checked.number("mm_weight_boundary_extension"),
        mayFall: !checked.flag("mm_robust_extension")),
      simulations: checked.values["mm_nsimulations"] == .text("exact")
        ? .exact : .number(checked.integer("mm_nsimulations")),
      threshold: checked.optionalNumber("mm_threshold"),
      minimumMax2d: checked.number("mm_minimum_max2d_rnoise"),
      seed: checked.values["mm_seed"]?.integer.map { UInt64($0) },
      detection: try checked.word("mm_detector", Detection.self),
      falseAlarms: checked.optionalNumber("mm_far"), largestPValue: checked.number("mm_pmax"),
      laVeto: checked.values["la_veto"]?.bool ?? true,
      hysteresis: checked.number("mm_hysteresis"), prior: try checked.word("mm_prior", Prior.self),
      priorBox: checked.integer("mm_prior_box"), mismatch: checked.optionalNumber("mm_mismatch"),
      largestOffset: checked.number("mm_crosscorr_max"), offsetMethod: offsetMethod, values: checked.values,
      notes: notes)
  }

  private static func fluxFactor(_ value: SettingValue) -> FluxFactor {
    switch value {
    case .text("auto"): .auto
    case .text("fit"): .fit
    case .text: .none(isExplicit: true)
    case .list(let values): .list(values.compactMap(\.double))
    case .number(let value): .number(value)
    default: .none(isExplicit: false)
    }
  }

  /// The lines `- name = value` for the HISTORY of crmasks.fits, in its fixed order, without the groups that
  /// `method` does not use (crmasks.md section 12).
  ///
  /// - Parameter resolved: values that were found out later, by name: seed, flux factors, offsets.
  package func historyLines(resolved: [String: SettingValue] = [:]) -> [String] {
    CrmasksKey.all.filter { key in
      switch key.group {
      case .general: true
      case .lacosmic: method.usesLacosmic
      case .medianMinimum: method.usesMM
      }
    }.map { key in "- \(key.name) = \(resolved[key.name] ?? values[key.name] ?? .null)" }
  }
}

extension LACosmicSettings {
  /// The parameters of the algorithm for a detector: levels in electrons (crmasks.md section 2.2, defect D8).
  ///
  /// - Parameters:
  ///   - gain: electron/ADU.
  ///   - readoutNoise: electrons, as the algorithm is to take it (defect D8 hands over ADU).
  package func parameters(gain: Double, readoutNoise: Double) -> LACosmicParameters {
    let model = PSFModel(profile: psfProfile, fwhmX: fwhmX, fwhmY: fwhmY, size: psfSize, beta: psfBeta)
    return LACosmicParameters(
      sigclip: sigclip, sigfrac: sigfrac, objlim: objlim, gain: gain, readNoise: readoutNoise,
      satlevel: satlevel.map { $0 * gain } ?? 65535, niter: niter, sepmed: sepmed, cleanType: cleanType,
      fineStructure: fineStructure, psf: .model(model), padWidth: padWidth)
  }

  init(checked: CheckedValues) throws {
    self.init(
      gainApply: checked.flag("la_gain_apply"), sigclip: checked.number("la_sigclip"),
      sigfrac: checked.number("la_sigfrac"), objlim: checked.number("la_objlim"),
      satlevel: checked.optionalNumber("la_satlevel"), niter: checked.integer("la_niter"),
      sepmed: checked.flag("la_sepmed"),
      cleanType: try checked.word("la_cleantype", LACosmicParameters.CleanType.self),
      fineStructure: try checked.word("la_fsmode", LACosmicParameters.FineStructure.self),
      psfProfile: try checked.word("la_psfmodel", PSFModel.Profile.self),
      fwhmX: checked.number("la_psffwhm_x"),
      fwhmY: checked.number("la_psffwhm_y"), psfSize: checked.integer("la_psfsize"),
      psfBeta: checked.number("la_psfbeta"), verbose: checked.flag("la_verbose"),
      padWidth: checked.integer("la_padwidth"), veto: checked.values["la_veto"]?.bool)
  }
}
