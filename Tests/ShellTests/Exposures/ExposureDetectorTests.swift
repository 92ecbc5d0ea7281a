import Files
import Kernels
import TestSupport
import Testing

/// Detectors and units of exposures as a user meets them.
@Suite struct ExposureDetectorTests {
  private let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private func crs(_ text: String) throws -> Program.Ended { try Program.run(["-c", text], in: folder.url) }

  private func flagged(_ text: String) throws -> Int {
    let ended = try crs(text + "; countflagged m")
    #expect(ended.status == 0, "\(ended.errors)")
    return ended.output.split(separator: "\n").last.flatMap { Int($0) } ?? -1
  }

  private func write(_ name: String, _ pixels: Plane<Float>, _ cards: [String]) throws {
    var file = TestFile()
    file.image(.float32(pixels), nil, cards)
    try file.write(name, in: folder)
  }

  @Test func stacksInElectronsFollowTheRuleOfImages() throws {
    for k in 1...3 {
      try write(
        "el\(k).fits", Scene().electrons(seed: UInt64(k)),
        ["BUNIT = 'electron'", "GAIN = 2.0 / [electron/adu] of the raw frame", "RDNOISE = 8.0 / [electron]"])
    }
    let load = "s = load el1.fits el2.fits el3.fits; masks = crmasks s seed=1 log_level=WARNING"
    let ended = try crs(load)
    #expect(
      ended.output.contains("gain 1.0 e-/electron") && ended.output.contains("rnoise 8.0 electron"),
      "\(ended.output)")
    for (number, _) in zip(1...3, 0...) {
      let own = try flagged(load + "; m = extract masks CRMASK\(number)")
      let given = try flagged(load + " gain=1 rnoise=8; m = extract masks CRMASK\(number)")
      #expect(own == given && own > 0)
    }
    for command in ["p, q = mmpvalue s", "f, t = fluxfactor s", "d = mmdiagram s seed=1"] {
      #expect(
        try crs("s = load el1.fits el2.fits el3.fits; " + command).output.contains("gain 1.0 e-/electron"),
        "\(command)")
    }
  }

  @Test func ratesFlagWhatTheirCountsDo() throws {
    let scene = Scene().counts(seed: 1)
    let cards = ["GAIN = 2.0", "RDNOISE = 8.0", "EXPTIME = 100.0"]
    try write("adu.fits", scene, cards + ["BUNIT = 'adu'"])
    try write("rate.fits", scene.map { $0 / 100 }, cards + ["BUNIT = 'DN/s'"])
    try write("electrons.fits", scene.map { $0 * 2 / 100 }, cards + ["BUNIT = 'electrons/s'"])
    let wanted = try flagged("c, m = lacosmic adu.fits")
    #expect(wanted > 20)
    for name in ["rate", "electrons"] {
      let found = try flagged("c, m = lacosmic \(name).fits")
      #expect(abs(found - wanted) <= 1, "\(name): \(found), \(wanted)")
    }
    try write("foreign.fits", scene, cards + ["BUNIT = 'MJy/sr'"])
    let ended = try crs("c, m = lacosmic foreign.fits")
    #expect(ended.status == 2 && ended.errors.contains("MJy/sr") && ended.errors.contains("rnoise="))
  }

  @Test func differentUnitsAndGainsAreTold() throws {
    for (name, unit, gain) in [("a", "adu", 2.0), ("b", "adu", 2), ("c", "electron", 1), ("d", "adu", 4)] {
      try write(
        name + ".fits", Scene().counts(seed: UInt64(gain * 7) + 1, gain: gain),
        ["BUNIT = '\(unit)'", "GAIN = \(gain)", "RDNOISE = 8.0"])
    }
    for text in [
      "s = load a.fits b.fits c.fits", "p, q, m, n = cr2images a.fits c.fits", "k = median [a.fits, c.fits]",
    ] {
      let ended = try crs(text)
      #expect(ended.status == 1, "\(text)")
      for word in ["a.fits is in adu", "c.fits is in electron"] {
        #expect(ended.errors.contains(word), "\(text): \(ended.errors)")
      }
    }
    let ended = try crs("s = load a.fits b.fits d.fits; p, q = mmpvalue s")
    #expect(
      ended.errors.contains("different gains") && ended.errors.contains("4 (d.fits)"), "\(ended.errors)")
  }

  @Test func cardsOfThePrimaryHeaderAreFoundAndNamed() throws {
    var file = TestFile()
    file.empty(["GAIN = 2.0", "RDNOISE = 8.0", "BUNIT = 'adu'", "INSTRUME = 'CAM'"])
    file.image(.float32(Scene().counts(seed: 1)), "SCI", ["INHERIT = T"])
    try file.write("inh.fits", in: folder)
    let ended = try crs("x = load inh.fits; c, m = lacosmic x")
    #expect(ended.status == 0 && ended.output.contains("float32 adu"), "\(ended.errors)")
    #expect(ended.output.contains("gain 2.0 e-/ADU (header GAIN, HDU 0, primary header)"), "\(ended.output)")
    let card = try Program.run(["header", "inh.fits", "GAIN"], in: folder.url)
    #expect(card.output == "2\n" && card.errors.contains("HDU 0"), "\(card.output) \(card.errors)")
    #expect(try Program.run(["header", "inh.fits", "NAXIS3"], in: folder.url).status == 1)
  }

  @Test func unitsKeepTheirSpelling() throws {
    for unit in ["count", "DN", "cts", "ADU", "e-"] {
      try write("u.fits", Scene().counts(seed: 1), ["BUNIT = '\(unit)' / unit of the values"])
      _ = try crs(
        "x = load u.fits; save x o.fits overwrite=yes; y = x[1:20, 1:20]; save y c.fits overwrite=yes")
      for name in ["o.fits", "c.fits"] {
        let header = try FITSReader.header(at: folder.file(name))
        #expect(header.text("BUNIT") == unit && header.comment(of: "BUNIT") == "unit of the values")
      }
    }
  }

  @Test func aCameraSettingTakenForAGainIsTold() throws {
    for k in 1...3 {
      try write(
        "c\(k).fits", Scene().counts(seed: UInt64(k)), ["BUNIT = 'ADU'", "GAIN = 120", "RDNOISE = 8.0"])
    }
    let ended = try crs("s = load c1.fits c2.fits c3.fits; m = crmasks s seed=1 log_level=WARNING")
    #expect(ended.errors.contains("GAIN 120 looks like a setting of the camera"), "\(ended.errors)")
  }
}
