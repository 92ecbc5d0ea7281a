import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// Whose a mask is, of which kind and time exposures are, and what their units are, as values and files tell it.
@Suite struct OwnershipTests: ScriptCase {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func write(_ name: String, _ cards: [String], shape: Shape = Shape(width: 8, height: 6)) throws {
    var file = TestFile()
    let values = (0..<shape.count).map { Float(100 + $0 * 7 % 31) }
    file.image(
      .float32(Plane(width: shape.width, height: shape.height, pixels: values)), nil,
      ["GAIN = 2.0", "RDNOISE = 5.0", "BUNIT = 'adu'"] + cards)
    try file.write(name, in: folder)
  }

  /// Masks that were saved one by one and loaded again are still those of their exposures.
  @Test func loadedMasksKnowTheirExposures() throws {
    try crs(
      "simulate nx=60 ny=50 seed=1 prefix=n; s = load n_?.fits; m = crmasks s seed=1; a = m[CRMASK1]; b = m[CRMASK2]; "
        + "c = m[CRMASK3]; save a a.fits; save b b.fits; save c c.fits")
    let load = "s = load n_?.fits; a = load a.fits; b = load b.fits; c = load c.fits; "
    let swapped = try crs(load + "x = combine s masks=[b, a, c] method=meancr", status: 1).errors
    #expect(swapped.contains("mask 1 is that of exposure 2 (n_2.fits)"), "\(swapped)")
    try crs(load + "x = combine s masks=[a, b, c] method=meancr")
    // Saved once more, they are not those of the file that they were in.
    try crs(load + "save b d.fits")
    #expect(try FITSReader.header(at: folder.file("d.fits")).text("ORIGFILE") == "n_2.fits")
  }

  @Test func masksOfOtherExposuresAreTold() throws {
    for k in 1...4 { try write("e\(k).fits", ["DATE-OBS = '2024-01-0\(k)'"]) }
    let masks = "s = load e1.fits e2.fits e3.fits; m = maskset [(s[1] > 120), (s[2] > 120), (s[3] > 120)]; "
    let told = try crs(masks + "t = load e1.fits e2.fits e4.fits; x = combine t masks=m method=meancr").errors
    #expect(
      told.contains("mask 3 was made for e3.fits of 2024-01-03, the exposure is e4.fits of 2024-01-04"),
      "\(told)")
    #expect(!(try crs(masks + "x = combine s masks=m method=meancr").errors.contains("was made for")))
    // One mask for all is meant so.
    let one =
      "s = load e1.fits e2.fits e3.fits; k = load e4.fits; k = k > 120; x = combine s masks=[k, k, k] method=meancr"
    #expect(!(try crs(one).errors.contains("was made for")))
  }

  @Test func masksOfOtherPlacesAreTold() throws {
    for k in 1...3 { try write("e\(k).fits", ["DATE-OBS = '2024-01-0\(k)'"]) }
    func load(_ name: String, _ section: String) -> String {
      "\(name) = load 'e1.fits\(section)' 'e2.fits\(section)' 'e3.fits\(section)'; "
    }
    let masks = "m = maskset [(s[1] > 120), (s[2] > 120), (s[3] > 120)]; "
    let here = load("s", "[1:5,1:5]"), there = load("t", "[4:8,1:5]")
    let told = try crs(here + masks + there + "x = combine t masks=m method=meancr").errors
    #expect(told.contains("its pixel [1, 1] is [1, 1], that of the image [4, 1]"), "\(told)")
    #expect(!(try crs(here + masks + "x = combine s masks=m method=meancr").errors.contains("another place")))
    // Files of sections keep their place.
    try crs(there + masks.replacing("s[", with: "t[") + "save m m.fits; k = m[CRMASK1]; save k k.fits")
    for way in ["m = load m.fits; ", "k = load k.fits; m = maskset [k, k, k]; "] {
      let saved = try crs(here + way + "x = combine s masks=m method=meancr").errors
      #expect(saved.contains("its pixel [1, 1] is [4, 1], that of the image [1, 1]"), "\(saved)")
      let same = try crs(there + way + "x = combine t masks=m method=meancr").errors
      #expect(!same.contains("another place"), "\(same)")
    }
    // What `shift` moved is at other pixels than its mask.
    let moved = "x = load e1.fits; k = x > 125; y = shift x 2 0; "
    let left = try crs(moved + "c, m = lacosmic y inmask=k").errors
    #expect(left.contains("the image was moved by (2, 0) pixels, the mask by (0, 0) pixels"), "\(left)")
    #expect(!(try crs(moved + "l = y > 125; c, m = lacosmic y inmask=l").errors.contains("moved by")))
    let single = "x = load 'e1.fits[4:8,1:5]'; y = load 'e1.fits[1:5,1:5]'; k = y > 125; "
    #expect(try crs(single + "c, m = lacosmic x inmask=k").errors.contains("the mask is of another place"))
    #expect(!(try crs(single + "c, m = lacosmic y inmask=k").errors.contains("another place")))
    // A mask without a place may be of any.
    try crs("y = load 'e1.fits[1:5,1:5]'; k = y > 125; f = where(k, 1, 0); save f plain.fits")
    #expect(!(try crs(single + "c, m = lacosmic x inmask=plain.fits").errors.contains("another place")))
  }

  @Test func exposuresOfOtherKindsAreTold() throws {
    try write("r.fits", ["FILTER = 'R'", "IMAGETYP = 'object'"])
    try write("b.fits", ["FILTER = 'B'", "IMAGETYP = 'OBJECT'"])
    try write("c.fits", ["FILTER = 'B'", "IMAGETYP = 'object'"])
    try write("f.fits", ["FILTER = 'R'", "IMAGETYP = 'flat'"])
    let told = try crs("s = load r.fits b.fits c.fits").errors
    #expect(
      told.contains("the exposures are of different kinds: FILTER 'R' (r.fits), 'B' (b.fits and 1 more)"),
      "\(told)")
    #expect(!told.contains("IMAGETYP"))
    #expect(
      try crs("a = load r.fits; b = load f.fits; m = median [a, b]").errors.contains(
        "IMAGETYP 'object' (r.fits)"))
    #expect(!(try crs("s = load b.fits c.fits").errors.contains("kinds")))
  }

  /// Date and time of a combination are those of its earliest exposure, both of the same one.
  @Test(arguments: [
    (
      ["DATE-OBS = '2024-03-02'", "TIME-OBS = '00:10:00'"],
      ["DATE-OBS = '2024-03-01'", "TIME-OBS = '23:59:00'"],
      "2024-03-01 23:59:00"
    ),
    (
      ["DATE-OBS = '2024-03-01'", "TIME-OBS = '23:59:00'"],
      ["DATE-OBS = '2024-03-01'", "TIME-OBS = '00:10:00'"],
      "2024-03-01 00:10:00"
    ),
    (["DATE-OBS = '2000-01-01T00:00:00'"], ["DATE-OBS = '31/12/99'"], "31/12/99 none"),
    (
      ["DATE-OBS = '2024-03-01T10:00:00.5'"], ["DATE-OBS = '2024-03-01T10:00:00Z'"],
      "2024-03-01T10:00:00Z none"
    ),
    (["DATE-OBS = '2024-03-01'"], ["DATE-OBS = ''"], "2024-03-01 none"),
  ])
  func combinationsHaveTheTimeOfOneExposure(first: [String], second: [String], expected: String) throws {
    try write("a.fits", first)
    try write("b.fits", second)
    let ended = try crs(
      "s = load a.fits b.fits; m = mean s; d = header m DATE-OBS; t = header m TIME-OBS default=none; print d t"
    )
    #expect(ended.output.contains("\n\(expected)\n"), "\(ended.output)")
  }

  /// Electrons keep the digits of their counts, and their header says what they are.
  @Test func electronsKeepDigits() throws {
    var file = TestFile()
    file.image(
      .int32(Plane(width: 2, height: 1, pixels: [16_777_217, 20_000_001])), nil,
      ["GAIN = 2.0", "RDNOISE = 5.0", "BUNIT = 'adu'"])
    try file.write("i.fits", in: folder)
    let ended = try crs(
      "x = load i.fits; y = load i.fits unit=electron; u = header y BUNIT; print x[1,1] y[1,1] y[2,1] u (info y gain); "
        + "save y e.fits")
    #expect(
      ended.output.contains("x: Image 2x1 int32 adu, min 16777217, median 18388609, max 20000001"),
      "\(ended.output)")
    #expect(ended.output.contains("\n16777217 33554434 40000002 electron 1\n"), "\(ended.output)")
    #expect(try FITSReader.header(at: folder.file("e.fits")).text("BUNIT") == "electron")
    try write("f.fits", [])
    #expect(try crs("y = load f.fits unit=electron").output.contains("float32 electron"))
  }

  @Test func oldLineEndsAndMissingNamesOfTables() throws {
    _ = try folder.write("x,y\r1,2\r3,\"a\rb\"\r", "old.csv")
    let old = try crs("t = load old.csv; print (countrows t) t[x] len(t[2,y])")
    #expect(old.output.contains("\n2 [1, 3] 3\n"), "\(old.output)")
    _ = try folder.write("1,2\n3,4\n", "bare.csv")
    #expect(try crs("t = load bare.csv").errors.contains("the first line holds numbers only"))
    try crs("t = newtable '1' '2'; t = addrow t 3 4; save t own.csv")
    #expect(try crs("t = load own.csv; print t[(1)]", status: 0).output.contains("1"))
  }
}
