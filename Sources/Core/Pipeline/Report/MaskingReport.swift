import Files
import Kernels

/// What a run says of its masks.
package struct MaskingReport {
  private let result: MaskingResult
  private let options: MaskingOptions
  private let registration: Registration
  private let settings: CrmasksSettings
  private let isBrief: Bool
  private let readoutNoise: Double?
  private let isScatterExplained: Bool
  private let unit: PixelUnit
  private let times: [Double]?

  /// - Parameters:
  ///   - unit: of the exposures.
  ///   - times: exposure times [s]; nil where one is not known.
  ///   - readoutNoise: what it was taken for [ADU]; nil where exposures differ.
  ///   - isScatterExplained: it was said already why exposures scatter otherwise than their noise says.
  ///   - isBrief: tell the counts of all targets as one table instead of the original's listing.
  package init(
    _ result: MaskingResult, _ options: MaskingOptions, _ registration: Registration,
    _ settings: CrmasksSettings, unit: PixelUnit = .adu, times: [Double]? = nil, readoutNoise: Double? = nil,
    isScatterExplained: Bool = false, isBrief: Bool
  ) {
    (self.result, self.options, self.registration) = (result, options, registration)
    (self.settings, self.isBrief, self.readoutNoise) = (settings, isBrief, readoutNoise)
    (self.isScatterExplained, self.unit, self.times) = (isScatterExplained, unit, times)
  }

  package func tell(report: (String) -> Void, note: (String) -> Void) {
    report("number of exposures: \(result.exposures.count), \(result.masks.shape)")
    report("crmethod: \(options.method.rawValue)")
    let registered = RegistrationReport(registration, options, unit: unit)
    registered.lines.forEach(report)
    registered.warnings.forEach(note)
    tellDiagram(report: report, note: note)
    StackReport.lines(result.findings, unit: unit).forEach(report)
    let isFluxMeasured = registration.fluxFit != nil || registration.skyFit?.hasGivenFactors == false
    StackReport.warnings(
      result.findings, unit: unit, isScatterExplained: isScatterExplained, isFluxMeasured: isFluxMeasured
    ).forEach(note)
    if options.compatibility == nil {
      SharedPixels(result.problematic, hits: result.masks.exposures.map(\.flagged)).warnings.forEach(note)
      if result.isByProbability || result.pair != nil {
        let findings = result.findings
        let explained = [
          findings.difference?.exposure, findings.onSources?.exposure, findings.broad?.exposure,
        ]
        UnequalHits(result.masks.exposures, times: times).warnings(
          explained: Set(explained.compactMap { $0 })
        )
        .forEach(note)
      }
      FineStructureCheck.warnings(settings).forEach(note)
    }
    if result.overlappingLocalMedians > 0 {
      note(
        "\(result.overlappingLocalMedians) pixels of pixels_to_be_replaced_by_local_median are not part of the masks"
      )
    }
    if result.pair != nil {
      PairReport.lines(result).forEach(report)
      return
    }
    if isBrief {
      CrmasksReport.summary(of: result).forEach(report)
      return
    }
    let rule = String(repeating: "-", count: 79)
    for detection in result.detections {
      report(rule)
      CrmasksReport.lines(
        of: detection, result: result, method: options.method, iterations: settings.lacosmic.verbose
      ).forEach(report)
    }
    report(rule)
    report(
      "number of problematic cosmic-ray pixels masked in all individual CRMASKi: \(result.problematic.flagged)"
    )
    report("number of grouped problematic cosmic-ray pixels: \(result.problematicGroups.count)")
  }

  /// What the other detector of contaminated medians would have found; nil where it made the masks or cannot say.
  package static func comparison(_ result: MaskingResult) -> String? {
    guard !result.isByProbability, let pvalue = result.pvalue else { return nil }
    return
      "for comparison: the p-value detector (mm_detector: pvalue), which tests each pixel against its own noise, "
      + "would flag \(pvalue.flagged.core) pixels, \(pvalue.flagged.all) with their neighbours, at "
      + "\(pvalue.askedFalseAlarms.short) expected false alarms"
  }

  private func tellDiagram(report: (String) -> Void, note: (String) -> Void) {
    if let diagram = result.diagram {
      let kind =
        diagram.isExact
        ? "exact" : "simulation \(diagram.simulations)/\(diagram.simulations) done, seed \(diagram.seed)"
      report(
        "diagram: \(kind), min2d \(diagram.xEdges[0].fixed(2)) to \(diagram.xEdges[Diagram.bins].fixed(2)), "
          + "\(diagram.points.count) boundary points")
    } else if result.boundary != nil {
      report("boundary: as given")
    }
    if !result.isByProbability { BoundaryCheck.warnings(result, unit: unit).forEach(note) }
    guard let pvalue = result.pvalue else { return }
    if result.isByProbability { PValueReport.lines(pvalue).forEach(report) }
    PValueReport.warnings(
      pvalue, readoutNoise: readoutNoise,
      isExplained: isScatterExplained || result.findings.scatter != nil
        || result.findings.explainsDarkScatter(readoutNoise: readoutNoise)
    ).forEach(note)
  }
}
