import Kernels

extension Setting {
  /// All settings, in the order of the HISTORY cards of crmasks.fits. All lines of a method count for the identity
  /// of its masks, those at their default too: masks with the same UUID were told the same.
  package static let all: [Setting] = general + lacosmic + medianMinimum

  private static let general: [Setting] = [
    Setting("crmethod", \.masking.method, .word, default: .mmLacosmic, "detectors to use"),
    Setting(
      "use_lamedian", \.useLAMedian, .flag, default: false,
      "replace by the median cleaned with L.A.Cosmic instead of the minimum"),
    Setting(
      "flux_factor", \.flux, .flux, default: .none(isExplicit: false),
      "relative flux of each exposure: none, auto, fit, a number or one number an exposure"),
    Setting(
      "flux_factor_regions", \.fluxRegions, .regions, unit: "pixel", default: [],
      misspelt: ["flux_factor_region"],
      "rectangles that flux_factor auto and fit look at; none: the whole image"),
    Setting(
      "apply_flux_factor_to", \.masking.applyFluxFactorTo, .word, default: .simulated, file: .required,
      "what the flux factors are applied to"),
    Setting(
      "interactive", \.display.isInteractive, .flag, default: true,
      "verify_cr needs it; figures are written to files, none is shown"),
    Setting(
      "dilation", \.masking.dilation, .integer(0...1000), unit: "pixel", default: 1,
      "pixels added around each detection"),
    Setting(
      "regions_to_be_skipped", \.masking.skippedRegions, .regions, unit: "pixel", default: [],
      "rectangles left untouched"),
    Setting(
      "pixels_to_be_flagged_as_cr", \.masking.flaggedPixels, .pixels, unit: "pixel", default: [],
      misspelt: ["pixels_to_be-flagged_as_cr"],
      "pixels that are cosmic rays whatever the detectors say"),
    Setting(
      "pixels_to_be_ignored_as_cr", \.masking.ignoredPixels, .pixels, unit: "pixel", default: [],
      "pixels that are no cosmic rays whatever the detectors say"),
    Setting(
      "pixels_to_be_replaced_by_local_median", \.masking.localMedians, .boxes, unit: "pixel", default: [],
      "pixels [X, Y, X_width, Y_width] to be replaced by the median of the box around them"),
    Setting(
      "verify_cr", \.display.verifies, .flag, default: false, "ask before each detection is accepted"),
    Setting(
      "semiwindow", \.display.semiwindow, .integer(1...10_000), unit: "pixel", default: 15,
      "half size of the plotted windows"),
    Setting(
      "color_scale", \.display.colorScale, .word, default: .zscale, file: .value(.minmax),
      "colour limits of the plotted windows"),
    Setting(
      "maxplots", \.display.maxplots, .integer(-1_000_000...1_000_000), default: -1,
      "most detections to plot; negative: all"),
  ]

  private static let lacosmic: [Setting] = [
    Setting(
      "la_gain_apply", \.lacosmic.gainApply, .flag, default: true,
      "no effect: LAMEDIAN is in the unit of the exposures, with compat always in electrons"),
    Setting(
      "la_sigclip", \.lacosmic.algorithm.sigclip, .number(above: 0), unit: "sigma", default: 5, warns: true,
      "Laplacian to noise limit"),
    Setting(
      "la_sigfrac", \.lacosmic.algorithm.sigfrac, .number(from: 0), default: 0.3, warns: true,
      "fraction of sigclip for neighbours"),
    Setting(
      "la_objlim", \.lacosmic.algorithm.objlim, .number(from: 0), default: 5, warns: true,
      "smallest contrast between Laplacian and fine structure"),
    Setting(
      "la_satlevel", \.lacosmic.satlevel, .orNone(.number(above: 0).or("inf", for: .infinity)), unit: "ADU",
      default: 65535,
      file: .value(nil), warns: true, "saturation level; none: 65535 electrons"),
    Setting(
      "la_niter", \.lacosmic.algorithm.niter, .integer(0...1000), default: 4, warns: true,
      misspelt: ["ls_niter"], "most iterations"),
    Setting(
      "la_sepmed", \.lacosmic.algorithm.sepmed, .flag, default: true, warns: true,
      "separable medians (faster) instead of full ones"),
    Setting(
      "la_cleantype", \.lacosmic.algorithm.cleanType, .word, default: .meanmask, file: .required,
      "how flagged pixels are replaced"),
    Setting(
      "la_fsmode", \.lacosmic.algorithm.fineStructure, .word, default: .convolve, file: .required,
      "how the fine structure is found"),
    Setting(
      "la_psfmodel", \.lacosmic.model.profile, .word, default: .gaussxy, file: .required, with: .convolves,
      "profile of point sources, for fsmode convolve"),
    Setting(
      "la_psffwhm_x", \.lacosmic.model.fwhmX, .number(above: 0), unit: "pixel", default: 2.5, file: .required,
      with: .convolves, "full width at half maximum along x"),
    Setting(
      "la_psffwhm_y", \.lacosmic.model.fwhmY, .number(above: 0), unit: "pixel", default: 2.5, file: .required,
      with: .convolves, "full width at half maximum along y"),
    Setting(
      "la_psfsize", \.lacosmic.model.size, .oddInteger(3...255), unit: "pixel", default: 11, file: .required,
      with: .convolves, "size of the convolution kernel, odd"),
    Setting(
      "la_psfbeta", \.lacosmic.model.beta, .number(above: 0), default: 4.765, file: .required,
      with: .isMoffat, "exponent of the Moffat profile"),
    Setting(
      "la_verbose", \.lacosmic.verbose, .flag, default: true, file: .value(false),
      "report each iteration, in the long report of parameter files and log_level DEBUG"),
    Setting(
      "la_padwidth", \.lacosmic.algorithm.padWidth, .integer(0...1024), unit: "pixel", default: 0,
      "mirrored rim around the image while L.A.Cosmic runs"),
    Setting(
      "la_veto", \.lacosmic.veto, .orNone(.flag), default: nil,
      "accept a lone L.A.Cosmic pixel only if the p-value allows it; none: with detector pvalue"),
  ]

  private static let medianMinimum: [Setting] = [
    Setting(
      "mm_xy_offsets", \.displacement.offsets, .offsets, unit: "pixel", default: [],
      "offset [x, y] of each exposure"),
    Setting(
      "mm_crosscorr_region", \.displacement.region, .orNone(.region), unit: "pixel", default: nil,
      "rectangle from which the offsets are found"),
    Setting(
      "mm_boundary_fit", \.masking.boundaryFit.kind, .word, default: .spline, file: .required,
      "kind of the boundary"),
    Setting(
      "mm_knots_splfit", \.masking.boundaryFit.knots, .integer(2...100), default: 3,
      misspelt: ["mm_knots_split"], with: .isSpline, "knots of the spline, both ends included"),
    Setting(
      "mm_fixed_points_in_boundary", \.fixedPoints, .points, unit: "ADU", default: [],
      "points [x, y] or [x, y, weight] that the boundary should pass"),
    Setting(
      "mm_nsimulations", \.masking.simulations, .integer(0...100_000).or("exact", for: 0), default: 10,
      "simulated sets of exposures; exact or 0: the expected diagram without random numbers"),
    Setting(
      "mm_niter_boundary_extension", \.masking.boundaryFit.extensions, .integer(0...100), default: 4,
      file: .value(3), "repetitions of the fit with weights"),
    Setting(
      "mm_weight_boundary_extension", \.masking.boundaryFit.extensionWeight, .number(above: 0), default: 10,
      "weight factor of each repetition"),
    Setting(
      "mm_robust_extension", \.masking.boundaryFit.isRobust, .flag, default: true,
      "no repetition of the fit may fall below the one before; compat does without"),
    Setting(
      "mm_threshold", \.masking.threshold, .orNone(.number), unit: "ADU", default: 0,
      "smallest median2d - min2d; none: the minimum of the boundary"),
    Setting(
      "mm_minimum_max2d_rnoise", \.masking.minimumMax2d, .number, unit: "rnoise", default: 5,
      "smallest max2d in units of the readout noise"),
    Setting(
      "mm_seed", \.seed, .orNone(.seed), default: nil, "seed of the simulations; none: another one each time"),
    Setting(
      "mm_detector", \.masking.detection, .word, default: .pvalue, file: .value(.boundary),
      "boundary: the diagram as numina; pvalue: each pixel against its own noise"),
    Setting(
      "mm_far", \.masking.pvalue.falseAlarms, .word("auto", or: .number(from: 1e-6, to: 1e9)), default: nil,
      "expected false alarms per image of pvalue; auto: 1, or 3 in a million pixels"),
    Setting(
      "mm_pmax", \.masking.pvalue.largestProbability, .number(above: 0, to: 0.5), default: 1e-3,
      "largest probability of a pixel that pvalue flags on its own"),
    Setting(
      "mm_hysteresis", \.masking.pvalue.hysteresis, .number(from: 0, to: 10), unit: "dex", default: 1.5,
      "how much weaker neighbours of a flagged pixel may be"),
    Setting(
      "mm_prior", \.masking.pvalue.prior, .word, default: .local,
      "what is known of a pixel before it is looked at"),
    Setting(
      "mm_prior_box", \.masking.pvalue.priorBox, .oddInteger(3...101), unit: "pixel", default: 7,
      "neighbourhood that chooses the prediction of the local prior, odd"),
    Setting(
      "mm_mismatch", \.masking.pvalue.mismatch, .word("auto", or: .number(from: 0, to: 10)), unit: "pixel",
      default: nil, "scatter of the exposures' positions; auto: measured"),
    Setting(
      "mm_crosscorr_max", \.displacement.largest, .number(above: 0, to: 100), unit: "pixel", default: 3,
      "largest offset that is looked for"),
    Setting(
      "mm_offsets", \.displacement.method, .orNone(.word), default: nil,
      "how crosscorr_region is used; none: fit, or crosscorr with compat"),
  ]
}

extension CrmasksSettings {
  /// Whether L.A.Cosmic needs a point-spread function.
  var convolves: Bool { lacosmic.algorithm.fineStructure == .convolve }
}
