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

  /// What an exposure may have more than the others that no factor tells.
  package enum Sky: Sendable, Equatable {
    case none
    /// Fitted together with flux factors that are fitted, and taken where it is clearly there.
    case whereClear
    /// Fitted, together with flux factors that are fitted.
    case fit
    case given([Double])
  }

  /// Of the exposures as they were read.
  package let fluxFactors: [Double]
  /// Taken off each exposure before it is divided by its flux factor [ADU]; empty for none.
  package let skies: [Double]
  package let offsets: [Offset]
  /// How they were measured; nil when given.
  package let fluxFit: FluxFactorFit?
  /// Of factors and skies together, whether they were taken or not; nil where nobody asked.
  package let skyFit: FluxAndSkyFit?
  package let numinaFlux: NuminaFluxFactors?
  package let offsetFit: OffsetFit?

  /// - Parameters:
  ///   - times: exposure times that the levels should follow [s]; nil where they are not known or do not matter.
  ///   - regions: the pixels that flux factors come from; nil or empty: all.
  ///   - scalesExposures: whether the exposures are divided by their factors before anything else.
  ///   - isForced: exposures without light count as ones of factor 1 instead of being refused.
  /// - Throws: `CRSError`: data when nothing can be measured or an exposure has no light, usage for regions outside; interrupted.
  package init(
    _ exposures: MatchedExposures, times: [Double]? = nil, flux: Flux, sky: Sky = .none,
    regions: [Section]?, displacement: Displacement, scalesExposures: Bool,
    isForced: Bool = false, work: Work
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
    let together = try Self.skyFit(exposures, flux: flux, sky: sky, regions: regions, offsets: known, work)
    // Where an exposure has no light the fit of the factors says so.
    let isTaken =
      together.map { $0.isNeeded && (sky == .fit || $0.isTold) && ($0.hasGivenFactors || $0.allHaveLight) }
      ?? false
    skyFit = together
    if case .given(let levels) = sky { skies = levels } else { skies = isTaken ? together?.skies ?? [] : [] }
    if isTaken, let together, flux == .fit {
      let ratios = zip(together.adopted, exposures.levels).map { $0 / $1 }
      let middle = exposures.hasLevels ? FluxFactorFit.median(ratios) : 1
      (fluxFactors, fluxFit, numinaFlux) = (ratios.map { $0 / middle }, nil, nil)
    } else {
      (fluxFactors, fluxFit, numinaFlux) = try Self.factors(
        exposures, guess: guess, flux: flux, regions: regions, offsets: known, isForced: isForced, work: work)
    }
    if case .numina(let region) = displacement {
      let factors = exposures.divisors(fluxFactors)
      let scaled = try scalesExposures ? exposures.divided(by: factors, work: work) : exposures.planes
      known = try NuminaOffsets.find(
        scaled, median: StackPlanes(scaled, work: work).median, region: region, work: work)
    }
    offsets = known ?? exposures.planes.map { _ in .zero }
    offsetFit = fit
  }

  private static func skyFit(
    _ exposures: MatchedExposures, flux: Flux, sky: Sky, regions: [Section]?, offsets: [Offset]?, _ work: Work
  ) throws -> FluxAndSkyFit? {
    switch (sky, flux) {
    case (.fit, .given(let factors)):
      return try FluxAndSkyFit(
        exposures, regions: regions, offsets: offsets, factors: exposures.divisors(factors), work: work)
    case (.fit, .fit):
      let fit = try FluxAndSkyFit(exposures, regions: regions, offsets: offsets, work: work)
      if fit.isTold { return fit }
      let equal = exposures.divisors(exposures.planes.map { _ in 1 })
      return try FluxAndSkyFit.ambiguous(
        exposures, regions: regions, offsets: offsets, equal: equal, work: work)
    case (.whereClear, .fit) where !exposures.hasLevels:
      // What cannot be compared has no clear sky; the fit of the factors says why.
      let fit = try? FluxAndSkyFit(exposures, regions: regions, offsets: offsets, work: work)
      try work.checkCancelled()
      return fit
    default: return nil
    }
  }

  /// The factors of exposures that all have light, unless those that have none are to be gone on with; nil where the
  /// light is in one exposure alone.
  private static func litFit(
    _ exposures: MatchedExposures, guess: [Double]?, regions: [Section]?, offsets: [Offset]?, isForced: Bool,
    work: Work
  ) throws -> FluxFactorFit? {
    let unlit = try exposures.unlit(work: work)
    if !unlit.exposures.isEmpty, !isForced {
      throw CRSError.data(
        unlit.texts.joined(separator: ", "), parameter: "flux_factor", expected: "exposures of the same sky",
        hint: "a closed shutter looks like that: leave the exposure out; force=yes goes on")
    }
    let lit = exposures.planes.indices.filter { !unlit.exposures.contains($0) }
    guard lit.count > 1 else { return nil }
    let some = unlit.exposures.isEmpty ? exposures : exposures.chosen(lit)
    return try FluxFactorFit(
      some, regions: regions, offsets: offsets.map { offsets in lit.map { offsets[$0] } },
      guess: guess.map { guess in lit.map { guess[$0] } }, work: work
    ).relative(to: some.levels).among(lit, of: exposures.planes.count)
  }

  private static func factors(
    _ exposures: MatchedExposures, guess: [Double]?, flux: Flux, regions: [Section]?, offsets: [Offset]?,
    isForced: Bool, work: Work
  ) throws -> ([Double], FluxFactorFit?, NuminaFluxFactors?) {
    switch flux {
    case .given(let factors): return (factors, nil, nil)
    case .fit:
      let fit = try litFit(
        exposures, guess: guess, regions: regions, offsets: offsets, isForced: isForced, work: work)
      guard let fit else { return (exposures.planes.map { _ in 1 }, nil, nil) }
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
