import Testing

@testable import Files

@Suite struct PixelUnitTests {
  @Test(arguments: [
    "adu", "ADU", "adus", "DN", "dn", "count", "counts", "COUNTS", "ct", "cts", "cnt", " adu ", "adu/pix",
    "count/pixel", "DN pix-1", "adu pixel**-1",
  ])
  func countsInEverySpelling(_ text: String) {
    let unit = PixelUnit(parsing: text)
    #expect(unit == .adu, "\(unit.quantity)")
    #expect(unit.description == text.trimmingBlanks() && unit.name == "ADU")
  }

  @Test(arguments: [
    "electron", "electrons", "ELECTRONS", "el", "e-", "e", "E-", "photon", "photons", "ph", "e-/pix",
    "electron/pixel",
  ])
  func electronsInEverySpelling(_ text: String) {
    #expect(PixelUnit(parsing: text) == .electron)
  }

  @Test(arguments: [
    "ADU/s", "DN/s", "adu / s", "counts s-1", "count/sec", "cts/second", "adu*s**-1", "DN s^-1", "adu.s-1",
    "dn/s/pix", "counts per second", "s-1 adu", "ADU s**(-1)",
  ])
  func countsPerSecond(_ text: String) {
    let unit = PixelUnit(parsing: text)
    #expect(unit.quantity == .counts && unit.isRate && unit.scale == 1, "\(unit)")
  }

  @Test(arguments: [
    "electrons/s", "ELECTRONS/S", "e-/s", "e-/sec", "electron / s", "e- s-1", "electron s-1", "e/s",
    "photon/s",
  ])
  func electronsPerSecond(_ text: String) {
    let unit = PixelUnit(parsing: text)
    #expect(unit.quantity == .electrons && unit.isRate, "\(unit)")
  }

  @Test(arguments: [
    ("10**3 adu", 1000.0), ("10^3 adu", 1000), ("1E3 electron", 1000), ("10-2 DN/s", 0.01),
    ("1.5e2 ADU", 150),
  ])
  func powersOfTenMultiply(_ text: String, _ scale: Double) {
    let unit = PixelUnit(parsing: text)
    #expect(abs(unit.scale / scale - 1) < 1e-12 && unit.quantity != .foreign, "\(unit.scale)")
    #expect(unit != .adu)
  }

  @Test(arguments: [
    "MJy/sr", "nJy", "Jy", "erg/s/cm2", "adu/min", "adu2", "adu**2", "electron**2", "mag", "adu adu", "s",
    "/s",
    "ADU/electron", "0 adu", "K", "adu/ms", "erg s-1 cm-2", "1e-17 erg/s/cm2", "**", "10** adu", "normalised",
  ])
  func foreignUnitsAreNoCounts(_ text: String) {
    let unit = PixelUnit(parsing: text)
    #expect(
      unit.quantity == .foreign && unit.description == text, "\(unit.quantity) \(unit.isRate) \(unit.scale)")
  }

  @Test func blankIsNoUnit() {
    #expect(PixelUnit(parsing: "  ") == .none && PixelUnit.none.name == "ADU")
    #expect(PixelUnit.none.isAlike(.adu) && !PixelUnit.none.isAlike(.electron))
    #expect(
      !PixelUnit.adu.isAlike(PixelUnit(parsing: "adu/s"))
        && PixelUnit(parsing: "Jy").isAlike(PixelUnit(parsing: "jy")))
  }
}
