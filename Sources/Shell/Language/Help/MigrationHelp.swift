import Pipeline

/// Help under the names of other programs: what a user of theirs types here.
enum MigrationHelp {
  private static let more = "All of it: docs/coming-from.md"

  /// The lines about a program or mode, capital letters aside; nil for what is none.
  static func page(_ name: String) -> [String]? {
    let wanted = name.lowercased()
    return topics.first { topic in topic.names.contains { $0.lowercased() == wanted } }.map {
      $0.lines + ["", more]
    }
  }

  static let names = topics.flatMap(\.names)

  private static let topics: [(names: [String], lines: [String])] = [
    (
      ["numina-crmasks", "numina"],
      [
        "numina-crmasks: parameter files and options of numina and its cookbook", "",
        "  numina-crmasks FILE.yaml              crs FILE.yaml",
        "  --crmasks --record --echo             the same, and --output_dir DIR",
        "  numina-crmasks compute ...            crs compute ...   (help compute)",
        "  numina-crmasks apply ...              crs apply ...     (help apply)",
        "  numina run OBS.yaml -r CONTROL.yaml   crs run OBS.yaml -r CONTROL.yaml",
        "  fitsinfo FILE                         crs info FILE", "",
        "--compat numina-0.36 reproduces numina 0.36.0, including its known bugs. Parameter files keep the "
          + "boundary detector; at the prompt crmasks uses the p-value detector (help crmasks).",
      ]
    ),
    (
      ["MegaraCrDetection", "MegaraLcbImage", "megara", "cookbook"],
      [
        "MegaraCrDetection: observation files of the MEGARA cookbook", "",
        "  numina run OBS.yaml -r CONTROL.yaml   crs run OBS.yaml -r CONTROL.yaml", "",
        "Mode MegaraCrDetection writes obsidID_results/crmasks.fits, figures and tables in obsidID_work/; an "
          + "image mode writes obsidID_results/combined_METHOD.fits. Requirements may be missing: the defaults "
          + "of the older program apply (crmethod mmcosmic, maxplots 10; method median). See: help run, help "
          + "compute, help apply.",
      ]
    ),
    (
      ["teareduce"],
      [
        "teareduce: cr2images and apply_cr2images_ccddata, with the same names", "",
        "  x, y, m, n = cr2images(data1=a, data2=b, ioffy=-4, tsigma_peak=10)",
        "  x, y = cr2images(data1=a, median_size=(9, 3), debug_level=1)",
        "  apply_cr2images_ccddata(infile1='a.fits', infile2='b.fits',",
        "      outfile1='ca.fits', outfile2='cb.fits')", "",
        "Regions are [x1:x2, y1:y2]; SliceRegion2D([x1:x2, y1:y2]) is the same. See: help cr2images",
      ]
    ),
    (
      ["astroscrappy", "ccdproc", "detect_cosmics", "cosmicray_lacosmic"],
      [
        "astroscrappy and ccdproc: lacosmic, with the defaults of detect_cosmics", "",
        "  mask, clean = detect_cosmics(image, gain=1.9, readnoise=5)",
        "  clean, mask = lacosmic image gain=1.9 readnoise=5", "",
        "readnoise= is in electrons, rnoise= in ADU, satlevel= in ADU. Results keep the unit of the image; "
          + "gain_apply=yes multiplies by the gain, as ccdproc does. See: help lacosmic",
      ]
    ),
  ]
}
