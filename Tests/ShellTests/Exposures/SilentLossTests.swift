import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// What a call would do otherwise than its words say is told.
@Suite struct SilentLossTests: ScriptCase {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    var file = TestFile()
    file.image(
      .float64(Plane(width: 3, height: 2, pixels: [1.5, 0.1, 100_000.25, 1e300, .nan, 16_777_217])), nil)
    try file.write("d.fits", in: folder)
    file = TestFile()
    file.image(.int64(Plane(width: 3, height: 2, pixels: [1, 1 << 24 + 1, 1 << 53 + 1, 1 << 60, 2, 3])), nil)
    try file.write("i.fits", in: folder)
  }

  @Test func lostDigitsAreToldWhenSaving() throws {
    for (text, told) in [
      ("save x a.fits bitpix=-32", "3 values lose digits in float32, those beyond 3.4e38 become infinite"),
      ("save y b.fits bitpix=-32", "2 values lose digits in float32; without bitpix= all are kept"),
      ("save y c.fits bitpix=-64", "1 value loses digits in float64"),
      ("save [x, x] e.fits bitpix=-32", "6 values lose digits"),
    ] {
      let setup = "x = load d.fits; y = load i.fits; "
      let text = text.contains("[x, x]") ? "s = load d.fits d.fits; save s e.fits bitpix=-32" : setup + text
      let errors = try crs(text).errors
      #expect(errors.contains(told), "\(text): \(errors)")
    }
    for text in ["save x f.fits", "save x g.fits bitpix=-64", "save y h.fits", "save y j.fits bitpix=64"] {
      #expect(!(try crs("x = load d.fits; y = load i.fits; \(text)").errors.contains("digits")), "\(text)")
    }
    let saved = try Program.run(["save", "d.fits", "k.fits", "--bitpix", "-32"], in: folder.url)
    #expect(saved.status == 0 && saved.errors.contains("3 values lose digits"), "\(saved.errors)")
  }

  @Test func compressionGoesWithTheName() throws {
    for (name, way) in [("z.fits.gz", "gzip"), ("z.fits.fz", "tiles")] {
      let told = try crs("x = load i.fits; save x \(name) compress=no", status: 2).errors
      #expect(told.contains("compress=\(way)"), "\(told)")
      #expect(!folder.names.contains(name))
      try crs("x = load i.fits; save x \(name)")
    }
    try crs("x = load i.fits; save x z.fits compress=no")
  }

  @Test func numbersBeyondTheLanguageAreTold() throws {
    var file = TestFile()
    file.image(.uint64(Plane(width: 2, height: 1, pixels: [.max, 1 << 63])), nil)
    try file.write("u.fits", in: folder)
    let told = try crs("x = load u.fits; y = x[1,1]").errors
    #expect(told.contains("the pixel is 18446744073709551615"), "\(told)")
    #expect(try crs("x = load u.fits; y = x[2,1]").errors.isEmpty)
  }

  private let exposures = "s = simulate nx=60 ny=50 seed=1; "

  @Test(arguments: [
    ("x, t = fluxfactor s compat=numina-0.36 gain=2", "gain: has no effect with compat"),
    ("x, t = offsets s compat=numina-0.36 rnoise=2", "rnoise: has no effect with compat"),
    ("c, m = lacosmic s[1] all=yes", "all: has no effect where the image has no mask"),
  ])
  func idleWordsAreRefused(text: String, told: String) throws {
    let errors = try crs(exposures + text, status: 2).errors
    #expect(errors.contains(told), "\(errors)")
  }

  /// numina's factors know no noise, so that nothing of it has to be given.
  @Test func numinaNeedsNoNoise() throws {
    var file = TestFile()
    file.image(.float32(Plane(width: 40, height: 30, pixels: (0..<1200).map { Float(100 + $0 % 37) })), nil)
    try file.write("n.fits", in: folder)
    let ended = try crs("x, t = fluxfactor [n.fits, n.fits] compat=numina-0.36")
    #expect(!ended.output.contains("gain"), "\(ended.output)")
  }

  @Test(arguments: [
    ("c, m = lacosmic s[1] trim=header", "trim=header has no effect"),
    ("m = crmasks s crmethod=lacosmic seed=3 fsmode=median", "seed has no effect with crmethod=lacosmic"),
    (
      "m = crmasks s seed=1 pixels_to_be_flagged_as_cr=[[3, 4], [5, 6]] "
        + "pixels_to_be_ignored_as_cr=[[5, 6]]", "both list [5, 6]: flagged in any case"
    ), ("w, x, y, z = cr2images s[1] s[2] tsigma_peak=4 tsigma_tail=9", "lies above tsigma_peak=4"),
  ])
  func othersAreTold(text: String, told: String) throws {
    let errors = try crs(exposures + text).errors
    #expect(errors.contains(told), "\(errors)")
    #expect(!(try crs(exposures + "m = crmasks s seed=1; c, k = lacosmic s[1]").errors.contains("no effect")))
  }

  @Test func parameterFilesTellSeedsAndContradictions() throws {
    try crs(exposures + "for i in 1:3; e = s[i]; save e \"e_$i.fits\"; end")
    let text = """
      images: [e_1.fits, e_2.fits, e_3.fits]
      gain: 1
      rnoise: 3.4
      bias: 0
      requirements:
        crmethod: lacosmic
        mm_seed: 5
        pixels_to_be_flagged_as_cr: [[2, 3]]
        pixels_to_be_ignored_as_cr: [[2, 3]]
      """
    _ = try folder.write(text, "p.yaml")
    let ended = try Program.run(["p.yaml", "--output_dir", "out", "--figures", "no"], in: folder.url)
    // Documented files have a seed whatever the method is.
    #expect(!ended.errors.contains("seed"), "\(ended.errors)")
    #expect(ended.errors.contains("both list [2, 3]"), "\(ended.errors)")
    let seed = try Program.run(
      ["p.yaml", "--output_dir", "out", "--figures", "no", "--seed", "4"], in: folder.url)
    #expect(seed.errors.contains("seed has no effect with crmethod=lacosmic"), "\(seed.errors)")
  }

  /// An exposure without any value has no hits; those of the other are not counted in it.
  @Test func hitsAreCountedWhereValuesAre() throws {
    let ended = try crs(
      exposures
        + "a = s[1]; b = s[2]; b[1:60,1:50] = nan; m = crmasks [a, b]; print (countflagged m[CRMASK2])"
    )
    #expect(
      ended.output.contains("hit pixels:") && ended.output.contains(", 0 of exposure 2"), "\(ended.output)")
    #expect(ended.output.hasSuffix("\n0\n"), "\(ended.output)")
  }

  @Test func masksOfASetAreNamed() throws {
    try crs(exposures + "m = crmasks s seed=1; save m m.fits")
    let inmask = try crs(exposures + "c, k = lacosmic s[1] inmask=m.fits").errors
    #expect(
      inmask.contains("MEDIANCR is taken; other masks are MEANCRT, CRMASK1, CRMASK2, CRMASK3"), "\(inmask)")
    #expect(try crs("x = load 'm.fits[1:9,1:9]'").errors.contains("MEDIANCR is taken"))
    #expect(
      !(try crs("x = load 'm.fits[CRMASK1][1:9,1:9]'; y = load m.fits").errors.contains("MEDIANCR is taken")))
  }

  /// crs takes an HDU only where nobody chose one.
  @Test func chosenImagesAreToldAsThat() throws {
    try crs(exposures + "save s s.fits; m = crmasks s seed=1; save m m.fits")
    #expect(
      try crs("x = load 's.fits[1:9,1:9]'").errors.contains("HDU 1 EXPOSURE1 is taken; other images are"))
    for name in ["m.fits[CRMASK1]", "m.fits[CRMASK1][1:9,1:9]"] {
      let errors = try crs("x = load '\(name)'").errors
      #expect(errors.isEmpty, "\(name): \(errors)")
    }
    for call in ["'s.fits[EXPOSURE2]'", "'s.fits[2][1:9,1:9]'", "s.fits ext=2"] {
      let errors = try crs("x = load \(call)").errors
      #expect(errors.contains("HDU 2 EXPOSURE2 was chosen; other images are HDU 1"), "\(call): \(errors)")
    }
  }
}
