import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// Whoever knows a thing only by the name another program gave it finds it by that name alone.
@Suite struct ForeignNameTests: ScriptCase {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// Parameters, masks, figures, tables and functions of numina-crmasks, teareduce, astroscrappy and ccdproc.
  @Test(arguments: [
    ("la_sigclip", "crmasks"), ("la_psffwhm_x", "crmasks"), ("mm_boundary_fit", "fitboundary"),
    ("mm_seed", "crmasks"), ("psffwhm", "lacosmic"), ("pssl", "subtracted="), ("indat", "lacosmic"),
    ("list_skipped_regions", "cr2images"), ("diagnostic_histogram2d", "mmdiagram"),
    ("diagnostic_crmask1", "figures=yes"), ("mediancr_identified", "label"), ("meancr", "combine"),
    ("MEANCRT", "combine"), ("LAMEDIAN", "use_lamedian"), ("image_number_at_median_position", "fluxfactor"),
    ("xyoffset_crosscorr_1", "offsets"), ("cosmicray_median", "median_size"),
    ("cosmicray_lacosmic", "lacosmic"),
    ("SliceRegion2D", "cr2images"), ("CCDData", "maskof"), ("fitsinfo", "info"), ("flux_factor", "crmasks"),
    ("flux factor", "crmasks"), ("problematic_pixels.csv", "label"), ("crmasks.fits", "crs apply"),
  ]) func isFoundByNameAlone(name: String, leadsTo: String) throws {
    let help = try crs("help \(name)")
    #expect(help.output.contains(leadsTo), "help \(name): \(help.output)")
    let found = try crs("apropos \(name)")
    #expect(!found.output.contains("no command, parameter or help page"), "\(found.output)")
  }

  /// The statements that the pages of other programs' products print can be typed.
  @Test func theStatementsOfThePagesWork() throws {
    try crs(
      """
      s = simulate nx=60 ny=50 n=3 seed=1
      save s[1] a.fits; save s[2] b.fits; save s[3] c.fits
      masks = crmasks s
      k = masks[MEDIANCR]
      k = masks[MEANCRT]
      k = masks[CRMASK2]
      save masks crmasks.fits
      x = combine s method=mediancr masks=masks
      x = combine s method=mediancr masks=crmasks.fits use_lamedian=yes
      x = combine s method=meancrt masks=masks
      x = combine s method=meancr masks=masks
      crmasks s output_dir=. figures=yes maxplots=1
      d = mmdiagram s seed=1
      plot d diagram.png
      t = label masks[MEDIANCR] image=s
      fluxfactor s
      offsets s
      clean, filtered, mask = cr2images s[1] median_size=(9, 3)
      k = dilate mask 1
      cr2images s[1] s[2] skipped_regions=[[5:9, 5:20]]
      """)
  }

  @Test(arguments: [
    (["numina", "run", "o.yaml", "-r", "control.yaml"], "crs run o.yaml -r control.yaml"),
    (
      ["numina", "run", "--basedir", ".", "o.yaml", "--link-files", "-r", "c.yaml"],
      "crs run o.yaml -r c.yaml"
    ),
    (["cosmicray_median", "a.fits"], "crs cr2images IMAGE.fits --median_size '(9, 3)'"),
    (["numina-crmasks", "p.yaml"], "crs p.yaml"),
    (["numina-crmasks", "apply", "--inputlist", "l.txt"], "crs apply --inputlist l.txt"),
    (["detect_cosmics", "a.fits"], "crs lacosmic IMAGE.fits --out CLEAN.fits --out MASK.fits"),
    (["meancr", "a.fits"], "crs combine"), (["fitsinfo", "a.fits"], "crs info a.fits"),
  ]) func theShellSaysWhatToType(words: [String], line: String) throws {
    let ended = try Program.run(words, in: folder.url)
    #expect(ended.status == 2 && ended.errors.contains("type: " + line), "\(ended.errors)")
  }

  @Test func namesOfOtherProgramsAreParameters() throws {
    let ended = try crs(
      """
      x = median (simulate nx=80 ny=60 n=3 seed=1)
      a, m = lacosmic x gain=1 rnoise=3.4 fsmode=convolve psffwhm=1.7
      b, n = lacosmic x gain=1 rnoise=3.4 fsmode=convolve psffwhm_x=1.7 psffwhm_y=1.7
      c, o = lacosmic x gain=1 rnoise=3.4 fsmode=convolve
      print (countflagged (m & !n)) (countflagged (n & !m)) (countflagged (m & !o)) (countflagged m)
      d, p = lacosmic x gain=1 rnoise=3.4 pssl=50
      e, q = lacosmic x gain=1 rnoise=3.4 subtracted=50
      print (countflagged (p & !q)) (countflagged (q & !p))
      """)
    let lines = ended.output.split(separator: "\n").filter { $0.allSatisfy { $0.isNumber || $0 == " " } }
    let numbers = try #require(lines.first).split(separator: " ").compactMap { Int($0) }
    #expect(numbers.count == 4 && numbers[0] == 0 && numbers[1] == 0 && numbers[3] > 0, "\(ended.output)")
    #expect(lines.last == "0 0", "\(ended.output)")
    let both = try crs(
      "x = median (simulate nx=80 ny=60 n=3 seed=1)\n"
        + "a, m = lacosmic x gain=1 rnoise=3.4 fsmode=convolve psffwhm=2 psffwhm_x=2", status: 2)
    #expect(both.errors.contains("beside psffwhm"), "\(both.errors)")
  }

  /// A parameter file may leave all of `requirements` out, as an observation file may: each default is told.
  @Test(arguments: ["requirements: {}\n", "requirements:\n", ""])
  func aParameterFileWithoutRequirementsHasTheDefaults(end: String) throws {
    try crs("s = simulate nx=60 ny=50 n=3 seed=1\nsave s[1] a.fits; save s[2] b.fits; save s[3] c.fits")
    _ = try folder.write(
      "images: [a.fits, b.fits, c.fits]\ngain: 1\nrnoise: 3.4\nbias: 0\n" + end, "p.yaml")
    let ended = try Program.run(["p.yaml", "--figures", "no"], in: folder.url)
    #expect(ended.status == 0, "\(ended.errors)")
    #expect((ended.output + ended.errors).contains("mm_boundary_fit"), "\(ended.output) \(ended.errors)")
  }

  /// The lines that crs prints work as they stand.
  @Test func theLinesOfTheShellWork() throws {
    try crs("s = simulate nx=60 ny=50 n=2 seed=1\nsave s[1] IMAGE.fits\nsave s[2] b.fits")
    for words in [
      ["lacosmic", "IMAGE.fits", "--out", "CLEAN.fits", "--out", "MASK.fits"],
      ["cr2images", "IMAGE.fits", "--median_size", "(9, 3)", "--out", "median.fits"],
      [
        "cr2images", "IMAGE.fits", "b.fits", "--list_skipped_regions",
        "[SliceRegion2D([5:20, 5:20]), SliceRegion2D([30:40, 5:20])]", "--out", "pair.fits",
      ],
    ] {
      let ended = try Program.run(words, in: folder.url)
      #expect(ended.status == 0, "\(words): \(ended.errors)")
    }
    #expect(try crs("numina run o.yaml", status: 2).errors.contains("see: help numina"))
    let pair = try crs("a = load IMAGE.fits; b = load b.fits; cr2images a b median_size=3", status: 2)
    #expect(pair.errors.contains("median_size: has no effect on a pair"), "\(pair.errors)")
  }

  @Test func observationsThatAreSwitchedOffOrMistypedDoNotRun() throws {
    try crs("s = simulate nx=60 ny=50 n=3 seed=1\nsave s[1] a.fits; save s[2] b.fits; save s[3] c.fits")
    for (line, words) in [
      ("mode: MegaraCrDetecton\n", "did you mean 'MegaraCrDetection'"),
      ("mode: MegaraCrDetection\nenabled: False\n", "is switched off"),
    ] {
      _ = try folder.write("id: 1\n" + line + "frames: [a.fits, b.fits, c.fits]\n", "o.yaml")
      let ended = try Program.run(["run", "o.yaml"], in: folder.url)
      #expect(ended.status == 2 && ended.errors.contains(words), "\(ended.errors)")
    }
  }

  /// `apply` and `compute` replace what an earlier run wrote, never an exposure.
  @Test func onlyProductsAreReplaced() throws {
    try crs(
      "s = simulate nx=60 ny=50 n=3 seed=1\nsave s[1] a.fits; save s[2] b.fits; save s[3] c.fits; save s[1] mine.fits"
    )
    _ = try folder.write("a.fits\nb.fits\nc.fits\n", "list.txt")
    // An exposure with errors of its own is no combination either.
    var file = TestFile()
    file.image(.float32(Scene().counts(seed: 2, gain: 1)), "SCI", ["BUNIT = 'adu'"])
    file.image(.float32(Scene().counts(seed: 3, gain: 1)), "VARIANCE", ["BUNIT = 'adu**2'"])
    try file.write("errors.fits", in: folder)
    for (name, status) in [("masks.fits", Int32(0)), ("masks.fits", 0), ("mine.fits", 3)] {
      let ended = try Program.run(
        ["compute", "--inputlist", "list.txt", "--gain", "1", "--rnoise", "3.4", "--output_masks", name],
        in: folder.url)
      #expect(ended.status == status, "\(name): \(ended.errors)")
    }
    for (name, status) in [
      ("clean.fits", Int32(0)), ("clean.fits", 0), ("mine.fits", 3), ("masks.fits", 3), ("errors.fits", 3),
    ] {
      let ended = try Program.run(
        ["apply", "--inputlist", "list.txt", "--input_mask", "masks.fits", "--output_combined", name],
        in: folder.url)
      #expect(ended.status == status, "\(name): \(ended.errors)")
    }
    #expect(try crs("a = load a.fits; b = load mine.fits; print (all(a == b))").output.contains("yes"))
  }
}
