/// Flux factors and offsets of a stack, given or measured.
package struct Registration: Sendable {
  /// Where the flux factors come from.
  package enum Flux: Sendable, Equatable {
    case given([Double])
    case fit
    /// The histogram ridge of numina 0.36.
    case numina
  }
  /// Where the offsets come from.
  package enum Displacement: Sendable, Equatable {
    case given([Offset])
    /// Least squares inside a region; cosmic rays are kept out for offsets up to `largest` pixels.
    case fit(Section, largest: Double)
    /// The cross-correlation of numina 0.36.
    case numina(Section)
  }

  /// Of the exposures as they were read.
  package let fluxFactors: [Double]
  package let offsets: [Offset]
  /// How they were measured; nil when given.
  package let fluxFit: FluxFactorFit?
  package let numinaFlux: NuminaFluxFactors?
  package let offsetFit: OffsetFit?

  /// - Parameters:
  ///   - times: exposure times that the levels should follow [s]; nil where they are not known or do not matter.
  ///   - regions: the pixels that flux factors come from; nil or empty: all.
  ///   - scalesExposures: whether the exposures are divided by their factors before anything else.
  /// - Throws: `CRSError`: data when nothing can be measured, usage for regions outside; interrupted.
  package init(
    _ exposures: MatchedExposures, times: [Double]? = nil, flux: Flux, regions: [Section]?,
    displacement: Displacement, scalesExposures: Bool, work: Work
  ) throws {
    let guess = times.flatMap { times in
      times.count == exposures.planes.count && times.allSatisfy { $0 > 0 && $0.isFinite } ? times : nil
    }
    let regions = regions.flatMap { $0.isEmpty ? nil : $0 }
    var fit: OffsetFit?
    // The fit of offsets does not need the factors, the fit of factors needs aligned exposures.
    if case .fit(let region, let largest) = displacement {
      fit = try OffsetFit(exposures, region: region, largest: largest, guess: guess, work: work)
    }
    var known = fit?.offsets
    if case .given(let offsets) = displacement {
      try offsets.checkOverlap(exposures.shape, parameter: "mm_xy_offsets")
      known = offsets
    }
    (fluxFactors, fluxFit, numinaFlux) = try Self.factors(
      exposures, guess: guess, flux: flux, regions: regions, offsets: known, work: work)
    if case .numina(let region) = displacement {
      let factors = exposures.divisors(fluxFactors)
      let scaled = try scalesExposures ? exposures.divided(by: factors, work: work) : exposures.planes
      known = try NuminaOffsets.find(
        scaled, median: StackPlanes(scaled, work: work).median, region: region, work: work)
    }
    offsets = known ?? exposures.planes.map { _ in .zero }
    offsetFit = fit
  }

  private static func factors(
    _ exposures: MatchedExposures, guess: [Double]?, flux: Flux, regions: [Section]?, offsets: [Offset]?,
    work: Work
  ) throws -> ([Double], FluxFactorFit?, NuminaFluxFactors?) {
    switch flux {
    case .given(let factors): return (factors, nil, nil)
    case .fit:
      let fit = try FluxFactorFit(
        exposures, regions: regions, offsets: offsets, guess: guess, work: work
      ).relative(to: exposures.levels)
      return (fit.adopted, fit, nil)
    case .numina:
      let planes = exposures.planes
      guard planes.count <= NuminaFluxFactors.most else { return (planes.map { _ in 1 }, nil, nil) }
      let found = try NuminaFluxFactors(
        planes, median: StackPlanes(planes, work: work).median, regions: regions, work: work)
      return (found.factors, nil, found)
    }
  }
}
