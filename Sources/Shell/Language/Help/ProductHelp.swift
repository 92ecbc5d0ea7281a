/// Files, masks, figures and methods under the names that numina-crmasks, teareduce and ccdproc gave them.
enum ProductHelp {
  /// The lines about a product, capital letters and the ending of a file aside; nil for what is none.
  static func page(_ name: String) -> [String]? {
    let whole = name.lowercased()
    let wanted = [whole, whole.split(separator: ".").first.map(String.init) ?? ""]
    guard let product = products.first(where: { $0.names.contains { wanted.contains($0.lowercased()) } })
    else {
      return nil
    }
    return [product.text] + product.lines.map { "  " + $0 } + ["", "Details: docs/coming-from.md"]
  }

  static let names = products.flatMap(\.names)

  private static let products: [(names: [String], text: String, lines: [String])] = [
    (
      ["MEDIANCR"], "MEDIANCR: the mask of pixels whose median is contaminated by coincident cosmic rays",
      [
        "masks = crmasks s", "masks[MEDIANCR]", "combine s method=mediancr masks=masks",
      ]
    ),
    (
      ["MEANCRT"], "MEANCRT: the mask of pixels that are hit in any exposure",
      ["masks = crmasks s", "masks[MEANCRT]", "combine s method=meancrt masks=masks"]
    ),
    (
      ["MEANCR", "CRMASK", "CRMASK1", "CRMASKi"],
      "CRMASK1, CRMASK2, ...: the cosmic rays of each exposure; meancr combines with them (MEANCR in numina 0.40)",
      ["masks = crmasks s", "masks[CRMASK2]", "combine s method=meancr masks=masks"]
    ),
    (
      ["LAMEDIAN", "RPMEDIAN", "AUXCLEAN", "AUXMEDIAN", "NPMASKED", "use_auxmedian"],
      "LAMEDIAN, RPMEDIAN: the images that replace contaminated pixels (AUXCLEAN, with NPMASKED, in numina 0.40)",
      ["combine s method=mediancr masks=crmasks.fits use_lamedian=yes"]
    ),
    (
      ["crmasks.fits", "combined_mediancr", "combined_meancrt", "combined_meancr"],
      "crmasks.fits, combined_mediancr.fits, ...: written by crs FILE.yaml, crs crmasks and crs run",
      ["crs FILE.yaml", "crs apply --inputlist LIST --input_mask crmasks.fits --output_combined result.fits"]
    ),
    (
      ["mediancr_identified", "mediancr_identified_cr", "problematic_pixels"],
      "mediancr_identified.csv, problematic_pixels.csv: the groups of flagged pixels, with figures",
      ["crs FILE.yaml", "t = label masks[MEDIANCR] image=s"]
    ),
    (
      ["diagnostic_histogram2d"],
      "diagnostic_histogram2d: the median-minimum diagram, simulated and measured",
      [
        "crs FILE.yaml", "crmasks s output_dir=. figures=yes", "d = mmdiagram s", "plot d diagram.png",
      ]
    ),
    (
      ["diagnostic_mediancr", "diagnostic_meancr", "diagnostic_crmask1", "diagnostic_crmask"],
      "diagnostic_mediancr, diagnostic_meancr, diagnostic_crmask1, ...: what each mask flags",
      ["crs FILE.yaml", "crmasks s output_dir=. figures=yes"]
    ),
    (
      [
        "image_number_at_median_position", "flux_factor1", "histogram_before_flux_factor",
        "histogram_after_flux_factor",
      ], "flux_factor1, histogram_before_flux_factor, ...: figures of the flux factors",
      [
        "crs FILE.yaml                        with flux_factor: auto, writes them",
        "fluxfactor s                         prints the factors",
      ]
    ),
    (
      ["xyoffset_crosscorr_1", "xyoffset_crosscorr"],
      "xyoffset_crosscorr_1, ...: each exposure before and after its shift",
      [
        "crs FILE.yaml                        with mm_crosscorr_region, writes them",
        "offsets s                            prints the offsets",
      ]
    ),
    (
      ["cosmicray_median"],
      "cosmicray_median: has no counterpart; the closest is a comparison with the local median",
      ["clean, filtered, mask = cr2images x median_size=(9, 3)", "clean, mask = lacosmic x"]
    ),
    (
      ["SliceRegion2D"], "SliceRegion2D: regions are [x1:x2, y1:y2] in FITS pixels",
      ["cr2images a b skipped_regions=[[568:594, 85:205]]"]
    ),
    (
      ["CCDData", "uncertainty"], "CCDData: an Image, with mask and errors",
      ["x = load FILE.fits", "m = maskof x", "save x FILE2.fits"]
    ),
    (
      ["fitsinfo"], "fitsinfo: info lists the extensions of files", ["info FILE.fits", "crs info FILE.fits"]
    ),
  ]
}
