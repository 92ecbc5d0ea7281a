import Pipeline

/// Help under the names of other programs: what a user of theirs types here.
package enum MigrationHelp {
  private static let more = "Details: docs/coming-from.md"

  /// The lines about a program or mode, capital letters aside; nil for what is none.
  static func page(_ name: String) -> [String]? {
    let wanted = name.lowercased()
    return topics.first { topic in topic.names.contains { $0.lowercased() == wanted } }.map {
      $0.lines + ["", more]
    }
  }

  static let names = topics.flatMap(\.names)

  /// What to type in the shell in place of a program or function of other authors; nil for a name that is none.
  package static func commandLine(_ name: String, _ words: [String]) -> String? {
    let kept = withoutPlaces(words)
    let rest = kept.isEmpty ? " FILE.yaml" : " " + kept.joined(separator: " ")
    switch name.lowercased() {
    case "numina" where words.isEmpty || words.first == "run":
      return "crs" + (words.isEmpty ? " run" : "") + rest
    case "numina-crmasks", "numina_crmasks": return "crs" + rest
    case "megaracrdetection", "megaralcbimage": return "crs run" + rest
    case "detect_cosmics", "cosmicray_lacosmic", "astroscrappy", "lacosmicx":
      return "crs lacosmic IMAGE.fits --out CLEAN.fits --out MASK.fits"
    case "apply_cr2images_ccddata": return "crs cr2images IMAGE1.fits IMAGE2.fits"
    case "cosmicray_median": return "crs cr2images IMAGE.fits --median_size '(9, 3)'"
    case "mediancr", "meancrt", "meancr":
      return
        "crs combine A.fits B.fits C.fits --method \(name.lowercased()) --masks crmasks.fits --out RESULT.fits"
    case "fitsinfo", "listhead": return "crs info" + (words.isEmpty ? " FILE.fits" : rest)
    case "fitsheader": return "crs header FILE.fits"
    default: return nil
    }
  }

  /// Without the options of numina for its folders, which crs has not.
  private static func withoutPlaces(_ words: [String]) -> [String] {
    var kept: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      let name = word.split(separator: "=").first.map(String.init) ?? word
      if ["--link-files", "--not-copy-files", "--cleanup"].contains(name) { continue }
      if ["--basedir", "--datadir", "--resultsdir", "--workdir"].contains(name) {
        if name == word { rest = rest.dropFirst() }
        continue
      }
      kept.append(word)
    }
    return kept
  }

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
