import Kernels

extension CrmasksSettings {
  /// How boundary points become a boundary, fixed points included.
  package var boundaryFit: BoundaryFit {
    var fit = masking.boundaryFit
    fit.fixedPoints = fixedPoints.map(\.boundaryPoint)
    return fit
  }

  /// Flux factors and offsets as given, or found where they are to be found.
  ///
  /// - Parameter times: exposure times that the levels should follow [s].
  /// - Throws: `CRSError` as `Registration`.
  package func registration(
    of exposures: MatchedExposures, times: [Double]? = nil, compatibility: Compatibility? = nil,
    isForced: Bool = false, work: Work
  ) throws -> Registration {
    let isCompatible = compatibility == .numina036
    let count = exposures.planes.count
    let factors: Registration.Flux =
      switch flux {
      case .none: .given([Double](repeating: 1, count: count))
      case .number(let factor): .given([Double](repeating: factor, count: count))
      case .list(let factors): .given(factors)
      case .auto: isCompatible ? .numina : .fit
      case .fit: .fit
      }
    let skies: Registration.Sky =
      switch sky {
      case .none: .none
      case .whereClear: isCompatible ? .none : .whereClear
      case .auto: .fit
      case .list(let levels): .given(levels)
      }
    var displaced = Registration.Displacement.given([Offset](repeating: .zero, count: count))
    if masking.method.usesMM {
      if let region = displacement.region {
        displaced =
          displacement.method ?? (isCompatible ? .crosscorr : .fit) == .fit
          ? .fit(region, largest: displacement.largest) : .numina(region)
      } else if !displacement.offsets.isEmpty {
        displaced = .given(displacement.offsets)
      }
    }
    return try naming {
      try Registration(
        exposures, times: isCompatible ? nil : times, flux: factors, sky: skies,
        regions: fluxRegions, displacement: displaced,
        scalesExposures: masking.applyFluxFactorTo == .original, isForced: isForced, work: work)
    }
  }

  /// Keeps what was found, so that HISTORY tells it.
  package mutating func adopt(_ registration: Registration) {
    masking.fluxFactors = registration.fluxFactors
    masking.offsets = registration.offsets
    if let first = registration.fluxFactors.first {
      flux = Set(registration.fluxFactors).count == 1 ? .number(first) : .list(registration.fluxFactors)
    }
    if !registration.skies.isEmpty { sky = .list(registration.skies) }
    if masking.method.usesMM, registration.offsets.contains(where: { $0 != .zero }) {
      displacement.offsets = registration.offsets
    }
  }

  /// Divides exposures by their factors before they are compared, as rates of unlike exposure times need: they become the
  /// counts of one time.
  ///
  /// - Throws: `CRSError` (usage) where the factors were to be left to the simulation.
  package mutating func divideExposures() throws {
    guard masking.applyFluxFactorTo == .simulated else { return }
    if isGiven("apply_flux_factor_to") {
      throw CRSError.usage(
        "'simulated' does not go with rates of different exposure times, which become counts of one time",
        parameter: shownName("apply_flux_factor_to"), expected: "original")
    }
    masking.applyFluxFactorTo = .original
  }

  /// Divides exposures whose factors differ much, unless somebody wants it otherwise: a diagram of exposures as they are
  /// tells nothing of single ones then.
  package mutating func divideUnlikeExposures() {
    guard masking.fluxFactors.areUnlikeFactors, !isGiven("apply_flux_factor_to") else { return }
    masking.applyFluxFactorTo = .original
  }

  /// Draws the seed unless there is one.
  ///
  /// - Returns: the seed.
  @discardableResult package mutating func drawSeed() -> UInt64 {
    let seed = seed ?? UInt64.random(in: 1...999_999_999)
    self.seed = seed
    return seed
  }

  /// What the masks are made with, once the seed is drawn and the registration adopted.
  ///
  /// - Throws: `CRSError` (usage) for what does not go together.
  package func options(boundary: Boundary? = nil, compatibility: Compatibility? = nil) throws
    -> MaskingOptions
  {
    if masking.detection == .pvalue, compatibility == .numina036 {
      throw CRSError.usage(
        "pvalue cannot be combined with compat", parameter: shownName("mm_detector"), expected: "boundary")
    }
    var options = masking
    options.boundaryFit = boundaryFit
    options.boundary = boundary
    options.compatibility = compatibility
    options.seed = seed ?? 0
    options.pvalue.vetoesLacosmic = lacosmic.veto ?? true
    return options
  }
}
