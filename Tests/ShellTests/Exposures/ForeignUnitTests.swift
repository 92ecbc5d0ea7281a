import Files
import Kernels
import TestSupport
import Testing

/// Exposures in units that are no counts, and those of several amplifiers, as a user meets them.
@Suite struct ForeignUnitTests: ScriptCase {
  let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  /// Three exposures of a sky of 300 electrons with ten hits each and five coincidences, divided by `scale`.
  private func stack(_ unit: String, scale: Float, cards: [String] = [], errors: Bool = true) throws {
    for k in 1...3 {
      var scene = Scene()
      (scene.sky, scene.noise, scene.hits) = (300, 4, 0)
      var pixels = scene.electrons(seed: UInt64(k)).map { min($0, 360) }
      for n in 0..<10 { pixels[(7 + n * 9 + k * 13) % 90 + 3, (5 + n * 23 + k * 7) % 58 + 3] += 2000 }
      if k < 3 { for n in 0..<5 { pixels[12 + n * 17, 10 + n * 9] += 1500 } }
      let deviation = pixels.map { (max($0, 0) + 16).squareRoot() / scale }
      var file = TestFile()
      file.empty(["TELESCOP = 'X'"] + cards)
      file.image(.float32(pixels.map { $0 / scale }), "SCI", ["BUNIT = '\(unit)'"])
      if errors { file.image(.float32(deviation), "ERR", ["BUNIT = '\(unit)'"]) }
      try file.write("f\(k).fits", in: folder)
    }
  }

  @Test(arguments: [("MJy/sr", Float(250)), ("electron/s", 100), ("erg/s/cm2/Angstrom", 1e14)])
  func errorsTellTheNoiseOfStacks(unit: String, scale: Float) throws {
    try stack(unit, scale: scale)
    let ended = try crs(
      """
      s = load f1.fits f2.fits f3.fits; m = crmasks s seed=1; save m m.fits
      c = combine s masks=m method=mediancr; save c c.fits; p, q = mmpvalue s; countflagged q
      """)
    #expect(ended.output.contains("noise: from ERR, the smallest of the exposures"), "\(ended.output)")
    let masks = try FITSReader.maskSet(at: folder.file("m.fits"))
    for n in 0..<5 { #expect(masks.medianCR[12 + n * 17, 10 + n * 9]) }
    #expect(masks.medianCR.flagged < 60)
    let image = try FITSReader.image(at: folder.file("c.fits"))
    #expect(image.pixels.pixels.allSatisfy { $0 * scale < 420 })
    #expect(image.planes.first { $0.name == "VARIANCE" }?.header.text("BUNIT") == "(\(unit))**2")
    #expect(!ended.errors.contains(" ADU"), "\(ended.errors)")
  }

  @Test func withoutErrorsNumbersAreAsked() throws {
    try stack("MJy/sr", scale: 250, errors: false)
    let error = try crs("s = load f1.fits f2.fits f3.fits; m = crmasks s seed=1", status: 2)
    #expect(error.errors.contains("gain=") && error.errors.contains("rnoise="))
    // One number that is given asks for the other one.
    try stack("MJy/sr", scale: 250)
    let half = try crs("s = load f1.fits f2.fits f3.fits; m = crmasks s seed=1 gain=250", status: 2)
    #expect(half.errors.contains("rnoise="), "\(half.errors)")
    try crs("s = load f1.fits f2.fits f3.fits; m = crmasks s seed=1 gain=250 rnoise=0.016")
  }

  /// Rates of unlike times keep the noise of their own time, and stay rates.
  @Test func ratesOfUnlikeTimesAreCombinedAsRates() throws {
    for k in 1...3 {
      let (seconds, scene) = (Float(100 * k), Scene())
      let rates = scene.electrons(seed: UInt64(k)).map { $0 * Float(k) / seconds }
      var file = TestFile()
      file.image(
        .float32(rates), nil, ["BUNIT = 'electron/s'", "EXPTIME = \(seconds)", "RDNOISE = 8.0 / electron"])
      try file.write("r\(k).fits", in: folder)
    }
    for command in ["m = crmasks s seed=1", "p, q = mmpvalue s", "c = combine s method=mean"] {
      let told = try crs("s = load r1.fits r2.fits r3.fits; \(command)")
      #expect(
        told.errors.contains("rates of different exposure times: 100 s (r1.fits), 200 s"), "\(told.errors)")
    }
    let rates = try crs(
      "s = load r1.fits r2.fits r3.fits; m = crmasks s seed=1; c = combine s masks=m; stats c median")
    #expect((3.8...4.2).contains(try #require(Double(rates.output.split(separator: "\n").last ?? ""))))
    let counts = try crs(
      """
      s = load r1.fits r2.fits r3.fits unit=electron; m = crmasks s seed=1 flux_factor=auto
      c = combine s masks=m; stats c median
      """)
    let level = try #require(Double(counts.output.split(separator: "\n").last ?? ""))
    // Of 400, 800 and 1200 electrons.
    #expect((700...900).contains(level), "\(counts.output)")
  }

  @Test(arguments: ["0.0", "-5.0", "'100 s'"]) func timesThatAreNoneAreQuoted(quoted: String) throws {
    let card = "EXPTIME = \(quoted)"
    try stack("electron/s", scale: 100, cards: [card, "RDNOISE = 4.0"], errors: false)
    let error = try crs("clean, m = lacosmic f1.fits", status: 2)
    #expect(error.errors.contains("EXPTIME") && error.errors.contains(quoted), "\(error.errors)")
    #expect(error.errors.contains("gain="))
    try stack("adu", scale: 1, cards: [card, "RDNOISE = 4.0", "GAIN = 1.0"], errors: false)
    let told = try crs("s = load f1.fits f2.fits f3.fits; m = crmasks s seed=1")
    #expect(told.errors.contains(quoted) && told.errors.contains("flux_factor="), "\(told.errors)")
    let pair = try crs("a, b, x, y = cr2images f1.fits f2.fits")
    #expect(pair.errors.contains(quoted) && pair.errors.contains("scale="), "\(pair.errors)")
  }

  @Test func amplifiersHaveTheirOwnNumbers() throws {
    var scene = Scene()
    (scene.sky, scene.noise, scene.hits) = (400, 5, 0)
    var electrons = scene.electrons(seed: 4).map { min($0, 480) }
    for n in 0..<12 { electrons[6 + n * 7, 6 + (n * 17) % 50] += 2000 }
    var pixels = electrons
    for y in 0..<64 { for x in 48..<96 { pixels[x, y] /= 4 } }
    let cards = [
      "BUNIT = 'adu'", "GAINA = 1.0", "GAINB = 4.0", "RDNOISEA = 5.0", "RDNOISEB = 5.0",
      "DATASECA = '[1:48,1:64]'", "DATASECB = '[49:96,1:64]'",
    ]
    var file = TestFile()
    file.image(.float32(pixels), nil, cards)
    try file.write("a.fits", in: folder)
    let ended = try crs(
      """
      clean, m = lacosmic a.fits; save m m.fits; e = load a.fits unit=electron; save e e.fits
      clean, m = lacosmic e; save m n.fits; clean, m = lacosmic a.fits gain_apply=yes; save clean c.fits
      """)
    #expect(ended.output.contains("by their sections"), "\(ended.output)")
    let mask = try FITSReader.mask(at: folder.file("m.fits"))
    for n in 0..<12 { #expect(mask[6 + n * 7, 6 + (n * 17) % 50]) }
    #expect(mask.flagged <= 20)
    #expect(try FITSReader.mask(at: folder.file("n.fits")) == mask)
    let converted = try FITSReader.image(at: folder.file("e.fits"))
    #expect(converted.unit == .electron && abs(converted.pixels[90, 5] - electrons[90, 5]) < 0.01)
    #expect(try FITSReader.image(at: folder.file("c.fits")).unit == .electron)
    // In a stack L.A.Cosmic takes them too.
    for k in 1...3 {
      var own = pixels
      own[20 + k, 20] += 900
      var one = TestFile()
      one.image(.float32(own), nil, cards)
      try one.write("s\(k).fits", in: folder)
    }
    try crs("s = load s1.fits s2.fits s3.fits; m = crmasks s seed=1 crmethod=mm_lacosmic")
  }

  @Test func messagesNameTheUnit() throws {
    var scene = Scene()
    (scene.sky, scene.noise) = (300, 4)
    let pixels = scene.electrons(seed: 3).map { min($0, 900) / 250 }
    var file = TestFile()
    file.image(.float32(pixels), nil, ["BUNIT = 'MJy/sr'"])
    try file.write("x.fits", in: folder)
    // Noise ten times too small.
    let told = try crs("clean, m = lacosmic x.fits gain=25000 rnoise=0.001")
    #expect(told.errors.contains("MJy/sr") && !told.errors.contains(" ADU"), "\(told.errors)")
  }
}
