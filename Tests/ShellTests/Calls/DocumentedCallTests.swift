import Foundation
import TestSupport
import Testing

/// Names, spellings and habits of numina-crmasks, the MEGARA cookbook and teareduce, as calls of the program.
@Suite struct DocumentedCallTests {
  private let scratch: ScratchFolder

  init() throws {
    scratch = try ScratchFolder()
    let made = try Program.run(
      ["simulate", "--nx", "120", "--ny", "90", "--seed", "4", "--prefix", "e"], in: scratch.url)
    #expect(made.status == 0, "\(made.errors)")
    _ = try scratch.write(
      Repository.demo().replacingOccurrences(of: "maxplots: -1", with: "maxplots: 2"), "p.yaml")
  }

  private func run(_ words: String...) throws -> Program.Ended { try Program.run(words, in: scratch.url) }

  private func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: scratch.file(name)) }

  @Test func aParameterFileNeedsNoCommand() throws {
    let ended = try run("p.yaml", "--output_dir", "out", "--record")
    #expect(ended.status == 0, "\(ended.errors)")
    // The report names what was written, and ends with the time.
    let written = try FileManager.default.contentsOfDirectory(atPath: scratch.file("out"))
    #expect(written.count > 20)
    for name in written { #expect(ended.output.contains("out/" + name), "\(name)") }
    #expect(ended.output.contains("  mm_seed = "))
    #expect(ended.output.contains("simulation 10/10 done"))
    #expect(ended.output.contains("CR_number  X_pixel  Y_pixel  Mask_value"))
    let lines = ended.output.split(separator: "\n")
    let last = try #require(lines.lastIndex { $0.hasPrefix("total time elapsed: 0:") })
    #expect(
      lines[last - 2].hasPrefix("for comparison: the p-value detector (mm_detector: pvalue)"),
      "\(lines[last - 2])")
    #expect(try run("nothere.yaml").status == 3)
  }

  @Test func anObservationFileNeedsNoCommand() throws {
    _ = try scratch.write("id: 5\nmode: MegaraLcbImage\nframes: [e_1.fits, e_2.fits, e_3.fits]\n", "o.yaml")
    let ended = try run("o.yaml")
    #expect(ended.status == 0 && has("obsid5_results/combined_median.fits"), "\(ended.errors)")
  }

  @Test func aStackWritesItsProductsWhereAsked() throws {
    let ended = try run(
      "-c", "s = load e_1.fits e_2.fits e_3.fits\nk = crmasks s seed=3 output_dir=out figures=yes")
    #expect(ended.status == 0, "\(ended.errors)")
    for name in [
      "crmasks.fits", "combined_mediancr.fits", "combined_meancr.fits", "mediancr_identified.csv",
      "diagnostic_histogram2d.png",
    ] { #expect(has("out/" + name), "\(name)") }
    let quiet = try run(
      "-c", "s = load e_1.fits e_2.fits e_3.fits\nk = crmasks s seed=3 output_dir=plain figures=no")
    #expect(quiet.status == 0 && has("plain/crmasks.fits") && !has("plain/diagnostic_histogram2d.png"))
    let pair = try run("-c", "s = load e_1.fits e_2.fits\nk = crmasks s seed=3 output_dir=pair")
    #expect(pair.status == 2 && pair.errors.contains("on two exposures") && !has("pair"))
  }

  @Test func groupsOfComputeComeByTheirHeight() throws {
    _ = try scratch.write("e_1.fits\ne_2.fits\ne_3.fits\n", "list.txt")
    let ended = try run(
      "compute", "--inputlist", "list.txt", "--gain", "1", "--rnoise", "3.4", "--seed", "1", "--plots",
      "--maxplots",
      "1", "--output_masks", "m.fits")
    #expect(ended.status == 0, "\(ended.errors)")
    let median = try run(
      "-c",
      """
      s = load e_1.fits e_2.fits e_3.fits
      d = mmdiagram s seed=1
      b = fitboundary d niter_boundary_extension=3
      y = (median s) - (min s)
      t = load mediancr_identified.csv
      for g in [1, 2]
        rows = t[t[CR_number] == g]
        top = -1000
        for r in rows
          top = maximum(top, y[r[X_pixel], r[Y_pixel]])
        end
        print "highest" top
      end
      """)
    let tops = median.output.split(separator: "\n").filter { $0.hasPrefix("highest ") }
      .compactMap { Double($0.split(separator: " ")[1]) }
    #expect(tops.count == 2 && tops[0] > tops[1], "\(median.output) \(median.errors)")
  }

  @Test func infoTakesSeveralFiles() throws {
    let ended = try run("info", "e_1.fits", "e_2.fits", "e_3.fits")
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(ended.output.components(separatedBy: "Filename: e_").count == 4)
    let word = try run("-c", "s = load e_1.fits; n = info s nx; n")
    #expect(word.output.contains("n: 120"))
    let mixed = try run("-c", "s = load e_1.fits; info s e_2.fits")
    #expect(mixed.status == 2)
  }

  @Test func headerFindsAKeywordInAnyHDU() throws {
    let made = try run("p.yaml", "--output_dir", "out", "--figures", "no")
    #expect(made.status == 0, "\(made.errors)")
    let factor = try run("header", "out/crmasks.fits", "FLUXF2")
    #expect(
      factor.status == 0 && factor.output == "1\n" && factor.errors.contains("HDU 0, the primary header"))
    let history = try run("header", "out/crmasks.fits", "HISTORY")
    #expect(
      history.output.contains("- mm_boundary_fit = spline") && history.errors.contains("HISTORY is in HDU 0"))
    _ = try run(
      "-c", "a = load e_1.fits; b = load e_2.fits; save [a, b] ab.fits")
    let plane = try run("header", "out/combined_meancr.fits", "EXTNAME")
    #expect(
      plane.output == "VARIANCE\n" && plane.errors.contains("EXTNAME is in HDU 1 (VARIANCE)"), "\(plane)")
    #expect(try run("header", "out/crmasks.fits[1]", "FLUXF2").status == 0)
    #expect(try run("header", "out/crmasks.fits", "NOTHERE").status == 1)
  }

  @Test(arguments: [
    "x, y = cr2images(data1=a, data2=b, median_size=(9, 3))", "x, y = cr2images data1=a data2=b",
    "x, y = cr2images(data1=a, median_size=(9, 3), return_masks=True)", "x, y = cr2images a median_size=(9,)",
    "x, y = cr2images(a, b, list_skipped_regions=[SliceRegion2D([10:20, 5:9]), SliceRegion2D([30:40, 5:9])])",
    "x, y = cr2images(a, b, image_region=SliceRegion2D([10:60, 5:50]))",
    "x = fitboundary (mmdiagram s mm_nsimulations=2 seed=1) mm_boundary_fit=spline mm_knots_splfit=3",
    "x = offsets s mm_crosscorr_region=[10:100, 10:80]",
    "x = fluxfactor s flux_factor_regions=[[10:100, 10:80]]",
    "x, y = lacosmic a la_sigclip=5 la_fsmode=convolve", "x = (9, 3)[2] + len((1, 2, 3))",
  ])
  func spellingsOfTheDocumentsWork(_ statement: String) throws {
    let ended = try run("-c", "s = load e_1.fits e_2.fits e_3.fits\na = s[1]\nb = s[2]\n\(statement)")
    // A median filter has no effect on a pair; everything else is taken.
    let isRefused = statement.contains("data2=b, median_size")
    #expect(isRefused || ended.status == 0, "\(statement): \(ended.errors)")
  }

  @Test func optionsOfCCDData() throws {
    let ended = try run(
      "cr2images", "--infile1", "e_1.fits", "--infile2", "e_2.fits", "--outfile1", "x.fits", "--outfile2",
      "y.fits")
    #expect(ended.status == 0 && has("x.fits") && has("y.fits") && !has("ce_1.fits"), "\(ended.errors)")
    #expect(try run("header", "x.fits", "FILENAME").output == "x.fits\n")
    // The name follows the file.
    #expect(
      try run("-c", "x = load x.fits; save x z.fits; header z.fits FILENAME").output.contains("z.fits\n"))
    let call = try run(
      "-c",
      "apply_cr2images_ccddata(infile1='e_1.fits', outfile1='u.fits', median_size=(9, 3), debug_level=1)")
    #expect(call.status == 0 && has("u.fits") && has("u.pdf"), "\(call.errors)")
    #expect(try run("header", "u.fits", "HISTORY").output.contains("- median_size: (9, 3)"))
    let one = try run("-c", "a = load e_1.fits; b = load e_2.fits; x, y = cr2images a b outfile1=v.fits")
    #expect(one.status == 2 && one.errors.contains("outfile2") && !has("v.fits"))
  }

  @Test func debugPagesNeedNoName() throws {
    let statement = "a = load e_1.fits; b = load e_2.fits; x, y = cr2images a b debug_level=1"
    #expect(try run("-c", statement).output.contains("wrote cr2images.pdf"))
    #expect(try run("-c", statement).output.contains("wrote cr2images_2.pdf"))
    #expect(has("cr2images.pdf") && has("cr2images_2.pdf"))
  }

  @Test(arguments: [
    ("help numina-crmasks", "crs FILE.yaml"), ("help MegaraCrDetection", "obsidID_results"),
    ("help megaracrdetection", "docs/coming-from.md"), ("apropos cookbook", "help MegaraCrDetection"),
    ("help teareduce", "apply_cr2images_ccddata"), ("help apply_cr2images_ccddata", "cr2images:"),
  ])
  func helpUnderTheNamesOfOtherPrograms(_ statement: String, _ wanted: String) throws {
    let ended = try run("-c", statement)
    #expect(ended.status == 0 && ended.output.contains(wanted), "\(ended)")
  }

  @Test(arguments: [
    "load", "crmasks", "compute", "apply", "run", "cr2images", "lacosmic", "plugin", "history",
  ])
  func everySubcommandHasHelp(_ name: String) throws {
    let (short, long) = (try run(name, "-h"), try run(name, "--help"))
    #expect(short.status == 0 && short.output == long.output)
    #expect(short.output.hasPrefix(name + ": "))
  }
}
