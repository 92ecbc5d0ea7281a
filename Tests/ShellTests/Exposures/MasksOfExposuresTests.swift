import Files
import Kernels
import TestSupport
import Testing

/// Masks as a user meets them: those of other programs, those of images, hits, and colour mosaics.
@Suite struct MasksOfExposuresTests: ScriptCase {
  let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private func exposures() throws {
    var random = SeededRandom(seed: 25)
    for k in 1...3 {
      var scene = Scene()
      (scene.sky, scene.noise, scene.hits) = (300, 4, 0)
      var pixels = scene.electrons(seed: UInt64(k)).map { min($0, 350) }
      var mask = Plane<UInt8>(width: 96, height: 64, repeating: 0)
      for _ in 0..<20 {
        let (x, y) = (4 + random.below(88), 4 + random.below(56))
        pixels[x, y] += 2500
        mask[x, y] = 1
      }
      var file = TestFile()
      file.image(.float32(pixels), nil, ["BUNIT = 'adu'", "GAIN = 1.0", "RDNOISE = 4.0 / electron"])
      try file.write("v\(k).fits", in: folder)
      var other = TestFile()
      other.image(.uint8(mask))
      try other.write("m\(k).fits", in: folder)
    }
  }

  @Test func masksOfOtherProgramsCombine() throws {
    try exposures()
    for masks in [
      "[m1, m2, m3]", "[m1.fits, m2.fits, m3.fits]", "[m1, m2.fits, m3]", "(maskset m1 m2 m3)",
      "(maskset [m1, m2] m3.fits)",
    ] {
      try crs(
        """
        s = load v1.fits v2.fits v3.fits; m1 = load m1.fits; m2 = load m2.fits; m3 = load m3.fits
        k = combine s method=meancr masks=\(masks); save k k.fits overwrite=yes
        d = combine s method=mediancr masks=\(masks); save d d.fits overwrite=yes
        """)
      for name in ["k.fits", "d.fits"] {
        let pixels = try FITSReader.image(at: folder.file(name)).pixels.pixels
        #expect(pixels.max().map { $0 <= 360 } == true, "\(masks) \(name)")
      }
    }
    let error = try crs(
      "s = load v1.fits v2.fits v3.fits; k = combine s method=meancr masks=[m1.fits, m2.fits]", status: 1)
    #expect(error.errors.contains("flux factors") || error.errors.contains("masks"), "\(error.errors)")
  }

  @Test func maskofGivesWhatDoesNotCount() throws {
    var pixels = Scene().electrons(seed: 1)
    (pixels[5, 5], pixels[6, 5]) = (.nan, .infinity)
    var quality = Plane<Int16>(width: 96, height: 64, repeating: 0)
    (quality[5, 5], quality[20, 20]) = (4, 4)
    var file = TestFile()
    file.empty(["OBJECT = 'NGC 1'"])
    file.image(.float32(pixels), "SCI", ["BUNIT = 'electron'", "RDNOISE = 8.0", "CRPIX1 = 7.0"])
    file.image(.int16(quality), "DQ")
    try file.write("x.fits", in: folder)
    let ended = try crs(
      """
      x = load x.fits; b = maskof x; countflagged b; save b b.fits; c = load b.fits; countflagged c; header b OBJECT
      k, m = lacosmic x; countflagged (m & b); countflagged ((maskof k) & b)
      k, u = lacosmic x all=yes; countflagged (u & b)
      """)
    let numbers = ended.output.split(separator: "\n").compactMap { Int($0) }
    // The hits alone, then both in what clean carries; all=yes gives the union (NaN is no flag of the file).
    #expect(numbers == [3, 3, 0, 3, 2], "\(ended.output)")
    #expect(
      ended.output.contains("NGC 1") && ended.output.contains("masked 3 (DQ: bit 4; 2 not finite)"),
      "\(ended.output)")
    #expect(ended.output.contains("c: Mask 96x64, 3 pixels flagged"))
    #expect(try FITSReader.header(at: folder.file("b.fits")).number("CRPIX1") == 7)
  }

  @Test func colourMosaicsAreNotCleanedAsOneImage() throws {
    var random = SeededRandom(seed: 5)
    func mosaic(_ cards: [String]) throws {
      let pixels = (0..<96 * 64).map { i -> UInt16 in
        let (x, y) = (i % 96, i / 96)
        let level = x % 2 == 1 && y % 2 == 0 || x % 2 == 0 && y % 2 == 1 ? 1200.0 : x % 2 == 1 ? 250 : 400
        return UInt16((level + random.normal() * (level + 64).squareRoot()) / 2)
      }
      var file = TestFile()
      file.image(
        .uint16(Plane(width: 96, height: 64, pixels: pixels)), nil,
        ["BUNIT = 'adu'", "GAIN = 2.0", "RDNOISE = 8.0"] + cards)
      try file.write("bayer.fits", in: folder)
    }
    for card in ["BAYERPAT = 'RGGB'", "COLORTYP = 'GRBG    '", "BAYERPAT = 'bggr'", "CFAPAT = 'RGGB'"] {
      try mosaic([card])
      let ended = try crs("c, m = lacosmic bayer.fits", status: 1)
      #expect(
        ended.errors.contains("colour mosaic") && !ended.errors.contains("subtracted"), "\(ended.errors)")
      #expect(
        try crs("a, b = cr2images bayer.fits median_size=3", status: 1).errors.contains("colour mosaic"))
      // One colour is an image again.
      let one = try crs("c, m = lacosmic 'bayer.fits[*:2,*:2]'; countflagged m")
      #expect(
        one.output.split(separator: "\n").last.flatMap { Int($0) }.map { $0 < 5 } == true, "\(one.output)")
    }
    for card in ["COLORTYP = 'MONO'", "BAYERPAT = 'NONE'", "BAYERPAT = ''"] {
      try mosaic([card])
      _ = try crs("c, m = lacosmic bayer.fits")
    }
  }

  @Test func errorsStandForAGainThatIsNotKnown() throws {
    let scene = Scene().electrons(seed: 1)
    var file = TestFile()
    file.image(.float32(scene.map { $0 / 1000 }), "SCI", ["BUNIT = 'MJy/sr'"])
    // A hit raises its own error.
    file.image(.float32(scene.map { ($0 + 64).squareRoot() / 1000 }), "ERR")
    try file.write("jwst.fits", in: folder)
    var plain = TestFile()
    plain.image(.float32(scene), nil, ["BUNIT = 'electron'", "RDNOISE = 8.0"])
    try plain.write("electrons.fits", in: folder)
    func flagged(_ text: String) throws -> (Int, String) {
      let ended = try crs(text + "; countflagged m")
      return (ended.output.split(separator: "\n").last.flatMap { Int($0) } ?? -1, ended.output)
    }
    let (wanted, _) = try flagged("c, m = lacosmic electrons.fits")
    let (found, output) = try flagged("c, m = lacosmic jwst.fits")
    #expect(wanted > 20 && abs(found - wanted) <= 3, "\(found), \(wanted)")
    #expect(output.contains("noise: from ERR, the median over 5x5 pixels"), "\(output)")
    let (given, both) = try flagged("c, m = lacosmic jwst.fits gain=1000 rnoise=0.008")
    #expect(
      abs(given - wanted) <= 1 && both.contains("gain and rnoise for detection, ERR for propagation"),
      "\(both)")
  }
}
