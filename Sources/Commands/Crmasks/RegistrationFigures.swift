import Kernels
import Pipeline
import Plot

/// The figures of measured flux factors and offsets.
struct RegistrationFigures {
  typealias Made = (name: String, make: @Sendable () throws -> Figure)

  /// As read, bias subtracted [ADU].
  var exposures: [Plane<Float>]
  var median: Plane<Float>
  var registration: Registration
  /// The factors of the fit by least squares; nil where nothing but the original's is known.
  var fitted: [Double]?
  var fluxRegions: [Section]
  var crosscorrRegion: Section?
  var style: PlotStyle
  var work: Work

  func figures() throws -> [Made] { try fluxFigures() + offsetFigures() }

  private func fluxFigures() throws -> [Made] {
    guard registration.fluxFit != nil || registration.numinaFlux != nil else { return [] }
    let regions = fluxRegions.isEmpty ? nil : fluxRegions
    let (exposures, median, factors, style) = (exposures, median, registration.fluxFactors, style)
    var made: [Made] = [
      (
        FluxHistogram.nameBefore,
        { try FluxHistogram.figure(exposures: exposures, median: median, regions: regions, style: style) }
      ),
      (
        FluxHistogram.nameAfter,
        {
          try FluxHistogram.figure(
            exposures: exposures, median: median, regions: regions, factors: factors, style: style)
        }
      ),
    ]
    if exposures.count % 2 == 1 {
      made.append(
        (
          MedianPositionFigure.name,
          {
            try MedianPositionFigure.figure(
              exposures: exposures, median: median, regions: regions, style: style)
          }
        ))
    }
    let ridge =
      try registration.numinaFlux
      ?? NuminaFluxFactors(exposures, median: median, regions: regions, work: work)
    for (index, finding) in ridge.findings.enumerated() {
      let isFit = registration.fluxFit != nil
      let figure = FluxFactorFigure(
        number: index + 1, valueEdges: finding.valueEdges, ratioEdges: finding.ratioEdges,
        counts: finding.counts,
        cleaned: finding.cleaned,
        sides: isFit
          ? []
          : finding.sides.map { side in
            FluxFactorFigure.Side(
              points: side.points.map { ($0.x, $0.y) }, spline: side.spline,
              mode: side.mode.map { ($0.x, $0.y) })
          }, factor: factors[index], isFailed: !isFit && finding.isFailed,
        fitted: isFit ? nil : fitted?[index])
      made.append((figure.name, { try figure.figure(style: style) }))
    }
    return made
  }

  private func offsetFigures() throws -> [Made] {
    guard let region = crosscorrRegion else { return [] }
    let style = style
    return registration.offsets.enumerated().map { index, offset in
      let (exposure, median) = (exposures[index], median)
      return (
        "xyoffset_crosscorr_\(index + 1)",
        {
          let back = Offset(x: -offset.x, y: -offset.y)
          return try CrossCorrelationFigure(
            number: index + 1, region: region, median: median, exposure: exposure,
            shifted: SubpixelShift.fluxConserving(exposure, by: back, work: Work(threads: 1)), offset: offset
          ).figure(style: style)
        }
      )
    }
  }
}

extension RegistrationFigures {
  /// The figures of what a run measured; none when factors and offsets were given.
  static func made(_ run: CrmasksRun, _ result: MaskingResult, style: PlotStyle, work: Work) throws -> [Made]
  {
    let (settings, registration) = (run.settings, run.registration)
    let region = settings.displacement.region
    guard registration.fluxFit != nil || registration.numinaFlux != nil || region != nil else { return [] }
    let matched = run.exposures.matched
    let exposures = try matched.hasLevels ? matched.divided(by: matched.levels, work: work) : matched.planes
    // The original's ridge is shown beside the fit; where the fit is impossible it stands alone.
    let fit = try registration.numinaFlux.flatMap { _ in
      do {
        return try FluxFactorFit(
          run.exposures.matched, regions: settings.fluxRegions.isEmpty ? nil : settings.fluxRegions,
          work: work)
      } catch let error as CRSError where error.kind != .interrupted { return nil }
    }
    let isScaled = run.options.applyFluxFactorTo == .original && run.options.fluxFactors.contains { $0 != 1 }
    return try RegistrationFigures(
      exposures: exposures,
      median: isScaled ? StackPlanes(exposures, work: work).median : result.planes.median,
      registration: registration, fitted: fit?.adopted, fluxRegions: settings.fluxRegions,
      crosscorrRegion: run.options.method.usesMM ? region : nil, style: style, work: work
    ).figures()
  }
}
