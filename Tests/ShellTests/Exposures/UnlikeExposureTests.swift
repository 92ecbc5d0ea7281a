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
    #expect(
      try crs("a = load g1.fits; b = load e.fits; c = a + b").errors.contains("e.fits is in electron"))
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
    #expect(ended.output.contains("factors 1"), "\(ended.output)")
    let given = try crs(load + "m = crmasks s seed=1 gain=200 rnoise=0.04", status: 1)
    #expect(given.errors.contains("one gain for rates") && given.errors.contains("unit=electron"))
    let simulated = try crs(load + "d = mmdiagram s apply_flux_factor_to=simulated", status: 2)
    #expect(simulated.errors.contains("rates of different exposure times"), "\(simulated.errors)")
  }
}
