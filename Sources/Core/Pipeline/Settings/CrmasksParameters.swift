import Files
import Kernels

/// Everything that crmasks is told except the exposures and their detector, checked (crmasks.md section 2,
/// beyond.md sections 2.6 and 3).
package struct CrmasksParameters: Sendable, Equatable {
  package enum FluxFactor: Sendable, Equatable {
    /// All 1; `isExplicit` when the word none was given.
    case none(isExplicit: Bool)
    /// Estimated as the reference does.
    case auto
    /// Fitted (beyond.md section 3.1).
    case fit
    /// One for all exposures.
    case number(Double)
    /// One for each exposure.
    case list([Double])
  }
  package enum ColorScale: String, Sendable, CaseIterable { case minmax, zscale }
  package enum Detection: String, Sendable, CaseIterable { case boundary, pvalue }
  package enum Prior: String, Sendable, CaseIterable { case local, flat }
  package enum OffsetMethod: String, Sendable, CaseIterable { case fit, crosscorr }
  package enum Simulations: Sendable, Equatable {
    case number(Int)
    /// The expected diagram (beyond.md section 1).
    case exact
  }

  package var method: CRMethod
  package var useLAMedian: Bool
  package var fluxFactor: FluxFactor
  package var fluxFactorRegions: [Section]
  package var applyFluxFactorTo: MaskingOptions.FluxTarget
  package var interactive: Bool
  package var dilation: Int
  package var skippedRegions: [Section]
  package var flaggedPixels: [PixelPosition]
  package var ignoredPixels: [PixelPosition]
  package var localMedians: [LocalMedianPixel]
  package var verifyCR: Bool
  package var semiwindow: Int
  package var colorScale: ColorScale
  /// Most groups plotted; negative: all.
  package var maxplots: Int
  package var lacosmic: LACosmicSettings
  /// nil without; one for each exposure.
  package var offsets: [Offset]?
  package var crosscorrRegion: Section?
  /// Kind, knots, fixed points (default weight 10000), extensions and their weight.
  package var boundaryFit: BoundaryFit
  package var simulations: Simulations
  /// Smallest median2d - min2d [ADU]; nil for the minimum of the boundary.
  package var threshold: Double?
  /// Smallest max2d in units of the readout noise.
  package var minimumMax2d: Double
  /// nil: another seed each time.
  package var seed: UInt64?
  package var detection: Detection
  /// Expected false alarms per image; nil for automatic.
  package var falseAlarms: Double?
  package var largestPValue: Double
  /// Whether detections of L.A.Cosmic need a small probability too (pvalue only).
  package var laVeto: Bool
  /// [dex]
  package var hysteresis: Double
  package var prior: Prior
  /// Odd [pixel].
  package var priorBox: Int
  /// [pixel]; nil for automatic.
  package var mismatch: Double?
  /// [pixel]
  package var largestOffset: Double
  /// nil: fit, or crosscorr where the reference is reproduced.
  package var offsetMethod: OffsetMethod?

  /// Every parameter with its checked value, by its name in parameter files.
  package internal(set) var values: [String: SettingValue]
  /// Warnings and remarks for the user, a sentence each.
  package var notes: [String]
}

extension CrmasksParameters {
  /// Who gives the values; decides the defaults.
  package enum Source: Sendable {
    /// A parameter file: crmasks.md section 2's defaults, some of them with a warning, some keys required.
    case file
    /// The shell or a subcommand: the defaults of the documents' parameter file, names without la_ and mm_ too.
    case shell
  }

  /// Checks values by name.
  ///
  /// - Parameters:
  ///   - exposures: their number where it is known, for the lists with one entry an exposure.
  /// - Throws: `CRSError` (usage) naming the parameter for unknown names, wrong types, values out of range, and
  ///   options that exclude each other.
  package init(values given: [String: SettingValue], source: Source = .shell, exposures: Int? = nil) throws {
    var notes: [String] = []
    var values: [String: SettingValue] = [:]
    func shown(_ key: CrmasksKey) -> String { source == .shell ? key.shellName : key.name }
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let key = CrmasksParameters.key(named: name, source: source, notes: &notes) else {
        let names = CrmasksKey.all.map { source == .shell ? $0.shellName : $0.name }
        throw CRSError.usage(
          "is not a known parameter", parameter: name, hint: didYouMean(name, among: names))
      }
      guard values[key.name] == nil else {
        throw CRSError.usage("is given twice", parameter: shown(key), expected: "each parameter once")
      }
      let checked = try key.checked(value, isLenient: source == .shell, shown: name)
      values[key.name] = checked.value
      if let note = checked.note { notes.append("\(shown(key)): \(note)") }
    }
    let method = CRMethod(rawValue: values["crmethod"]?.text ?? "") ?? .mmLacosmic
    for key in CrmasksKey.all where values[key.name] == nil {
      let fallback = source == .shell ? key.shellDefault : key.fileDefault
      let isUsed = CrmasksParameters.isUsed(key, method: method, values: values)
      if fallback == nil, isUsed {
        throw CRSError.usage("is missing", parameter: shown(key), expected: key.expectation)
      }
      values[key.name] = fallback ?? key.shellDefault
      if source == .file, key.warnsWhenAbsent, isUsed {
        notes.append("\(key.name) is not given: \(values[key.name] ?? .null) is used")
      }
    }
    try self.init(checked: CheckedValues(values: values), notes: notes)
    try checkTogether(shown: shown, exposures: exposures)
  }

  private static func key(named name: String, source: Source, notes: inout [String]) -> CrmasksKey? {
    if let key = CrmasksKey.all.first(where: { $0.name == name }) { return key }
    if source == .shell, let key = CrmasksKey.named(name) { return key }
    guard let meant = CrmasksKey.misspellings[name] else { return nil }
    notes.append("'\(name)' is understood as '\(meant)'")
    return CrmasksKey.named(meant)
  }

  /// Whether the other values make a key matter.
  private static func isUsed(_ key: CrmasksKey, method: CRMethod, values: [String: SettingValue]) -> Bool {
    switch key.group {
    case .general: return true
    case .medianMinimum: return method.usesMM
    case .lacosmic:
      guard method.usesLacosmic else { return false }
      switch key.name {
      case "la_psffwhm_x", "la_psffwhm_y", "la_psfsize": return values["la_fsmode"] == .text("convolve")
      case "la_psfbeta":
        return values["la_fsmode"] == .text("convolve") && values["la_psfmodel"] == .text("moffat")
      default: return true
      }
    }
  }

  private func checkTogether(shown: (CrmasksKey) -> String, exposures: Int?) throws {
    func name(_ key: String) -> String { CrmasksKey.named(key).map(shown) ?? key }
    if useLAMedian, !method.usesLacosmic {
      throw CRSError.usage(
        "cannot be True with crmethod mmcosmic", parameter: name("use_lamedian"),
        expected: "crmethod lacosmic or mm_lacosmic")
    }
    if verifyCR, !interactive {
      throw CRSError.usage(
        "cannot be True without interactive", parameter: name("verify_cr"), expected: "interactive True")
    }
    if case .none(isExplicit: true) = fluxFactor, !fluxFactorRegions.isEmpty {
      throw CRSError.usage(
        "is given although flux_factor is none", parameter: name("flux_factor_regions"),
        expected: "flux_factor auto or fit")
    }
    if let exposures {
      try checkCounts(exposures, name)
    }
    guard method.usesMM else { return }
    if offsets != nil, crosscorrRegion != nil {
      throw CRSError.usage(
        "cannot be given together with \(name("mm_crosscorr_region"))", parameter: name("mm_xy_offsets"),
        expected: "only one of them")
    }
    if let region = crosscorrRegion,
      region.width.multipliedReportingOverflow(by: region.height).partialValue < 100
    {
      throw CRSError.usage(
        "\(region) is too small", parameter: name("mm_crosscorr_region"), expected: "at least 100 pixels")
    }
    if boundaryFit.kind == .piecewise, boundaryFit.fixedPoints.count < 2 {
      throw CRSError.usage(
        "\(boundaryFit.fixedPoints.count) points for a piecewise boundary",
        parameter: name("mm_fixed_points_in_boundary"), expected: "at least 2 points [x, y]")
    }
  }

  /// Checks the lists that have one entry an exposure.
  private func checkCounts(_ exposures: Int, _ name: (String) -> String) throws {
    if case .list(let factors) = fluxFactor, factors.count != exposures {
      throw CRSError.usage(
        "\(factors.count) numbers for \(exposures) exposures", parameter: name("flux_factor"),
        expected: "\(exposures) numbers")
    }
    if method.usesMM, let offsets, offsets.count != exposures {
      throw CRSError.usage(
        "\(offsets.count) offsets for \(exposures) exposures", parameter: name("mm_xy_offsets"),
        expected: "\(exposures) offsets")
    }
  }

  /// Checks what depends on the exposures: lists with one entry each, rectangles and pixels inside the image.
  ///
  /// - Throws: `CRSError` (usage, data) naming the parameter.
  package func validated(exposures: Int, shape: Shape) throws -> CrmasksParameters {
    try checkCounts(exposures) { $0 }
    for (name, regions) in [
      ("flux_factor_regions", fluxFactorRegions), ("regions_to_be_skipped", skippedRegions),
      ("mm_crosscorr_region", crosscorrRegion.map { [$0] } ?? []),
    ] {
      for region in regions { _ = try region.validated(inside: shape, parameter: name) }
    }
    for (name, pixels) in [
      ("pixels_to_be_flagged_as_cr", flaggedPixels), ("pixels_to_be_ignored_as_cr", ignoredPixels),
      ("pixels_to_be_replaced_by_local_median", localMedians.map { PixelPosition(x: $0.x, y: $0.y) }),
    ] {
      for pixel in pixels where !(1...shape.width ~= pixel.x && 1...shape.height ~= pixel.y) {
        throw CRSError.data(
          "pixel [\(pixel.x), \(pixel.y)] is out of bounds", parameter: name,
          expected: "x in 1...\(shape.width), y in 1...\(shape.height)")
      }
    }
    return self
  }
}
