import Kernels

extension Setting {
  /// All settings, in the order of the HISTORY cards of crmasks.fits. All lines of a method count for the identity
  /// of its masks, those at their default too: masks with the same UUID were told the same.
  package static let all: [Setting] = general + lacosmic + medianMinimum

  private static let general: [Setting] = [
    Setting(
      "crmethod", \.masking.method, .word, default: .mmLacosmic,
      "methods to use: L.A.Cosmic, the median-minimum diagram, or both"),
    Setting(
      "use_lamedian", \.useLAMedian, .flag, default: false,
      "replace contaminated pixels by LAMEDIAN (cleaned by L.A.Cosmic) instead of the minimum"),
    Setting(
      "flux_factor", \.flux, .flux, default: .none(isExplicit: false),
      "relative flux of each exposure: none, auto, fit, one number, or one number per exposure"),
    Setting(
      "flux_factor_regions", \.fluxRegions, .regions, unit: "pixel", default: [],
      misspelt: ["flux_factor_region"], with: .measuresLevels,
      "rectangles in which flux factors are measured; none: the whole image"),
    Setting(
      "sky", \.sky, .sky, unit: "ADU", default: .whereClear, with: .seesSky,
      "additional sky of each exposure, subtracted first; clear: fitted with flux_factor auto or fit and subtracted where "
        + "it is clearly there; auto: always fitted"),
    Setting(
      "apply_flux_factor_to", \.masking.applyFluxFactorTo, .word, default: .simulated, warns: true,
      with: .hasLevels,
      "apply the flux factors to the original or to the simulated exposures"),
    Setting(
      "interactive", \.display.isInteractive, .flag, default: true,
      "for compatibility and verify_cr; figures are written to files, never shown"),
    Setting(
      "dilation", \.masking.dilation, .integer(0...1000), unit: "pixel", default: 1,
      "number of pixels by which each detection grows"),
    Setting(
      "regions_to_be_skipped", \.masking.skippedRegions, .regions, unit: "pixel", default: [],
      "rectangles to leave as they are"),
    Setting(
      "pixels_to_be_flagged_as_cr", \.masking.flaggedPixels, .pixels, unit: "pixel", default: [],
      misspelt: ["pixels_to_be-flagged_as_cr"],
      "pixels [X, Y] to flag in any case"),
    Setting(
      "pixels_to_be_ignored_as_cr", \.masking.ignoredPixels, .pixels, unit: "pixel", default: [],
      "pixels [X, Y] never to flag"),
    Setting(
      "pixels_to_be_replaced_by_local_median", \.masking.localMedians, .boxes, unit: "pixel", default: [],
      "pixels [X, Y, X_width, Y_width] to replace by the median of the box around them"),
    Setting(
      "verify_cr", \.display.verifies, .flag, default: false, "ask before accepting each detection"),
    Setting(
      "semiwindow", \.display.semiwindow, .integer(1...10_000), unit: "pixel", default: 15,
      "half width of the plotted windows"),
    Setting(
      "color_scale", \.display.colorScale, .word, default: .zscale, file: .value(.minmax),
      "how the colour limits of the plotted windows are found"),
    Setting(
      "maxplots", \.display.maxplots, .integer(-1_000_000...1_000_000), default: -1,
      "maximum number of detections to plot; negative: all"),
  ]

  private static let lacosmic: [Setting] = [
    Setting(
      "la_gain_apply", \.lacosmic.gainApply, .flag, default: true,
      "for compatibility, no effect: LAMEDIAN keeps the unit of the exposures; with compat it is in electrons"
    ),
    Setting(
      "la_sigclip", \.lacosmic.algorithm.sigclip, .number(above: 0), unit: "sigma", default: 5, warns: true,
      with: .iterates,
      "Laplacian-to-noise threshold"),
    Setting(
      "la_sigfrac", \.lacosmic.algorithm.sigfrac, .number(from: 0), default: 0.3, warns: true,
      with: .iterates,
      "threshold of neighbours, as a fraction of sigclip"),
    Setting(
      "la_objlim", \.lacosmic.algorithm.objlim, .number(from: 0), default: 5, warns: true, with: .iterates,
      "minimum contrast, Laplacian to fine structure"),
    Setting(
      "la_satlevel", \.lacosmic.satlevel, .orNone(.number(above: 0).or("inf", for: .infinity)), unit: "ADU",
      default: 65535,
      file: .value(nil), warns: true, with: .iterates, "saturation level; none: 65535 electrons"),
    Setting(
      "la_niter", \.lacosmic.algorithm.niter, .integer(0...1000), default: 4, warns: true,
      misspelt: ["ls_niter"], "maximum number of iterations"),
    Setting(
      "la_sepmed", \.lacosmic.algorithm.sepmed, .flag, default: true, warns: true, with: .iterates,
      "use separable medians (faster) instead of full ones"),
    Setting(
      "la_cleantype", \.lacosmic.algorithm.cleanType, .word, default: .meanmask, warns: true, with: .iterates,
      "how flagged pixels are replaced"),
    Setting(
      "la_fsmode", \.lacosmic.algorithm.fineStructure, .word, default: .convolve, warns: true,
      with: .iterates,
      "fine structure by median filters, or by convolution with the PSF"),
    Setting(
      "la_psfmodel", \.lacosmic.model.profile, .word, default: .gaussxy, warns: true, with: .convolves,
      "PSF model for fsmode=convolve"),
    Setting(
      "la_psffwhm_x", \.lacosmic.model.fwhmX, .number(above: 0), unit: "pixel", default: 2.5, warns: true,
      with: .isWideAlongX, "FWHM of the PSF along x"),
    Setting(
      "la_psffwhm_y", \.lacosmic.model.fwhmY, .number(above: 0), unit: "pixel", default: 2.5, warns: true,
      with: .isWideAlongY, "FWHM of the PSF along y"),
    Setting(
      "la_psfsize", \.lacosmic.model.size, .oddInteger(3...255), unit: "pixel", default: 11, warns: true,
      with: .convolves, "side of the PSF kernel, odd"),
    Setting(
      "la_psfbeta", \.lacosmic.model.beta, .number(above: 0), default: 4.765, warns: true,
      with: .isMoffat, "exponent of the Moffat profile"),
    Setting(
      "la_verbose", \.lacosmic.verbose, .flag, default: true, file: .value(false),
      "report each iteration (parameter files and log_level=DEBUG)"),
    Setting(
      "la_padwidth", \.lacosmic.algorithm.padWidth, .integer(0...1024), unit: "pixel", default: 0,
      with: .iterates,
      "width of the mirrored border for L.A.Cosmic; 0: edges are not tested"),
    Setting(
      "la_veto", \.lacosmic.veto, .orNone(.flag), default: nil, with: .vetoes,
      "accept an isolated L.A.Cosmic pixel only if its p-value is small; none: with detector=pvalue"),
  ]

  private static let medianMinimum: [Setting] = [
    Setting(
      "mm_xy_offsets", \.displacement.offsets, .offsets, unit: "pixel", default: [],
      "offset [x, y] of each exposure"),
    Setting(
      "mm_crosscorr_region", \.displacement.region, .orNone(.region), unit: "pixel", default: nil,
      "rectangle in which the offsets are measured"),
    Setting(
      "mm_boundary_fit", \.masking.boundaryFit.kind, .word, default: .spline, warns: true,
      with: .makesBoundary,
      "type of the boundary"),
    Setting(
      "mm_knots_splfit", \.masking.boundaryFit.knots, .integer(2...100), default: 3,
      misspelt: ["mm_knots_split"], with: .isSmoothed, "number of knots of the spline, including both ends"),
    Setting(
      "mm_fixed_points_in_boundary", \.fixedPoints, .points, unit: "ADU", default: [], with: .makesBoundary,
      "points [x, y] or [x, y, weight] through which the boundary should pass"),
    Setting(
      "mm_nsimulations", \.masking.simulations, .integer(0...100_000).or("exact", for: 0), default: 10,
      with: .makesBoundary,
      "number of simulated sets of exposures; exact or 0: compute the expected diagram instead"),
    Setting(
      "mm_niter_boundary_extension", \.masking.boundaryFit.extensions, .integer(0...100), default: 4,
      file: .value(3), with: .isSmoothed, "number of weighted repetitions of the fit"),
    Setting(
      "mm_weight_boundary_extension", \.masking.boundaryFit.extensionWeight, .number(above: 0), default: 10,
      with: .isExtended,
      "factor by which each repetition weights points above the curve"),
    Setting(
      "mm_robust_extension", \.masking.boundaryFit.isRobust, .flag, default: true, with: .isRobust,
      "keep each repetition of the fit at or above the previous one; no with compat"),
    Setting(
      "mm_threshold", \.masking.threshold, .orNone(.number), unit: "ADU", default: 0, with: .hasThreshold,
      "minimum median2d - min2d of a detection; none: the minimum of the boundary"),
    Setting(
      "mm_minimum_max2d_rnoise", \.masking.minimumMax2d, .number, unit: "rnoise", default: 5,
      with: .hasSeveral,
      "minimum max2d of a detection, in units of the readout noise"),
    Setting(
      "mm_seed", \.seed, .orNone(.seed), default: nil, with: .draws,
      "random seed of the simulations; none: a new seed each time"),
    Setting(
      "mm_detector", \.masking.detection, .word, default: .pvalue, file: .value(.boundary),
      "boundary: the diagram, as numina; pvalue: test each pixel against its own noise"),
    Setting(
      "mm_far", \.masking.pvalue.falseAlarms, .word("auto", or: .number(from: 1e-6, to: 1e9)), default: nil,
      with: .judgesProbability,
      "expected number of false alarms per image; auto: 1, or 3 per million pixels; of two exposures 3 in each"
    ),
    Setting(
      "mm_pmax", \.masking.pvalue.largestProbability, .number(above: 0, to: 0.5), default: 1e-3,
      with: .judgesProbability,
      "maximum p-value of an isolated detection"),
    Setting(
      "mm_hysteresis", \.masking.pvalue.hysteresis, .number(from: 0, to: 10), unit: "dex", default: 1.5,
      with: .judgesProbability,
      "flag neighbours of a detection up to 10^hysteresis times the threshold"),
    Setting(
      "mm_prior", \.masking.pvalue.prior, .word, default: .local, with: .judgesProbability,
      "prior for the expected value: local (from neighbours) or flat"),
    Setting(
      "mm_prior_box", \.masking.pvalue.priorBox, .oddInteger(3...101), unit: "pixel", default: 7,
      with: .isLocal, "side of the neighbourhood of the local prior, odd"),
    Setting(
      "mm_mismatch", \.masking.pvalue.mismatch, .word("auto", or: .number(from: 0, to: 10)), unit: "pixel",
      default: nil, with: .judgesProbability, "scatter of the positions of the exposures; auto: measured"),
    Setting(
      "mm_crosscorr_max", \.displacement.largest, .number(above: 0, to: 100), unit: "pixel", default: 3,
      with: .fitsOffsets, "maximum offset to search for"),
    Setting(
      "mm_offsets", \.displacement.method, .orNone(.word), default: nil, with: .measuresOffsets,
      "how offsets are measured in crosscorr_region; none: fit, or crosscorr with compat"),
  ]
}

extension CrmasksSettings {
  /// Whether L.A.Cosmic needs a point-spread function.
  var convolves: Bool { lacosmic.algorithm.fineStructure == .convolve }
}
