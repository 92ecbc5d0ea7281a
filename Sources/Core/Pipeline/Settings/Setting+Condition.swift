import Kernels

/// What stands beside the settings of a run and decides too which of them matter.
package struct Circumstances: Sendable {
  /// The boundary is given: none is simulated or fitted.
  package var hasBoundary = false
  /// Their number; nil where it is not known.
  package var exposures: Int?
  /// Levels follow from exposure times, whatever the flux factors are.
  package var hasLevels = false
  package var compatibility: Compatibility?
  /// Whether the diagram that a boundary is fitted to is exact; nil: as the settings say.
  package var isExact: Bool?

  package init(
    hasBoundary: Bool = false, exposures: Int? = nil, hasLevels: Bool = false,
    compatibility: Compatibility? = nil, isExact: Bool? = nil
  ) {
    (self.hasBoundary, self.exposures, self.hasLevels) = (hasBoundary, exposures, hasLevels)
    (self.compatibility, self.isExact) = (compatibility, isExact)
  }
}

extension Setting {
  /// What the others must be for a setting to matter.
  struct Condition: Sendable {
    /// What says otherwise; nil where it holds.
    let unused: @Sendable (CrmasksSettings, Circumstances) -> String?

    init(_ unused: @escaping @Sendable (CrmasksSettings, Circumstances) -> String?) { self.unused = unused }

    func and(_ other: Condition) -> Condition { Condition { unused($0, $1) ?? other.unused($0, $1) } }
  }
}

// MARK: - L.A.Cosmic

extension Setting.Condition {
  /// Without an iteration nothing is looked at.
  static let iterates = Self { settings, _ in
    settings.lacosmic.algorithm.niter == 0 ? "with \(settings.shownName("la_niter"))=0" : nil
  }

  static let convolves = iterates.and(
    Self { settings, circumstances in
      // The minimum of a pair is judged by medians unless something else is asked for.
      if circumstances.exposures == 2, !settings.isGiven("la_fsmode") {
        return "on two exposures without fsmode=convolve"
      }
      return settings.convolves ? nil : "with fsmode=median"
    })

  static let isMoffat = convolves.and(
    Self { settings, _ in
      settings.lacosmic.model.profile == .moffat
        ? nil : "with psfmodel=\(settings.lacosmic.model.profile.rawValue)"
    })

  static let isWideAlongX = convolves.and(
    Self { settings, _ in settings.lacosmic.model.profile == .gaussy ? "with psfmodel=gaussy" : nil })

  static let isWideAlongY = convolves.and(
    Self { settings, _ in settings.lacosmic.model.profile == .gaussx ? "with psfmodel=gaussx" : nil })

  /// Both detectors: one judges what the other found.
  static let vetoes = iterates.and(
    Self { settings, _ in
      settings.masking.method == .mmLacosmic
        ? settings.masking.detection == .pvalue ? nil : "with \(settings.shownName("mm_detector"))=boundary"
        : "with crmethod=\(settings.masking.method.rawValue)"
    })
}

// MARK: - Levels and offsets

extension Setting.Condition {
  static let measuresLevels = Self { settings, _ in
    switch settings.flux {
    case .auto, .fit: nil
    case .none, .number, .list: settings.sky == .auto ? nil : "without flux_factor=auto"
    }
  }

  static let hasLevels = Self { settings, circumstances in
    guard case .none = settings.flux, !circumstances.hasLevels else { return nil }
    return "without flux_factor"
  }

  /// A sky that is subtracted where it is clear is seen beside levels that are measured.
  static let seesSky = Self { settings, circumstances in
    guard settings.sky == .whereClear else { return nil }
    switch settings.flux {
    case .auto, .fit: return circumstances.compatibility == nil ? nil : "as 'clear' with compat"
    case .none, .number, .list: return "as 'clear' without flux_factor=auto"
    }
  }

  static let measuresOffsets = Self { settings, _ in
    settings.displacement.region == nil ? "without \(settings.shownName("mm_crosscorr_region"))" : nil
  }

  static let fitsOffsets = measuresOffsets.and(
    Self { settings, circumstances in
      switch settings.displacement.method {
      case .fit?: nil
      case .crosscorr?: "with \(settings.shownName("mm_offsets"))=crosscorr"
      case nil: circumstances.compatibility == nil ? nil : "with compat"
      }
    })
}

// MARK: - Detectors

extension Setting.Condition {
  /// A boundary decides, and nobody gave it.
  static let makesBoundary = Self { settings, circumstances in
    if circumstances.exposures == 2 { return "on two exposures" }
    if circumstances.hasBoundary { return "beside a boundary that is given" }
    return settings.masking.detection == .pvalue
      ? "with \(settings.shownName("mm_detector"))=pvalue, only with boundary" : nil
  }

  /// Only diagrams are drawn at random.
  static let draws = Self { _, circumstances in
    if circumstances.exposures == 2 { return "on two exposures" }
    return circumstances.hasBoundary ? "beside a boundary that is given" : nil
  }

  static let isSpline = makesBoundary.and(
    Self { settings, _ in
      settings.masking.boundaryFit.kind == .spline
        ? nil
        : "with \(settings.shownName("mm_boundary_fit"))=\(settings.masking.boundaryFit.kind.rawValue)"
    })

  /// An exact diagram is its boundary, unless points are added to it.
  static let isSmoothed = isSpline.and(
    Self { settings, circumstances in
      guard settings.fixedPoints.isEmpty else { return nil }
      if let isExact = circumstances.isExact { return isExact ? "on an exact diagram" : nil }
      return settings.masking.simulations == 0 ? "with \(settings.shownName("mm_nsimulations"))=exact" : nil
    })

  static let isExtended = isSmoothed.and(
    Self { settings, _ in
      settings.masking.boundaryFit.extensions == 0
        ? "with \(settings.shownName("mm_niter_boundary_extension"))=0" : nil
    })

  /// The program that is reproduced lets the boundary fall in any case.
  static let isRobust = isExtended.and(notCompatible)

  static let notCompatible = Self { _, circumstances in
    circumstances.compatibility == nil ? nil : "with compat"
  }

  /// Probabilities decide; beside a boundary they only give a line that compares. Two exposures have nothing else.
  static let judgesProbability = notCompatible.and(
    Self { settings, circumstances in
      settings.masking.detection == .pvalue || circumstances.exposures == 2
        ? nil : "with \(settings.shownName("mm_detector"))=boundary"
    })

  static let isLocal = judgesProbability.and(
    Self { settings, _ in
      settings.masking.pvalue.prior == .local ? nil : "with \(settings.shownName("mm_prior"))=flat"
    })

  /// Two exposures have no brightest value beside the others.
  static let hasSeveral = Self { _, circumstances in
    circumstances.exposures == 2 ? "on two exposures" : nil
  }

  /// `none` is the lowest value of a boundary.
  static let hasThreshold = Self { settings, circumstances in
    guard settings.masking.threshold == nil else { return nil }
    if circumstances.exposures == 2 { return "as none on two exposures" }
    return settings.masking.detection == .pvalue && !circumstances.hasBoundary
      ? "as none with \(settings.shownName("mm_detector"))=pvalue" : nil
  }
}
