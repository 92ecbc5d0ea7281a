import Files
import Kernels
import TestSupport
import Testing

/// Files with several HDUs as a user meets them.
@Suite struct ExposureLayoutTests: ScriptCase {
  let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private func mosaic() throws {
    var file = TestFile()
    file.empty(["OBJECT = 'field'"])
    for (k, gain) in [1.0, 1.6, 2.1, 1.2].enumerated() {
      var scene = Scene()
      (scene.noise, scene.sky, scene.hits) = (5, 200, 10)
      file.image(
        .float32(scene.counts(seed: UInt64(k + 1), gain: gain)), "AMP\(k + 1)",
        ["GAIN = \(gain)", "RDNOISE = 5.0 / electron", "BUNIT = 'adu'"])
    }
    try file.write("mef.fits", in: folder)
  }

  @Test func theImageOfAMosaicIsNamedAndTheRestStays() throws {
    try mosaic()
    for (name, taken, others) in [
      ("mef.fits", "HDU 1 AMP1 is taken", "2 AMP2, 3 AMP3, 4 AMP4"),
      ("mef.fits[2]", "HDU 2 AMP2 was chosen", "1 AMP1, 3 AMP3, 4 AMP4"),
    ] {
      let ended = try Program.run(
        ["lacosmic", name, "--fsmode", "median", "--out", "c.fits", "--overwrite"], in: folder.url)
      #expect(
        ended.status == 0 && ended.errors.contains(taken) && ended.errors.contains(others), "\(ended.errors)")
      #expect(ended.output.contains("gain \(name == "mef.fits" ? "1.0" : "1.6") e-/ADU"))
      let names = try FITSReader.listing(of: folder.file("c.fits")).map(\.name).filter {
        !$0.hasPrefix("MASK")
      }
      #expect(names == ["PRIMARY", "AMP1", "AMP2", "AMP3", "AMP4"])
    }
    #expect(try crs("x = load mef.fits").errors.contains("HDU 1 AMP1 is taken"))
    let ended = try crs("l = load mef.fits ext=all; a = l[3]; c, m = lacosmic a fsmode=median")
    #expect(ended.output.contains("gain 2.1 e-/ADU (header GAIN, HDU 3)"), "\(ended.output)")
  }

  @Test func everyImageOfAMosaicIsCleanedWithItsOwnNoise() throws {
    try mosaic()
    let call = [
      "lacosmic", "mef.fits", "--fsmode", "median", "--ext", "all", "--out", "c.fits", "--out", "m.fits",
    ]
    let ended = try Program.run(call, in: folder.url)
    #expect(ended.status == 0, "\(ended.errors)")
    for (k, gain) in ["1.0", "1.6", "2.1", "1.2"].enumerated() {
      #expect(ended.output.contains("gain \(gain) e-/ADU (header GAIN, HDU \(k + 1))"), "\(ended.output)")
    }
    let names = try FITSReader.listing(of: folder.file("c.fits")).map(\.name).filter { !$0.hasPrefix("MASK") }
    #expect(names == ["PRIMARY", "AMP1", "AMP2", "AMP3", "AMP4"])
    #expect(try FITSReader.listing(of: folder.file("m.fits")).map(\.name) == names)
    for k in 1...4 {
      // As each one on its own.
      try Program.run(
        ["lacosmic", "mef.fits", "--fsmode", "median", "--ext", "\(k)", "--out", "one.fits", "--overwrite"],
        in: folder.url)
      let clean = try FITSReader.image(at: folder.file("c.fits"), hdu: .name("AMP\(k)"))
      let alone = try FITSReader.image(at: folder.file("one.fits"), hdu: .name("AMP\(k)"))
      #expect(clean.pixels == alone.pixels && clean.mask == alone.mask && clean.mask?.flagged ?? 0 >= 5)
      #expect(
        try FITSReader.image(at: folder.file("m.fits"), hdu: .name("AMP\(k)")).pixels.pixels.reduce(0, +)
          == Float(clean.mask?.flagged ?? 0))
    }
    #expect(try crs("l = load m.fits; m = l[2]; countflagged m").status == 0)
    // In a session.
    try crs("l = load mef.fits ext=all; save l same.fits; for k in [1, 2]; a = l[1]; end")
    for k in 1...4 {
      let pair = try ["mef.fits", "same.fits"].map {
        try FITSReader.image(at: folder.file($0), hdu: .number(k)).pixels
      }
      #expect(pair[0] == pair[1])
    }
    #expect(try Program.run(["lacosmic", "same.fits[1]", "--ext", "all"], in: folder.url).status == 2)
  }

  /// HDUs of one name are told apart by EXTVER, those of masks too.
  @Test func masksKeepTheVersionsOfTheirImages() throws {
    var file = TestFile()
    file.empty()
    for version in [1, 2, 4] {
      var pixels = Plane<Float>(width: 40, height: 30, repeating: 100)
      for i in 0..<1200 { pixels.pixels[i] += Float((i * 37 + version) % 11) }
      for k in 0..<version { pixels[10 + 4 * k, 15] = 900 }
      file.image(
        .float32(pixels), "SCI", ["EXTVER = \(version)", "GAIN = 1.0", "RDNOISE = 4.0", "BUNIT = 'electron'"])
    }
    try file.write("v.fits", in: folder)
    func versions(_ name: String) throws -> [Int?] {
      try FITSReader.listing(of: folder.file(name)).dropFirst().map { hdu in
        try FITSReader.image(at: folder.file(name) + "[\(hdu.number)]").header.integer("EXTVER")
      }
    }
    let call = [
      "lacosmic", "v.fits", "--fsmode", "median", "--ext", "all", "--out", "c.fits", "--out", "m.fits",
    ]
    let ended = try Program.run(call, in: folder.url)
    #expect(ended.status == 0, "\(ended.errors)")
    try crs(
      """
      l = load v.fits ext=all; k = []; for x in l; c, m = lacosmic x fsmode=median; k = append(k, m); end
      save k k.fits; g = load k.fits ext=all; save g g.fits; save m one.fits
      """)
    for name in ["c.fits", "m.fits", "k.fits", "g.fits"] {
      #expect(try versions(name).prefix(3) == [1, 2, 4], "\(name)")
    }
    for version in [1, 2, 4] {
      let mask = try FITSReader.image(at: folder.file("m.fits[SCI,\(version)]"))
      #expect(mask.pixels.pixels.reduce(0, +) == Float(version), "\(version)")
    }
    #expect(try FITSReader.image(at: folder.file("one.fits")).header["EXTVER"] == nil)
  }

  @Test func sectionsKeepEveryPlaneBothWays() throws {
    var scene = Scene()
    (scene.width, scene.height, scene.sky, scene.noise, scene.hits) = (120, 100, 200, 4, 0)
    var pixels = scene.electrons(seed: 3)
    for y in 0..<100 { pixels[79, y] = 30000 }
    (pixels[60, 35], pixels[61, 35]) = (pixels[60, 35] + 3000, pixels[61, 35] + 1500)
    var mask = Plane<UInt8>(width: 120, height: 100, repeating: 0)
    for y in 0..<100 { mask[79, y] = 1 }
    var file = TestFile()
    file.image(.float32(pixels), nil, ["BUNIT = 'adu'", "GAIN = 1.0", "RDNOISE = 4.0 / electron"])
    file.image(.uint8(mask), "MASK")
    file.image(.float32(pixels.map { ($0 + 16).squareRoot() }), "UNCERT", ["UTYPE = 'StdDevUncertainty'"])
    try file.write("ccd.fits", in: folder)
    for text in ["b = load 'ccd.fits[31:100,21:80]'", "a = load ccd.fits; b = a[31:100,21:80]"] {
      let ended = try crs(
        text
          + "; c, m = lacosmic b fsmode=median; countflagged m; save b b.fits overwrite=yes; save c c.fits overwrite=yes"
      )
      // A section counts its own masked pixels.
      let masked = text.contains("a[") ? 100 : 60
      #expect(ended.output.contains("masked \(masked) (MASK), uncertainty from UNCERT"), "\(ended.output)")
      #expect(ended.output.contains("2 pixels changed"), "\(ended.output)")
      let part = try FITSReader.image(at: folder.file("b.fits"))
      #expect(
        part.mask?.flagged == 60 && part.mask?[49, 0] == true && part.uncertainty?.values.shape == part.shape)
      // The cleaned image carries its own mask and the hits.
      #expect(try FITSReader.image(at: folder.file("c.fits")).mask?.flagged == 62)
    }
    #expect(
      try crs("a = load ccd.fits; c, m = lacosmic a fsmode=median all=yes; countflagged m").output.contains(
        "102"))
  }

  @Test func calculationsKeepThePrimaryHeader() throws {
    var file = TestFile()
    file.empty(["INSTRUME = 'CAM'", "OBSERVER = 'me'", "EXPTIME = 100.0", "DATE-OBS = '2024-01-01T00:00:00'"])
    let scene = Scene().counts(seed: 1)
    file.image(.float32(scene), "SCI", ["BUNIT = 'adu'", "GAIN = 2.0", "RDNOISE = 8.0"])
    file.image(.float32(scene.map { $0.squareRoot() }), "ERR")
    var quality = Plane<Int16>(width: 96, height: 64, repeating: 0)
    for y in 10..<20 { for x in 10..<20 { quality[x, y] = 1 } }
    file.image(.int16(quality), "DQ")
    try file.write("mef.fits", in: folder)
    let ended = try crs(
      "x = load mef.fits; y = x[1:20,1:20]; save y cut.fits; z = x - 5; save z sub.fits; save x same.fits")
    #expect(ended.output.contains("masked 100 (DQ: bit 1), uncertainty from ERR"), "\(ended.output)")
    #expect(ended.errors.contains("DQ (but its mask) of mef.fits is left out"), "\(ended.errors)")
    for (name, hdus) in [
      ("cut.fits", ["PRIMARY", "SCI", "ERR", "DQ"]), ("sub.fits", ["PRIMARY", "SCI", "MASK", "ERR"]),
      ("same.fits", ["PRIMARY", "SCI", "ERR", "DQ"]),
    ] {
      #expect(try FITSReader.listing(of: folder.file(name)).map(\.name) == hdus)
      let primary = try FITSReader.header(at: folder.file(name), hdu: .number(0))
      #expect(primary.text("OBSERVER") == "me" && primary.number("EXPTIME") == 100)
      #expect(try FITSReader.image(at: folder.file(name)).mask?.flagged == 100)
    }
    #expect(try FITSReader.image(at: folder.file("sub.fits")).pixels.pixels[0] == scene.pixels[0] - 5)
  }

  @Test func cubesAreStacksWhenAsked() throws {
    var pixels: [Float] = []
    for k in 1...4 {
      var scene = Scene()
      scene.hits = 12
      pixels += scene.electrons(seed: UInt64(k)).pixels
    }
    var file = TestFile()
    let cube = ExtraPlane(
      name: "", pixels: .float32(Plane(width: 96, height: 256, pixels: pixels)), furtherAxes: [4])
    file.hdus.append(
      FITSOutputHDU(
        header: TestFile.header(["GAIN = 1.0", "RDNOISE = 8.0 / electron", "BUNIT = 'adu'"]),
        content: .stored(cube)))
    try file.write("cube.fits", in: folder)
    let refused = try Program.run(["-c", "s = load cube.fits"], in: folder.url)
    #expect(
      refused.status == 3 && refused.errors.contains("planes=yes") && refused.errors.contains("[*,*,1]"))
    let ended = try crs(
      "s = load cube.fits planes=yes; m = crmasks s seed=1 bias=0 log_level=WARNING; info s")
    #expect(
      ended.output.contains("s: Stack 4 x 96x64") && ended.output.contains("2: cube.fits[*,*,2]: Image"),
      "\(ended.output)")
    #expect(
      try crs("x = load 'cube.fits[*,*,3]'; s = load cube.fits planes=yes; d = s[3] - x; stats d").output
        .contains(" 0 "))
  }

  @Test func unitsAreConvertedWhenAsked() throws {
    for (name, unit, gain) in [("a", "adu", 2.0), ("b", "adu", 2), ("c", "electron", 1)] {
      var file = TestFile()
      file.image(
        .float32(Scene().counts(seed: UInt64(name.utf8.first ?? 0), gain: gain)), nil,
        ["BUNIT = '\(unit)'", "GAIN = 2.0", "RDNOISE = 8.0"])
      try file.write(name + ".fits", in: folder)
    }
    let ended = try crs(
      "s = load a.fits b.fits c.fits unit=electron; e = s[1]; save e e.fits; p, q = mmpvalue s")
    #expect(
      ended.output.contains("a.fits: to electrons, gain 2.0 e-/ADU") && !ended.output.contains("c.fits: to"))
    #expect(ended.output.contains("s: Stack 3 x 96x64 float32 electron"), "\(ended.output)")
    let image = try FITSReader.image(at: folder.file("e.fits"))
    #expect(image.header.text("BUNIT") == "electron" && image.header.number("GAIN") == 1)
    #expect(image.knownDetector.readoutNoise?.value == .constant(8))
    #expect(
      abs(image.pixels.pixels[0] / (try FITSReader.image(at: folder.file("a.fits")).pixels.pixels[0]) - 2)
        < 1e-6)
  }

  @Test func theSameExposureTwiceIsTold() throws {
    var file = TestFile()
    file.image(.float32(Scene().counts(seed: 1)), nil, ["BUNIT = 'adu'", "GAIN = 2.0", "RDNOISE = 8.0"])
    for name in ["a.fits", "b.fits"] { try file.write(name, in: folder) }
    var other = TestFile()
    other.image(.float32(Scene().counts(seed: 2)), nil, ["BUNIT = 'adu'"])
    try other.write("c.fits", in: folder)
    let ended = try crs("s = load a.fits c.fits b.fits; vars; info s")
    #expect(ended.errors.contains("a.fits and b.fits hold the same pixels"), "\(ended.errors)")
    #expect(ended.output.contains("from a.fits, c.fits, b.fits") && ended.output.contains("2: c.fits: Image"))
    #expect(try !crs("s = load a.fits c.fits").errors.contains("same pixels"))
    // Digits beyond those of single precision tell them apart.
    for k in 1...2 {
      var double = TestFile()
      let pixels = (0..<1200).map { 2_459_000 + 1e-4 * Double(($0 * 7 + k * 13) % 101) }
      double.image(.float64(Plane(width: 40, height: 30, pixels: pixels)), nil, ["BUNIT = 'adu'"])
      try double.write("d\(k).fits", in: folder)
    }
    #expect(try !crs("s = load d1.fits d2.fits").errors.contains("same pixels"))
    #expect(try crs("s = load d1.fits d1.fits").errors.contains("same pixels"))
  }
}
