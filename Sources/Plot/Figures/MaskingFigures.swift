import Kernels

/// Every figure of one crmasks run from its result.
package struct MaskingFigures: Sendable {
  package var result: MaskingResult
  package var style: PlotStyle

  package init(_ result: MaskingResult, style: PlotStyle = .screen) {
    self.result = result
    self.style = style
  }

  /// Makes the figures one by one: diagnostic_histogram2d when there is a diagram, then the four-panel
  /// diagrams of median, mean and each exposure. Each closure may run on a thread of its own.
  package var diagnostics: [(name: String, make: @Sendable () throws -> Figure)] {
    var all: [(name: String, make: @Sendable () throws -> Figure)] = []
    let style = style
    if let diagram = result.diagram {
      let boundary = result.boundary
      let comparison = comparison
      all.append(
        (
          DiagnosticHistogram2D.name,
          {
            try DiagnosticHistogram2D.figure(
              diagram: diagram, boundary: boundary, overlays: comparison?.layers ?? [], style: style)
          }
        ))
    }
    for detection in result.detections {
      let name =
        switch detection.target {
        case .median: "diagnostic_mediancr"
        case .mean: "diagnostic_meancr"
        case .exposure(let number): "diagnostic_crmask\(number)"
        }
      all.append((name, { try diagnostic(of: detection).figure(style: style) }))
    }
    return all
  }

  /// What probabilities found beside the curve; nil where the curve decided.
  private var comparison: CurveComparison? {
    guard result.isByProbability, let boundary = result.boundary, let median = result.detections.first else {
      return nil
    }
    return CurveComparison(planes: result.planes, found: median.mmcosmic, boundary: boundary)
  }

  private func diagnostic(of detection: TargetDetection) -> DiagnosticDiagram {
    let name =
      switch detection.target {
      case .median: "median2d"
      case .mean: "mean2d"
      case .exposure(let number): "array\(number)"
      }
    let range = result.diagram.flatMap { diagram -> ClosedRange<Double>? in
      guard let first = diagram.xEdges.first, let last = diagram.xEdges.last, first < last else { return nil }
      return first...last
    }
    let usesLacosmic = detection.iterationLimit > 0
    let usesMM = result.diagram != nil || result.boundary != nil
    return DiagnosticDiagram(
      min2d: result.planes.minimum, target: detection.image, targetName: name, mean2d: result.planes.mean,
      finders: detection.finders(lacosmic: usesLacosmic, mm: usesMM), usesLacosmic: usesLacosmic,
      usesMM: usesMM,
      boundary: result.boundary, threshold: result.boundary == nil ? nil : result.threshold, xRange: range)
  }

  /// The pages of mediancr_identified_cr.pdf; none when there is no group.
  package func identified(
    semiwindow: Int = 15, scale: DisplayScale = .zscale, maxplots: Int = -1
  ) throws -> IdentifiedPages {
    try IdentifiedPages(
      exposures: result.exposures, median: result.planes.median, codes: result.codes,
      minimum: result.planes.minimum, groups: result.groups, semiwindow: semiwindow, scale: scale,
      maxplots: maxplots, style: style)
  }

  /// The pages of problematic_pixels.pdf; none when there is no group.
  package func problematic(
    semiwindow: Int = 15, scale: DisplayScale = .zscale, maxplots: Int = -1
  ) throws -> ProblematicPages {
    try ProblematicPages(
      exposures: result.exposures, masks: result.masks.exposures, median: result.planes.median,
      problematic: result.problematic, groups: result.problematicGroups, semiwindow: semiwindow, scale: scale,
      maxplots: maxplots, style: style)
  }
}
