import TestSupport
import Testing

@testable import Files
@testable import Kernels

/// Gain, readout noise and time from the cards of one exposure.
@Suite struct DetectorLookupTests {
  private func image(_ cards: [String], primary: [String]? = nil, hdu: Int = 0) -> Image {
    var image = Image(
      pixels: Plane(width: 8, height: 6, repeating: 100), header: TestFile.header(cards))
    image.primaryHeader = primary.map { TestFile.header($0) }
    image.origin = ImageOrigin(file: "a.fits", hdu: hdu, name: "")
    image.unit = image.cards.unit
    return image
  }

  private func found(_ cards: [String], primary: [String]? = nil, hdu: Int = 0) throws -> DetectorLookup {
    try DetectorLookup(image: image(cards, primary: primary, hdu: hdu), gain: nil, readoutNoise: nil)
  }

  private func check(
    _ cards: [String], gain: Double, noise: Double, _ words: [String] = [], primary: [String]? = nil,
    hdu: Int = 0,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let found = try found(cards, primary: primary, hdu: hdu)
    let (g, r) = (found.detector.gain.typical, found.detector.readoutNoise.typical)
    #expect(
      abs(g / gain - 1) < 1e-6 && abs(r / noise - 1) < 1e-6, "gain \(g), noise \(r)", sourceLocation: location
    )
    let text = found.sources.joined(separator: "\n")
    for word in words { #expect(text.contains(word), "\(text)", sourceLocation: location) }
  }

  @Test func unitsDecideWhatGainAndNoiseAre() throws {
    let cards = ["GAIN = 2.0", "RDNOISE = 8.0", "EXPTIME = 100.0"]
    for unit in ["adu", "count", "DN", ""] {
      try check(cards + ["BUNIT = '\(unit)'"], gain: 2, noise: 4, ["gain 2.0 e-/ADU (header GAIN, HDU 0)"])
    }
    try check(cards, gain: 2, noise: 4, ["unit: none given, the pixels count as ADU"])
    try check(cards + ["BUNIT = 'electron'"], gain: 1, noise: 8, ["unit electron", "GAIN 2.0 is not used"])
    try check(cards + ["BUNIT = 'photons'"], gain: 1, noise: 8, ["photons counts as electrons"])
    try check(cards + ["BUNIT = 'ADU/s'"], gain: 200, noise: 0.04, ["GAIN", "EXPTIME", "100 s"])
    try check(cards + ["BUNIT = 'e-/s'"], gain: 100, noise: 0.08, ["100 s"])
    try check(cards + ["BUNIT = '10**2 adu'"], gain: 200, noise: 0.04, ["times 100"])
    try check(cards + ["BUNIT = '1E2 electron'"], gain: 100, noise: 0.08)
  }

  @Test func ratesWithoutTimeAndForeignUnitsAskForNumbers() throws {
    for (cards, words) in [
      (["BUNIT = 'ADU/s'"], ["ADU/s", "EXPTIME", "gain="]),
      (["BUNIT = 'electron/s'", "EXPTIME = 0"], ["electron/s", "gain="]),
      (["BUNIT = 'MJy/sr'", "EXPTIME = 10.0"], ["MJy/sr", "gain=", "rnoise="]),
      (["BUNIT = 'nJy'"], ["nJy", "gain="]),
    ] {
      let error = crsError { _ = try found(cards + ["GAIN = 2.0", "RDNOISE = 8.0"]) }
      #expect(error?.kind == .usage && error?.parameter == "gain")
      for word in words {
        #expect(error?.description.contains(word) == true, "\(error?.description ?? "none")")
      }
    }
    let given = try DetectorLookup(image: image(["BUNIT = 'MJy/sr'"]), gain: 50, readoutNoise: 0.1)
    #expect(given.detector.gain == .constant(50) && given.sources[0] == "gain 50.0 e-/(MJy/sr) (argument)")
  }

  @Test func primaryHeaderAnswersUnlessInheritIsFalse() throws {
    let primary = ["GAIN = 2.0", "RDNOISE = 8.0", "BUNIT = 'adu'", "EXPTIME = 60.0"]
    try check([], gain: 2, noise: 4, ["HDU 0", "primary header"], primary: primary, hdu: 1)
    try check(["INHERIT = T"], gain: 2, noise: 4, ["HDU 0"], primary: primary, hdu: 3)
    try check(["GAIN = 3.0"], gain: 3, noise: 8.0 / 3, ["header GAIN, HDU 1"], primary: primary, hdu: 1)
    try check(["BUNIT = 'electron'"], gain: 1, noise: 8, primary: primary, hdu: 1)
    for card in ["INHERIT = F", "INHERIT = 'F'", "INHERIT = 'False'"] {
      #expect(crsError { _ = try found([card], primary: primary, hdu: 1) }?.parameter == "gain", "\(card)")
    }
    // What describes an array is never inherited.
    let cards = image([], primary: ["LTV1 = 3.0", "CRPIX1 = 5.0", "TELESCOP = 'X'", "DATASEC = '[1:2,1:2]'"])
      .cards
    #expect(cards.find("LTV1") == nil && cards.find("CRPIX1") == nil && cards.find("DATASEC") == nil)
    #expect(cards.text("TELESCOP") == "X")
  }

  @Test func namesOfTheGain() throws {
    let noise = ["RDNOISE = 6.0"]
    try check(noise + ["GAIN = 120", "EGAIN = 2.0"], gain: 2, noise: 3, ["EGAIN", "GAIN 120 is not used"])
    try check(noise + ["EGAIN = 0.0", "GAIN = 1.5"], gain: 1.5, noise: 4)
    try check(noise + ["EGAIN = 400.0", "GAIN = 1.5"], gain: 1.5, noise: 4, ["outside 0.01 to 50"])
    try check(noise + ["CCDGAIN = 2.0", "ATODGAIN = 1.5"], gain: 1.5, noise: 4, ["ATODGAIN"])
    try check(noise + ["CCDGAIN = 2.0"], gain: 2, noise: 3, ["CCDGAIN"])
    try check(noise + ["GAIN = 0.5", "CONAD = 2.0"], gain: 2, noise: 3, ["CONAD"])
    try check(
      noise + ["ESO DET OUT1 GAIN = 0.5", "ESO DET OUT1 CONAD = 2.0"], gain: 2, noise: 3,
      ["ESO DET OUT1 CONAD"])
    try check(
      ["ESO DET OUT1 GAIN = 0.5 / Conversion from electrons to ADU", "ESO DET OUT1 RON = 6.0"], gain: 2,
      noise: 3,
      ["ADU/e-"])
    try check(noise + ["GAIN = 0.5 / [ADU/e-] gain"], gain: 2, noise: 3, ["1/0.5", "ADU/e-"])
    try check(noise + ["GAIN = 0.5 / ADU per electron"], gain: 2, noise: 3, ["ADU/e-"])
    try check(noise + ["GAIN = 2.0 / [e-/ADU] gain"], gain: 2, noise: 3)
    try check(noise + ["GAIN = 2.0 / electrons per ADU"], gain: 2, noise: 3)
  }

  @Test func numbersInQuotesAndWhatIsNoNumber() throws {
    try check(
      ["GAIN = '2.0     '", "RDNOISE = '8.0'"], gain: 2, noise: 4,
      ["GAIN, HDU 0, text", "RDNOISE, HDU 0, text"])
    for (card, quoted) in [
      ("GAIN = 2.0 e-/ADU", "GAIN    = 2.0 e-/ADU"), ("GAIN = 'high'", "GAIN    = 'high'"),
      ("GAIN =", "GAIN    ="), ("GAIN = (1.0, 2.0)", "(1.0, 2.0)"), ("GAIN = 0.0", "GAIN    = 0.0' of HDU 0"),
      ("GAIN = -1.5", "GAIN    = -1.5"),
    ] {
      let error = crsError { _ = try found([card, "RDNOISE = 8.0"]) }
      #expect(error?.hint?.contains(quoted) == true, "\(card): \(error?.description ?? "none")")
    }
    let error = crsError { _ = try found(["GAIN = 2.0", "RDNOISE = 0.0"]) }
    #expect(error?.parameter == "rnoise" && error?.hint?.contains("RDNOISE = 0.0' of HDU 0") == true)
  }

  @Test func unitOfTheReadoutNoise() throws {
    for (comment, noise) in [
      ("[adu] readout noise", 8.0), ("[DN]", 8), ("ADU", 8), ("counts", 8), ("(adu)", 8),
      ("[electron] noise", 4),
      ("readout noise in adu of another camera", 4), ("", 4), ("electrons", 4), ("[e-]", 4),
    ] { try check(["GAIN = 2.0", "RDNOISE = 8.0 / \(comment)"], gain: 2, noise: noise) }
    // ADU of the raw frame, also where the pixels are electrons or rates.
    try check(["BUNIT = 'electron'", "GAIN = 2.0", "RDNOISE = 4.0 / [adu]"], gain: 1, noise: 8)
    try check(
      ["BUNIT = 'adu/s'", "GAIN = 2.0", "EXPTIME = 50.0", "RDNOISE = 4.0 / [adu]"], gain: 100, noise: 0.08)
    try check(["GAIN = 2.0", "READNOIS = 8.0"], gain: 2, noise: 4)
  }

  @Test func severalAmplifiersInOneHDU() throws {
    let noise = ["RDNOISE = 6.0"]
    try check(noise + ["GAIN1 = 1.0", "GAIN2 = 3.0"], gain: 2, noise: 3, ["GAIN1 GAIN2", "mean"])
    try check(noise + ["ATODGNA = 1.5", "ATODGNB = 1.5", "CCDGAIN = 2.0"], gain: 1.5, noise: 4)
    try check(
      noise + ["CCDAMP = 'C'", "ATODGNA = 1.0", "ATODGNB = 1.0", "ATODGNC = 2.0", "ATODGND = 1.0"], gain: 2,
      noise: 3)
    let sections = try found(
      [
        "GAINA = 1.0", "GAINB = 2.0", "DATASECA = '[1:4,1:6]'", "DATASECB = '[5:8,1:6]'", "RDNOISEA = 4.0",
        "RDNOISEB = 8.0",
      ])
    guard case .plane(let gain) = sections.detector.gain,
      case .plane(let noisePlane) = sections.detector.readoutNoise
    else {
      Issue.record("one number for the whole image")
      return
    }
    #expect(gain[0, 0] == 1 && gain[3, 5] == 1 && gain[4, 0] == 2 && gain[7, 5] == 2)
    #expect(noisePlane[0, 0] == 4 && noisePlane[7, 5] == 4)
    #expect(sections.sources[1].contains("by their sections"))
  }

  @Test func exposureTimes() {
    for (cards, seconds) in [
      (["EXPTIME = 30.0", "XPOSURE = 20.0"], 30.0), (["XPOSURE = 20.0"], 20), (["EFFEXPTM = 5.0"], 5),
      (["TEXPTIME = 5.0"], 5), (["EXPOSURE = 12.0 / [s] exposure time"], 12), (["EXPTIME = 500 / [ms]"], 0.5),
      (["EXPTIME = 0.5 / hours"], 1800), (["EXPTIME = 5 / Exposure time (min)"], 300),
      (["EXPTIME = 250 / exposure time in ms"], 0.25), (["EXPTIME = 9 / time in the dome"], 9),
      (["EXPTIME = 5 / total integration (s) of 2 hours"], 5),
      (["EXPTIME = '30.0'"], 30), (["EXPTIME = 0.0", "TEXPTIME = 7.0"], 7),
      (["EXPTIME = 0.5 / [d] exposure time"], 43200), (["EXPTIME = 2.0 / [ks]"], 2000),
      (["EXPTIME = 50.0 / exposure time (cs)"], 0.5), (["EXPTIME = 4.0 / [hrs]"], 14400),
    ] { #expect(ExposureTime.find(image(cards).cards)?.value == seconds, "\(cards)") }
    #expect(ExposureTime.find(image(["EXPOSURE = 123456 / number of the exposure"]).cards) == nil)
  }

  /// Units of time that nobody knows are told, and scale nothing.
  @Test func unknownUnitsOfTimeAreTold() throws {
    for (comment, unit) in [
      ("[m] exposure", "m"), ("[1/1000 s]", "1/1000 s"), ("exposure time (m)", "m"), ("[foo] bar", "foo"),
      ("time in 1/1000 s", "1/1000 s"), ("exposure (1/1000 sec)", "1/1000 sec"), ("[s]", nil),
      ("[SEC] total", nil),
      ("", nil), ("[min]", nil), ("Exp time (not counting shutter error)", nil),
      ("MIDAS desc.: O_TIME(7)", nil),
      ("time (s) [total]", nil), ("integration time in secs", nil), ("taken in the dome", nil),
      ("exposure of 30 s", nil), ("[Seconds]", nil), ("[ms]", nil),
    ] {
      let cards = image(["EXPTIME = 30.0" + (comment.isEmpty ? "" : " / \(comment)")]).cards
      let told = cards.contradictions
      #expect(told.count == (unit == nil ? 0 : 1), "\(comment): \(told)")
      guard let unit else { continue }
      #expect(
        told.first?.contains("'\(unit)', which is no unit of time that crs knows: 30 counts as seconds")
          == true)
      let time = try #require(ExposureTime.find(cards))
      #expect(time.value == 30 && "\(time.source)".contains("'\(unit)' taken for seconds"), "\(time.source)")
    }
  }

  @Test func aSettingOfTheCameraIsToldByTheNoise() throws {
    // The electrons per ADU are 2; EGAIN says 40, GAIN is right.
    var image = Image(
      pixels: Scene().counts(seed: 4), unit: .adu,
      header: TestFile.header(["EGAIN = 40.0", "GAIN = 2.0", "RDNOISE = 8.0"]))
    let found = try DetectorLookup(image: image, gain: nil, readoutNoise: nil)
    #expect(
      found.detector.gain == .constant(2) && found.sources[0].contains("the noise contradicts it"),
      "\(found.sources)")
    image.header = TestFile.header(["EGAIN = 2.0", "GAIN = 40.0", "RDNOISE = 8.0"])
    #expect(try DetectorLookup(image: image, gain: nil, readoutNoise: nil).detector.gain == .constant(2))
  }

  @Test func eachExposureKeepsItsOwn() throws {
    func exposure(_ cards: [String], _ file: String) -> Image {
      var image = image(cards)
      image.origin?.file = file
      return image
    }
    let stack = try Stack(exposures: [
      exposure(["GAIN = 2.0", "RDNOISE = 8.0", "EXPTIME = 100.0"], "a.fits"),
      exposure(["GAIN = 2.0", "RDNOISE = 8.0", "EXPTIME = 300.0"], "b.fits"),
      exposure(["GAIN = 1.0", "RDNOISE = 8.0", "EXPTIME = 100.0"], "c.fits"),
    ])
    let found = try DetectorLookup(stack: stack, gain: nil, readoutNoise: nil, bias: nil)
    #expect(found.each.map(\.gain) == [.constant(2), .constant(2), .constant(1)] && found.common == nil)
    #expect(found.each.map(\.readoutNoise) == [.constant(4), .constant(4), .constant(8)])
    #expect(
      found.notes.contains { $0.contains("different gains") && $0.contains("1 (c.fits)") }, "\(found.notes)")
    #expect(
      found.notes.contains { $0.contains("300 s (b.fits)") && $0.contains("1, 3, 1") }, "\(found.notes)")
    #expect(
      found.sources.contains { $0.hasPrefix("gain 1.0") && $0.hasSuffix(": c.fits") }, "\(found.sources)")
    let given = try DetectorLookup(stack: stack, gain: 1.5, readoutNoise: 3, bias: .level(10))
    #expect(given.common == Detector(gain: 1.5, readoutNoise: 3, bias: 10))
  }

  @Test func differentUnitsAreRefused() throws {
    var images = [image(["BUNIT = 'adu'"]), image(["BUNIT = 'count'"]), image(["BUNIT = 'electron'"])]
    images[2].origin?.file = "c.fits"
    let error = crsError { _ = try Stack(exposures: images) }
    #expect(error?.kind == .data)
    for word in ["a.fits is in adu", "c.fits is in electron"] {
      #expect(error?.message.contains(word) == true)
    }
    #expect(try Stack(exposures: [images[0], images[1], image([])]).count == 3)
    for unit in ["adu/s", "1E3 adu", "Jy"] {
      #expect(
        crsError { _ = try Stack(exposures: [images[0], image(["BUNIT = '\(unit)'"])]) } != nil, "\(unit)")
    }
  }
}
