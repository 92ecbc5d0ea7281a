import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// Planes of errors with a unit of their own, and errors that cannot be any.
@Suite struct ErrorPlaneTests: ScriptCase {
  let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private static let cards = ["BUNIT = 'adu'", "GAIN = 2.0", "RDNOISE = 8.0", "EXPTIME = 100.0"]

  /// A frame in ADU, 2 electrons each, with the errors that are made of their standard deviations.
  private func write(
    _ file: String, _ name: String, _ unit: String?, cards: [String] = Self.cards, further: [String] = [],
    seed: UInt64 = 1, _ make: (Float) -> Float
  ) throws {
    let electrons = Scene().electrons(seed: seed)
    let deviation = electrons.map { (max($0, 0) + 64).squareRoot() / 2 }
    var out = TestFile()
    out.image(.float32(electrons.map { $0 / 2 }), nil, cards)
    out.image(.float32(deviation.map(make)), name, (unit.map { ["BUNIT = '\($0)'"] } ?? []) + further)
    try out.write(file, in: folder)
  }

  private func deviation(_ file: String) throws -> Plane<Float> {
    try #require(try FITSReader.image(at: folder.file(file)).uncertainty?.deviation)
  }

  /// Errors in whatever unit are those of the image.
  @Test(arguments: [
    ("ERR", "electron", Float(2), Float(1)), ("ERROR", "electron", 2, 1), ("SIGMA", "10**3 adu", 0.001, 1),
    ("UNCERT", "e-", 2, 1), ("VAR", "electron**2", 4, 2), ("VARIANCE", "electron2", 4, 2),
    ("VARIANCE", "(electron)^2", 4, 2), ("STAT", "(electron/s)**2", 4e-4, 2),
    ("IVAR", "1 / electron2", 0.25, -2),
    ("IVAR", "electron**-2", 0.25, -2), ("ERR", "adu/s", 0.01, 1), ("VAR", "adu", 1, 2), ("ERR", "ADU", 1, 1),
  ])
  func unitsAreConverted(name: String, unit: String, factor: Float, power: Float) throws {
    try write("plain.fits", "ERR", nil) { $0 }
    let plain = try deviation("plain.fits")
    try write("a.fits", name, unit) { factor * pow($0, power) }
    func isPlain(_ file: String) throws -> Bool {
      zip(try deviation(file).pixels, plain.pixels).allSatisfy { abs($0 / $1 - 1) < 1e-5 }
    }
    #expect(try isPlain("a.fits"))
    let ended = try crs(
      """
      a = load a.fits; clean, m = lacosmic a; save a b.fits; s = a[11:40, 21:50]; save s s.fits
      d = a * 2; save d d.fits; t = load a.fits a.fits; save t t.fits; p, q, x, y = cr2images a a; save p p.fits
      """)
    #expect(ended.output.contains("noise: gain and rnoise for detection, \(name) for propagation"))
    #expect(try isPlain("b.fits") && isPlain("p.fits"))
    let section = try deviation("s.fits")
    #expect(abs(section[3, 4] / plain[13, 24] - 1) < 1e-5)
    #expect(abs(try deviation("d.fits")[5, 5] / plain[5, 5] - 2) < 1e-5)
    let stack = try #require(try FITSReader.stack(at: folder.file("t.fits")))
    #expect(abs((stack.exposures[1].uncertainty?.deviation[7, 8] ?? 0) / plain[7, 8] - 1) < 1e-5)
    // What is written again says its unit.
    let written = try FITSReader.image(at: folder.file("d.fits")).uncertainty
    let expected = power == 1 ? "adu" : power == 2 ? "adu**2" : "adu**-2"
    if unit.lowercased() != "adu" { #expect(written?.header.text("BUNIT") == expected) }
    // Other programs take UNCERT for errors in the unit of the image.
    if name == "UNCERT" {
      let image = try FITSReader.image(at: folder.file("b.fits"))
      #expect(image.planes.first?.header.text("BUNIT") == "adu")
    }
  }

  @Test(arguments: [
    ("ERR", "Jy", "its unit Jy is not that of the image"), ("ERR", "adu**2", "that of variances"),
    ("VAR", "electron", "none of variances"), ("ERR", "adu m", "not that of the image"),
  ])
  func unitsThatCannotBeConvertedAreTold(name: String, unit: String, words: String) throws {
    try write("a.fits", name, unit) { $0 }
    let told = try crs("a = load a.fits; clean, m = lacosmic a")
    #expect(told.errors.contains("\(name) is not used") && told.errors.contains(words), "\(told.errors)")
    #expect(!told.output.contains("for propagation"))
  }

  /// Electrons need a gain; `load gain=` gives it.
  @Test func withoutGainErrorsInElectronsAreLeftOut() throws {
    try write("a.fits", "ERR", "electron", cards: ["BUNIT = 'adu'"]) { $0 * 2 }
    #expect(try crs("a = load a.fits").errors.contains("ERR is not used"))
    #expect(try crs("a = load a.fits").errors.contains("load with gain="))
    try crs("a = load a.fits gain=2; save a b.fits; d = a + 0; save d d.fits")
    try write("plain.fits", "ERR", nil) { $0 }
    #expect(abs(try deviation("d.fits")[9, 9] / deviation("plain.fits")[9, 9] - 1) < 1e-5)
  }

  /// Errors of 0, below 0 or NaN are no errors: noise of the same level stands for them, and a note counts them.
  @Test func unusableErrorsAreCountedAndReplaced() throws {
    let foreign = ["BUNIT = 'MJy/sr'"]
    func plane(_ pixels: Plane<Float>, _ bad: Bool) -> Plane<Float> {
      var out = pixels.map { (max($0, 0) + 64).squareRoot() }
      guard bad else { return out }
      for y in 0..<64 {
        for x in 0..<20 { out[x, y] = 0 }
        for x in 20..<30 { out[x, y] = -1 }
        for x in 30..<40 { out[x, y] = .nan }
      }
      return out
    }
    for k in 1...3 {
      var scene = Scene()
      (scene.sky, scene.hits) = (400, 0)
      var pixels = scene.electrons(seed: UInt64(k)).map { min($0, 600) }
      for n in 0..<9 { pixels[4 + n * 10, 6 + (n * 19 + 5 * k) % 50] += 2500 }
      for (name, bad) in [("good", false), ("bad", true)] {
        var file = TestFile()
        file.image(.float32(pixels), nil, foreign)
        file.image(.float32(plane(pixels, bad)), "ERR", foreign)
        try file.write("\(name)\(k).fits", in: folder)
      }
    }
    func found(_ file: String, _ k: Int) throws -> Int {
      let mask = try FITSReader.mask(at: folder.file(file))
      return (0..<9).count { mask[4 + $0 * 10, 6 + ($0 * 19 + 5 * k) % 50] }
    }
    let single = try crs("a = load bad1.fits; clean, m = lacosmic a; save m m.fits")
    #expect(single.errors.contains("ERR gives no error for 2560 of 6144 pixels"), "\(single.errors)")
    // The one among errors that are not finite is not judged.
    #expect(single.errors.contains("640 that are not finite are not judged"), "\(single.errors)")
    #expect(try found("m.fits", 1) == 8, "\(single.output)")
    for name in ["good", "bad"] {
      let ended = try crs(
        """
        s = load \(name)1.fits \(name)2.fits \(name)3.fits; m = crmasks s seed=1 dilation=0; save m \(name).fits
        c = combine s masks=m method=mediancr
        """)
      let masks = try FITSReader.maskSet(at: folder.file("\(name).fits"))
      for (k, mask) in masks.exposures.enumerated() {
        let hits = (0..<9).count { mask[4 + $0 * 10, 6 + ($0 * 19 + 5 * (k + 1)) % 50] }
        #expect(hits == (name == "bad" ? 8 : 9), "\(name), exposure \(k + 1): \(hits), \(ended.output)")
        #expect(mask.flagged < 40)
      }
    }
    // Errors that are nowhere known tell nothing.
    var file = TestFile()
    let pixels = Scene().electrons(seed: 4)
    file.image(.float32(pixels), nil, foreign)
    file.image(.float32(pixels.map { _ in 0 }), "ERR", foreign)
    try file.write("none.fits", in: folder)
    let none = try crs("clean, m = lacosmic none.fits", status: 1).errors
    #expect(none.contains("nowhere known") && none.contains("gain="), "\(none)")
  }
}
