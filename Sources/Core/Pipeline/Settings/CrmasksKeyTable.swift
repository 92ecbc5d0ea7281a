import Kernels

extension CrmasksKey {
  /// All parameters, in the order of the HISTORY cards (crmasks.md section 12).
  package static let all: [CrmasksKey] = general + lacosmic + medianMinimum

  private static let positive = 0.0...1e30
  private static let any = -1e30...1e30

  private static let general: [CrmasksKey] = [
    CrmasksKey(
      "crmethod", .general, .word(CRMethod.allCases.map(\.rawValue)), default: .text("mm_lacosmic"),
      "detectors to use"),
    CrmasksKey(
      "use_lamedian", .general, .flag, default: .bool(false),
      "replace by the median cleaned with L.A.Cosmic instead of the minimum"),
    CrmasksKey(
      "flux_factor", .general, .fluxFactor, default: .null, null: true,
      "relative flux of each exposure: none, auto, fit, a number or one number an exposure"),
    CrmasksKey(
      "flux_factor_regions", .general, .regions, unit: "pixel", default: .null, null: true,
      "rectangles that flux_factor auto and fit look at; none: the whole image"),
    CrmasksKey(
      "apply_flux_factor_to", .general, .word(MaskingOptions.FluxTarget.allCases.map(\.rawValue)),
      default: .text("simulated"), file: .required, "what the flux factors are applied to"),
    CrmasksKey(
      "interactive", .general, .flag, default: .bool(true), "show each figure and wait for a key"),
    CrmasksKey(
      "dilation", .general, .integer(0...100), unit: "pixel", default: .integer(1),
      "pixels added around each detection"),
    CrmasksKey(
      "regions_to_be_skipped", .general, .regions, unit: "pixel", default: .null, null: true,
      "rectangles left untouched"),
    CrmasksKey(
      "pixels_to_be_flagged_as_cr", .general, .pixels, unit: "pixel", default: .null, null: true,
      "pixels that are cosmic rays whatever the detectors say"),
    CrmasksKey(
      "pixels_to_be_ignored_as_cr", .general, .pixels, unit: "pixel", default: .null, null: true,
      "pixels that are no cosmic rays whatever the detectors say"),
    CrmasksKey(
      "pixels_to_be_replaced_by_local_median", .general, .boxes, unit: "pixel", default: .null, null: true,
      "pixels [X, Y, X_width, Y_width] to be replaced by the median of the box around them"),
    CrmasksKey(
      "verify_cr", .general, .flag, default: .bool(false), "ask before each detection is accepted"),
    CrmasksKey(
      "semiwindow", .general, .integer(1...10_000), unit: "pixel", default: .integer(15),
      "half size of the plotted windows"),
    CrmasksKey(
      "color_scale", .general, .word(["minmax", "zscale"]), default: .text("zscale"),
      file: .value(.text("minmax")), "colour limits of the plotted windows"),
    CrmasksKey(
      "maxplots", .general, .integer(-1_000_000...1_000_000), default: .integer(-1),
      "most detections to plot; negative: all"),
  ]

  private static let lacosmic: [CrmasksKey] = [
    CrmasksKey(
      "la_gain_apply", .lacosmic, .flag, default: .bool(true), "return the cleaned image times the gain"),
    CrmasksKey(
      "la_sigclip", .lacosmic, .number(positive, aboveLower: true), unit: "sigma", default: .number(5),
      warns: true, "Laplacian to noise limit"),
    CrmasksKey(
      "la_sigfrac", .lacosmic, .number(positive, aboveLower: false), default: .number(0.3), warns: true,
      "fraction of sigclip for neighbours"),
    CrmasksKey(
      "la_objlim", .lacosmic, .number(positive, aboveLower: false), default: .number(5), warns: true,
      "smallest contrast between Laplacian and fine structure"),
    CrmasksKey(
      "la_satlevel", .lacosmic, .number(positive, aboveLower: true), unit: "ADU", default: .number(65535),
      file: .value(.null), null: true, warns: true, "saturation level; none: 65535 electrons"),
    CrmasksKey(
      "la_niter", .lacosmic, .integer(0...1000), default: .integer(4), warns: true, "most iterations"),
    CrmasksKey(
      "la_sepmed", .lacosmic, .flag, default: .bool(true), warns: true, "separable instead of full medians"),
    CrmasksKey(
      "la_cleantype", .lacosmic, .word(LACosmicParameters.CleanType.allCases.map(\.rawValue)),
      default: .text("meanmask"), file: .required, "how flagged pixels are replaced"),
    CrmasksKey(
      "la_fsmode", .lacosmic, .word(LACosmicParameters.FineStructure.allCases.map(\.rawValue)),
      default: .text("convolve"), file: .required, "how the fine structure is found"),
    CrmasksKey(
      "la_psfmodel", .lacosmic, .word(PSFModel.Profile.allCases.map(\.rawValue)),
      default: .text("gaussxy"), file: .required, "shape of the point-spread function"),
    CrmasksKey(
      "la_psffwhm_x", .lacosmic, .number(positive, aboveLower: true), unit: "pixel", default: .number(2.5),
      file: .required, "width of the point-spread function along x"),
    CrmasksKey(
      "la_psffwhm_y", .lacosmic, .number(positive, aboveLower: true), unit: "pixel", default: .number(2.5),
      file: .required, "width of the point-spread function along y"),
    CrmasksKey(
      "la_psfsize", .lacosmic, .oddInteger(3...255), unit: "pixel", default: .integer(11), file: .required,
      "size of the convolution kernel, odd"),
    CrmasksKey(
      "la_psfbeta", .lacosmic, .number(positive, aboveLower: true), default: .number(4.765), file: .required,
      "exponent of the Moffat profile"),
    CrmasksKey(
      "la_verbose", .lacosmic, .flag, default: .bool(true), file: .value(.bool(false)),
      "report each iteration"),
    CrmasksKey(
      "la_padwidth", .lacosmic, .integer(0...1024), unit: "pixel", default: .integer(0),
      "mirrored rim around the image while L.A.Cosmic runs"),
    CrmasksKey(
      "la_veto", .lacosmic, .flag, default: .null, null: true,
      "accept a lone L.A.Cosmic pixel only if the p-value allows it; none: with detector pvalue"),
  ]

  private static let medianMinimum: [CrmasksKey] = [
    CrmasksKey(
      "mm_xy_offsets", .medianMinimum, .offsets, unit: "pixel", default: .null, null: true,
      "offset [x, y] of each exposure"),
    CrmasksKey(
      "mm_crosscorr_region", .medianMinimum, .region, unit: "pixel", default: .null, null: true,
      "rectangle from which the offsets are found"),
    CrmasksKey(
      "mm_boundary_fit", .medianMinimum, .word(BoundaryFit.Kind.allCases.map(\.rawValue)),
      default: .text("spline"), file: .required, "kind of the boundary"),
    CrmasksKey(
      "mm_knots_splfit", .medianMinimum, .integer(2...100), default: .integer(3),
      "knots of the spline, both ends included"),
    CrmasksKey(
      "mm_fixed_points_in_boundary", .medianMinimum, .points, unit: "ADU", default: .null, null: true,
      "points [x, y] or [x, y, weight] that the boundary should pass"),
    CrmasksKey(
      "mm_nsimulations", .medianMinimum, .wordOrInteger(["exact"], 1...100_000), default: .integer(10),
      "simulated sets of exposures, or exact for the expected diagram"),
    CrmasksKey(
      "mm_niter_boundary_extension", .medianMinimum, .integer(0...100), default: .integer(4),
      file: .value(.integer(3)), "repetitions of the fit with weights"),
    CrmasksKey(
      "mm_weight_boundary_extension", .medianMinimum, .number(positive, aboveLower: true),
      default: .number(10), "weight factor of each repetition"),
    CrmasksKey(
      "mm_robust_extension", .medianMinimum, .flag, default: .bool(true),
      "no repetition of the fit may fall below the one before; compat does without"),
    CrmasksKey(
      "mm_threshold", .medianMinimum, .number(any, aboveLower: false), unit: "ADU", default: .number(0),
      null: true, "smallest median2d - min2d; none: the minimum of the boundary"),
    CrmasksKey(
      "mm_minimum_max2d_rnoise", .medianMinimum, .number(any, aboveLower: false), unit: "rnoise",
      default: .number(5), "smallest max2d in units of the readout noise"),
    CrmasksKey(
      "mm_seed", .medianMinimum, .integer(0...Int.max), default: .null, null: true,
      "seed of the simulations; none: another one each time"),
    CrmasksKey(
      "mm_detector", .medianMinimum, .word(CrmasksParameters.Detection.allCases.map(\.rawValue)),
      default: .text("pvalue"), file: .value(.text("boundary")),
      "boundary: the diagram as the reference; pvalue: each pixel against its own noise"),
    CrmasksKey(
      "mm_far", .medianMinimum, .wordOrNumber(["auto"], 1e-6...1e9), default: .text("auto"),
      "expected false alarms per image of pvalue"),
    CrmasksKey(
      "mm_pmax", .medianMinimum, .number(0...0.5, aboveLower: true), default: .number(1e-3),
      "largest core threshold of pvalue"),
    CrmasksKey(
      "mm_hysteresis", .medianMinimum, .number(0...10, aboveLower: false), unit: "dex",
      default: .number(1.5), "how much weaker neighbours of a core pixel may be"),
    CrmasksKey(
      "mm_prior", .medianMinimum, .word(CrmasksParameters.Prior.allCases.map(\.rawValue)),
      default: .text("local"), "what is assumed about a pixel before it is looked at"),
    CrmasksKey(
      "mm_prior_box", .medianMinimum, .oddInteger(3...101), unit: "pixel", default: .integer(7),
      "box from which the local prior learns its error"),
    CrmasksKey(
      "mm_mismatch", .medianMinimum, .wordOrNumber(["auto"], 0...10), unit: "pixel", default: .text("auto"),
      "displacement that is left between the exposures"),
    CrmasksKey(
      "mm_crosscorr_max", .medianMinimum, .number(0...100, aboveLower: true), unit: "pixel",
      default: .number(3), "largest offset that is looked for"),
    CrmasksKey(
      "mm_offsets", .medianMinimum, .word(CrmasksParameters.OffsetMethod.allCases.map(\.rawValue)),
      default: .null, null: true, "how crosscorr_region is used; none: fit, or crosscorr with compat"),
  ]
}
