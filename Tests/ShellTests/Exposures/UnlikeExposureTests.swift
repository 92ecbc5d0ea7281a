import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// Exposures of unlike gains, exposure times and levels: told with their numbers wherever they meet.
@Suite struct UnlikeExposureTests: ScriptCase {
  let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private func write(_ name: String, _ pixels: Plane<Float>, _ cards: [String]) throws {
    var file = TestFile()
    file.image(.float32(pixels), nil, cards)
    try file.write(name, in: folder)
  }

  /// `g1.fits` to `g3.fits` of gains 2, 1, 1, and `t1.fits` to `t3.fits` of 100, 300, 100 s.
  private func exposures() throws {
    for (k, gain) in [2.0, 1, 1].enumerated() {
      try write(
        "g\(k + 1).fits", Scene().counts(seed: UInt64(k + 1), gain: gain),
        ["BUNIT = 'adu'", "GAIN = \(gain)", "RDNOISE = 8.0", "EXPTIME = 100.0"])
    }
    for (k, time) in [100.0, 300, 100].enumerated() {
      var scene = Scene()
      scene.sky = 4 * time
      try write(
        "t\(k + 1).fits", scene.counts(seed: UInt64(k + 1)),
        ["BUNIT = 'adu'", "GAIN = 2.0", "RDNOISE = 8.0", "EXPTIME = \(time)"])
      try write(
        "r\(k + 1).fits", scene.counts(seed: UInt64(k + 1)).map { $0 / Float(time) },
        ["BUNIT = 'adu/s'", "GAIN = 2.0", "RDNOISE = 8.0", "EXPTIME = \(time)"])
    }
  }

  @Test(arguments: ["median", "mean", "min", "max", "combine method=mean"])
  func combinationsTellGainsAndTimes(command: String) throws {
    try exposures()
    let words = command.split(separator: " ", maxSplits: 1)
    func notes(_ prefix: String) throws -> String {
      let call = "\(words[0]) s" + (words.count > 1 ? " \(words[1])" : "")
      return try crs("s = load \(prefix)1.fits \(prefix)2.fits \(prefix)3.fits; a = \(call)").errors
    }
    let gains = try notes("g")
    #expect(gains.contains("different gains: 2 (g1.fits), 1 (g2.fits), 1 (g3.fits)"), "\(gains)")
    #expect(
      gains.contains(
        words[0] == "combine" ? "matched to that of the first one" : "load FILES unit=electron"), "\(gains)")
    let times = try notes("t")
    #expect(times.contains("different exposure times: 100 s (t1.fits), 300 s (t2.fits)"), "\(times)")
    #expect(times.contains("as they are") && times.contains("flux_factor=auto"), "\(times)")
    #expect(try notes("r").contains("rates of different exposure times: 100 s (r1.fits), 300 s"))
    // One scale and one time: nothing to tell.
    let call = "\(words[0]) s" + (words.count > 1 ? " \(words[1])" : "")
    let electrons = try crs("s = load g1.fits g2.fits g3.fits unit=electron; a = \(call)")
    #expect(!electrons.errors.contains("different"), "\(electrons.errors)")
  }

  /// Hits follow the exposure times: too many for its time name an exposure.
  @Test func farMoreHitsAreTold() throws {
    for (prefix, times) in [("a", [100, 100, 100]), ("b", [100, 100, 600])] {
      for (k, time) in times.enumerated() {
        var scene = Scene()
        scene.hits = k == 2 ? 300 : 50
        try write(
          "\(prefix)\(k + 1).fits", scene.counts(seed: UInt64(k + 1)),
          ["BUNIT = 'adu'", "GAIN = 2.0", "RDNOISE = 4.0", "BIAS = 0", "EXPTIME = \(time).0"])
      }
    }
    func notes(_ prefix: String) throws -> String {
      let files = (1...3).map { "\(prefix)\($0).fits" }.joined(separator: " ")
      return try crs("s = load \(files) bias=0 rnoise=4; m = crmasks s").errors
    }
    #expect(try notes("a").contains("of exposure 3 look hit, where the other exposures make"))
    #expect(try !notes("b").contains("look hit, where the other exposures make"))
  }

  @Test func cardsOfCombinationsAreThoseOfTheirPixels() throws {
    try exposures()
    try crs(
      "s = load g1.fits g2.fits g3.fits; a = combine s method=mean; save a a.fits; b = mean s; save b b.fits")
    // Matched to the first gain: three exposures of 2 e-/ADU, readout noises of 4 ADU each.
    let matched = try FITSReader.image(at: folder.file("a.fits"))
    #expect(abs((matched.header.number("GAIN") ?? 0) - 6) < 1e-9, "\(matched.header.number("GAIN") ?? 0)")
    #expect(abs((matched.header.number("RDNOISE") ?? 0) - 8 * 3.0.squareRoot()) < 1e-6)
    // As they are: levels of 200, 400, 400 ADU.
    let mean = try FITSReader.image(at: folder.file("b.fits"))
    let variance = (200.0 / 2 + 400 + 400) / 9
    #expect(abs((mean.header.number("GAIN") ?? 0) - 1000 / 3 / variance) < 1e-6)
  }

  @Test func mediansOfUnlikeTimesHaveTheTimeOfTheirLevel() throws {
    try exposures()
    try crs(
      """
      s = load t1.fits t2.fits t2.fits; a = median s; save a a.fits; b = mean s; save b b.fits
      c = median [t1.fits, t2.fits]; save c c.fits
      """)
    func header(_ name: String) throws -> Header { try FITSReader.image(at: folder.file(name)).header }
    #expect(try header("a.fits").number("EXPTIME") == 300 && header("a.fits").number("TOTEXP") == 700)
    #expect(abs((try header("b.fits").number("EXPTIME") ?? 0) - 700 / 3.0) < 1e-9)
    #expect(try header("c.fits").number("EXPTIME") == 200)
  }

  /// The gain of a median is that of its noise, not of its level.
  @Test func combinationsBesideExposuresKeepTheirLevel() throws {
    for k in 1...4 {
      try write(
        "c\(k).fits", Scene().counts(seed: UInt64(k)),
        ["BUNIT = 'adu'", "GAIN = 2.0", "RDNOISE = 8.0", "BIAS = 0.0"])
    }
    let ended = try crs(
      """
      k = median [c1.fits, c2.fits, c3.fits]; x = load c1.fits; y = load c4.fits; s = [x, k, y]
      m = crmasks s seed=1; save m m.fits; c = combine s masks=m; save c c.fits
      """)
    #expect(!ended.errors.contains("times the level"), "\(ended.errors)")
    let masks = try FITSReader.maskSet(at: folder.file("m.fits"))
    #expect(masks.medianCR.flagged < 60, "\(ended.output)")
    let result = try FITSReader.image(at: folder.file("c.fits")).pixels.pixels.sorted()
    #expect(abs(result[result.count / 2] - 200) < 5, "\(result[result.count / 2])")
  }

  /// A closed shutter has no flux that a factor could make up for.
  @Test func exposuresWithoutLightHaveNoFluxFactor() throws {
    let cards = ["BUNIT = 'adu'", "GAIN = 1.0", "RDNOISE = 8.0", "BIAS = 0.0"]
    try write("a.fits", band(1), cards)
    try write("b.fits", band(2, factor: 0.9), cards)
    try write("dark.fits", band(3, factor: 0), cards)
    let none = "exposure 3 has 0 times the level of the others"
    let load = "s = load a.fits b.fits dark.fits; "
    #expect(try crs(load + "f = fluxfactor s", status: 1).errors.contains("\(none)"))
    for call in ["crmasks s seed=1 flux_factor=auto", "mmpvalue s flux_factor=auto"] {
      let error = try crs(load + "m = \(call)", status: 1).errors
      #expect(error.contains(none) && error.contains("force=yes"), "\(call): \(error)")
    }
    let error = try crs(load + "m = mmpvalue s", status: 1).errors
    #expect(error.contains(none), "\(error)")
    let forced = try crs(load + "p, m = mmpvalue s force=yes; n = countflagged m; print $n")
    #expect(forced.errors.contains("values lie too low"), "\(forced.errors)")
    try crs(load + "m = crmasks s seed=1 flux_factor=auto force=yes; c = combine s masks=m; save c c.fits")
    let result = try FITSReader.image(at: folder.file("c.fits")).pixels
    #expect(abs(result[75, 60] - 3100 * 0.95) < 200, "\(result[75, 60])")
    #expect(abs(result[75, 10] - 97) < 50, "\(result[75, 10])")
    // The two-step form tells it where the masks do not leave the exposure out.
    _ = try folder.write("a.fits\nb.fits\ndark.fits\n", "list.txt")
    try crs(load + "m = crmasks s seed=1 force=yes; save m out.fits")
    try crs("s = load a.fits b.fits a.fits; m = crmasks s seed=1; save m in.fits")
    for (masks, isTold) in [("out", false), ("in", true)] {
      let errors = try crs(
        "x = apply inputlist=list.txt input_mask=\(masks).fits output_combined=\(masks)c.fits combination=meancr"
      ).errors
      #expect(errors.contains(none) == isTold, "\(masks): \(errors)")
    }
  }

  @Test func headersFollowTheUnitOfAResult() throws {
    try exposures()
    let none = try crs("a = load t1.fits; b = load t2.fits; c = a / b; u = header c BUNIT; print \"[$u]\"")
    #expect(none.output.contains("[]"), "\(none.output)")
    let kept = try crs("a = load t1.fits; c = a * 2; header c BUNIT")
    #expect(kept.output.contains("adu\n"), "\(kept.output)")
  }

  @Test func arithmeticTellsUnlikeLevels() throws {
    try exposures()
    let gains = try crs("a = load g1.fits; b = load g2.fits; c = a - b").errors
    #expect(
      gains.contains("different gains: 2 (g1.fits), 1 (g2.fits); '-' takes the values as they are"),
      "\(gains)")
    let times = try crs("a = load t1.fits; b = load t2.fits; c = a - b").errors
    #expect(
      times.contains("100 s (t1.fits), 300 s (t2.fits)") && times.contains("image 2 has 3 times"), "\(times)")
    // A dark that was multiplied by the ratio of the times fits.
    let scaled = try crs("a = load t2.fits; b = load t1.fits; c = a - 3*b; d = a / b; e = a - 5").errors
    #expect(!scaled.contains("different"), "\(scaled)")
    try write("e.fits", Scene().electrons(seed: 1), ["BUNIT = 'electron'", "RDNOISE = 8.0"])
    let units = try crs("a = load g1.fits; b = load e.fits; c = a + b", status: 1).errors
    #expect(units.contains("g1.fits is in adu, e.fits is in electron"), "\(units)")
  }

  /// Counts of unlike times: factors are found, and hits as in equal exposures.
  @Test(arguments: [[100.0, 300, 300], [100, 300, 100]], ["pvalue", "boundary"])
  func countsOfUnlikeTimesAreMatched(times: [Double], detector: String) throws {
    for (k, time) in times.enumerated() {
      var pixels = band(UInt64(k + 40), factor: time / 100)
      for n in 0..<12 { pixels[8 + n * 11, 10 + (n * 29 + k * 7) % 100] += 3000 }
      // Two of the three exposures.
      if k != 1 { for n in 0..<4 { pixels[20 + n * 33, 8 + n * 27] += 3000 } }
      try write(
        "k\(k + 1).fits", pixels,
        ["BUNIT = 'adu'", "GAIN = 1.0", "RDNOISE = 8.0", "EXPTIME = \(time)"])
    }
    let ended = try crs(
      """
      s = load k1.fits k2.fits k3.fits; m = crmasks s seed=1 bias=0 flux_factor=auto detector=\(detector) dilation=0
      save m m.fits overwrite=yes
      """)
    let masks = try FITSReader.maskSet(at: folder.file("m.fits"))
    let middle = times.sorted()[1]
    for (factor, time) in zip(masks.fluxFactors, times) {
      #expect(abs(factor * middle / time - 1) < 0.01, "\(masks.fluxFactors)")
    }
    for n in 0..<4 { #expect(masks.medianCR[20 + n * 33, 8 + n * 27], "\(ended.output)") }
    #expect(masks.medianCR.flagged <= 10, "\(ended.output)")
    for (k, mask) in masks.exposures.enumerated() {
      let found = (0..<12).count { mask[8 + $0 * 11, 10 + ($0 * 29 + k * 7) % 100] }
      #expect(found >= 11, "exposure \(k + 1): \(found) of 12")
      #expect(mask.flagged <= 30, "exposure \(k + 1): \(mask.flagged)")
    }
    for word in ["blurred", "sharper", "less sky", "more sky"] {
      #expect(!ended.errors.contains(word), "\(ended.errors)")
    }
    #expect(ended.output.contains("divided by these factors"))
  }

  @Test func aSumDividedByItsNumberHasTheTimeOfTheMean() throws {
    try exposures()
    try crs(
      """
      a = load t1.fits; b = load t2.fits; c = a + b; save c c.fits
      m = (a + b) / 2; save m m.fits; n = 0.5 * c; save n n.fits; o = c / 3; save o o.fits
      t = (a + b + a) / 3; save t t.fits; u = load c.fits; u = u / 2; save u u.fits
      v = mean [a, b]; v = v / 2; save v v.fits
      """)
    func times(_ name: String) throws -> [Double?] {
      let header = try FITSReader.image(at: folder.file(name)).header
      return ["EXPTIME", "TOTEXP", "NCOMBINE"].map { header.number($0) }
    }
    #expect(try times("c.fits") == [400, 400, 2])
    for name in ["m.fits", "n.fits", "u.fits"] { #expect(try times(name) == [200, 400, 2], "\(name)") }
    #expect(try times("o.fits") == [400, 400, 2])
    let mean = try times("t.fits")
    #expect(abs((mean[0] ?? 0) - 500.0 / 3) < 1e-9 && mean[1] == 500 && mean[2] == 3)
    #expect(try times("v.fits") == [200, 400, 2])
  }

  @Test func sumsHaveTheTimeOfBothAndUnitsFollow() throws {
    try exposures()
    try crs(
      """
      a = load t1.fits; b = load t2.fits; c = a + b; save c c.fits; d = a - b; save d d.fits
      e = a / b; save e e.fits; f = a * b; save f f.fits; g = sqrt(f); save g g.fits; h = a ** 2; save h h.fits
      r = load r1.fits; i = a * r; save i i.fits; j = 2 / a; save j j.fits; k = minimum(a, b); save k k.fits
      """)
    func header(_ name: String) throws -> (unit: String, time: Double?) {
      let image = try FITSReader.image(at: folder.file(name))
      return (image.unit.description, image.header.number("EXPTIME"))
    }
    #expect(try header("c.fits") == ("adu", 400))
    let sum = try FITSReader.image(at: folder.file("c.fits")).header
    #expect(sum.comment(of: "EXPTIME") == "[s] sum of 100 and 300 s")
    #expect(try header("d.fits") == ("adu", 100))
    #expect(try header("e.fits").unit == "" && header("f.fits").unit == "")
    #expect(try header("g.fits").unit == "" && header("h.fits").unit == "")
    #expect(try header("i.fits").unit == "" && header("j.fits").unit == "adu**-1")
    #expect(try header("k.fits").unit == "adu")
    try write("j1.fits", Scene().counts(seed: 1), ["BUNIT = 'MJy/sr'"])
    for call in [
      "c = a + j", "c = a - j", "c = minimum(a, j)", "c = maximum(j, a)", "c = where(a > 5, a, j)",
      "c = a > j",
      "c = clip(a, j, 5)",
    ] {
      let error = try crs("a = load t1.fits; j = load j1.fits; \(call)", status: 1).errors
      #expect(
        error.contains("t1.fits is in adu") && error.contains("j1.fits is in MJy/sr"), "\(call): \(error)")
    }
  }

  @Test func cardsThatStandTwiceAndGainsThatCannotBeAreTold() throws {
    let pixels = Scene().counts(seed: 1)
    try write("a.fits", pixels, ["BUNIT = 'adu'", "GAIN = 1.5", "RDNOISE = 8.0", "GAIN = 2.5"])
    let told = try crs("a = load a.fits; clean, m = lacosmic a")
    #expect(
      told.errors.contains("GAIN stands twice in the header of HDU 0, as 1.5 and 2.5: 1.5 is used"),
      "\(told.errors)")
    #expect(told.output.contains("gain 1.5 e-/ADU"))
    for gain in ["1E-30", "1E30"] {
      try write("b.fits", pixels, ["BUNIT = 'adu'", "GAIN = \(gain)", "RDNOISE = 8.0"])
      let error = try crs("clean, m = lacosmic b.fits", status: 2).errors
      #expect(error.contains("no number that a detector may have") && error.contains("gain="), "\(error)")
    }
    try write("c.fits", pixels, ["BUNIT = 'photons s^-1'", "EXPTIME = 100.0", "RDNOISE = 8.0"])
    #expect(!(try crs("clean, m = lacosmic c.fits").errors.contains("setting of the camera")))
  }

  /// A field with a bright band, so that fluxes can be compared.
  private func band(_ seed: UInt64, factor: Double = 1, gain: Double = 1) -> Plane<Float> {
    var random = SeededRandom(seed: seed)
    var plane = Plane<Float>(width: 150, height: 120, repeating: 0)
    for y in 0..<120 {
      for x in 0..<150 {
        let d = Double(y - 60) / 5
        let electrons = (100 + 3000 * exp(-0.5 * d * d)) * factor
        let noise = (electrons + 64).squareRoot() * Double(random.normal())
        plane[x, y] = Float((electrons + noise) / gain)
      }
    }
    return plane
  }

  @Test func pairsOfUnlikeLevelAreToldOrMatched() throws {
    let noise = ["BUNIT = 'adu'", "RDNOISE = 8.0"]
    try write("a.fits", band(1), noise)
    try write("b.fits", band(2, factor: 3), noise)
    let told = try crs("p, q, m, n = cr2images a.fits b.fits").errors
    #expect(told.contains("image 2 has ") && told.contains("times the flux of image 1"), "\(told)")
    let factor = told.firstMatch(of: /image 2 has ([0-9.]+)/).flatMap { Double($0.1) } ?? 0
    #expect(abs(factor - 3) < 0.05, "\(told)")
    // Fluxes that differ by so little that few pixels look hit.
    try write("c.fits", band(3, factor: 1.1), noise)
    let slight = try crs("p, q, m, n = cr2images a.fits c.fits").errors
    #expect(slight.contains("times the flux of image 1") && slight.contains("scale="), "\(slight)")
    // Gains that the headers tell are matched.
    try write("d.fits", band(4, gain: 2), noise + ["GAIN = 2.0"])
    try write("e.fits", band(5, gain: 1), noise + ["GAIN = 1.0"])
    let matched = try crs("p, q, m, n = cr2images d.fits e.fits")
    #expect(
      matched.output.contains("scale 2: image 2 is divided by it") && matched.output.contains("gain 2 and 1"))
    // Equal ones need nothing.
    try write("f.fits", band(6), noise)
    #expect(try crs("p, q, m, n = cr2images a.fits f.fits").errors == "")
    // No light but the sky: the level is told.
    for (name, level) in [("s", 200.0), ("t", 600)] {
      var random = SeededRandom(seed: UInt64(level))
      try write(
        name + ".fits",
        Plane(width: 90, height: 80, pixels: (0..<7200).map { _ in Float(level + 15 * random.normal()) }),
        noise)
    }
    let levels = try crs("p, q, m, n = cr2images s.fits t.fits").errors
    #expect(levels.contains("image 2 has a level of") && levels.contains("times)"), "\(levels)")
  }

  @Test func theSameExposureTwiceIsTold() throws {
    try exposures()
    #expect(try crs("p, q, m, n = cr2images g1.fits g1.fits").errors.contains("hold the same pixels"))
    for call in ["m = crmasks [g1.fits, g1.fits] seed=1", "p, q = mmpvalue [g2.fits, g1.fits, g2.fits]"] {
      #expect(try crs(call).errors.contains("hold the same pixels"), "\(call)")
    }
  }

  @Test func ratesOfUnlikeTimesAreJudged() throws {
    try exposures()
    let load = "s = load r1.fits r2.fits r3.fits; "
    let ended = try crs(
      load + "m = crmasks s seed=1 log_level=WARNING; c = combine s masks=m; stats c; f, t = fluxfactor s; "
        + "p, q = mmpvalue s; d = mmdiagram s seed=1; b = fitboundary d; k = mmcosmic s b")
    #expect(ended.errors.contains("each keeps the noise of its own time"), "\(ended.errors)")
    #expect(ended.output.contains("all factors are 1"), "\(ended.output)")
    let given = try crs(load + "m = crmasks s seed=1 gain=200 rnoise=0.04", status: 1)
    #expect(given.errors.contains("one gain for rates") && given.errors.contains("unit=electron"))
    let simulated = try crs(load + "d = mmdiagram s apply_flux_factor_to=simulated", status: 2)
    #expect(simulated.errors.contains("rates of different exposure times"), "\(simulated.errors)")
  }
}
