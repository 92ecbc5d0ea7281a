import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// Cards as files have them: right, wrong, undefined, with control characters; and what a saved file says then.
@Suite struct FITSCardTests {
  private func read(_ cards: [String], in scratch: ScratchFolder) throws -> Image {
    let bytes = RawFITS.image((0..<24).map { Int16($0) }, width: 6, cards: cards)
    return try FITSReader.image(at: scratch.write(bytes, "a.fits"))
  }

  private func saved(_ image: Image, in scratch: ScratchFolder) throws -> Header {
    let path = scratch.file("copy.fits")
    try FITSWriter.write(FITSDocument(image: image), to: path, overwrite: true)
    #expect(try fitsverifyPasses(path))
    return try FITSReader.image(at: path).header
  }

  /// FITS 4.0, section 4.1.2.3: control characters become blanks; length, quote and comment stay.
  @Test func controlCharactersBecomeBlanks() throws {
    let scratch = try ScratchFolder()
    for (card, expected) in [
      ("OBJECT  = 'NGC 1\0\0\0'           / the target", "OBJECT  = 'NGC 1   '           / the target"),
      ("OBJECT  = 'NGC\t1'\u{1B}\u{7F}/ x", "OBJECT  = 'NGC 1'  / x"), ("COMMENT a\0\tb", "COMMENT a  b"),
      ("HISTORY \0\0\0done", "HISTORY    done"), ("GAIN    =\t2.0", "GAIN    = 2.0"),
      ("FOCUS\0\0\0= 5\0", "FOCUS   = 5"),
    ] {
      let image = try read([card, "AFTER   =                    7"], in: scratch)
      #expect(image.header.cards == [expected, "AFTER   =                    7"])
      #expect(try saved(image, in: scratch).cards == image.header.cards)
    }
    #expect(try read(["OBJECT  = 'NGC 1\0\0\0'"], in: scratch).header.text("OBJECT") == "NGC 1")
    let blank = try read([String(repeating: "\0", count: 80), "AFTER   = 7", ""], in: scratch)
    #expect(blank.header.cards == ["", "AFTER   = 7"])
  }

  /// What stands in a card is printed so, whether or not it is a value.
  @Test func whatStandsThereIsRead() throws {
    let scratch = try ScratchFolder()
    let image = try read(
      [
        "GAIN    = '2.0     '           / [e-/ADU]", "RDNOISE = 8.0 electrons / noise", "FILTER2 =",
        "COEFF   =           (1.0, 2.0) / pair", "SERIAL  = 123456789012345678901234567890 / long",
        "BIG     =  9223372036854775808", "EXP     = 1.5D-3", "TEXT    = 'it''s'", "OPEN    = 'NGC 1",
        "NAN     = NaN",
        "HEX     = 0x10", "COMMENT one", "COMMENT two", "HIERARCH ESO DET ID = 12345678901234567890",
        "LOGIC   = T",
        "EMPTY   = ''", "LAST    =",
      ], in: scratch)
    let header = image.header
    for (keyword, literal) in [
      ("GAIN", "2.0"), ("RDNOISE", "8.0 electrons / noise"), ("FILTER2", ""), ("COEFF", "(1.0, 2.0)"),
      ("SERIAL", "123456789012345678901234567890"), ("BIG", "9223372036854775808"), ("EXP", "1.5D-3"),
      ("TEXT", "it's"), ("OPEN", "NGC 1"), ("NAN", "NaN"), ("HEX", "0x10"),
      ("ESO DET ID", "12345678901234567890"),
      ("LOGIC", "T"), ("EMPTY", ""), ("LAST", ""),
    ] {
      #expect(header.reading(keyword)?.literal == literal, "\(keyword)")
    }
    #expect(header.reading("GAIN")?.number == 2 && header.reading("GAIN")?.isText == true)
    #expect(header.reading("RDNOISE")?.number == nil && header.number("RDNOISE") == nil)
    #expect(header.reading("RDNOISE")?.card == "RDNOISE = 8.0 electrons / noise")
    #expect(header.reading("NAN")?.number == nil && header.reading("HEX")?.number == nil)
    #expect(header.reading("EXP")?.number == 0.0015 && header.reading("COMMENT") == nil)
    #expect(header.commentary("COMMENT") == ["one", "two"] && header.reading("NOTHERE") == nil)
    #expect(header["EMPTY"] == .text("") && header["FILTER2"] == nil)
  }

  /// Cards that break the standard are saved so that they obey it and say the same.
  @Test func savedCardsObeyTheStandard() throws {
    let scratch = try ScratchFolder()
    for (card, expected) in [
      ("lower   =                    5 / c", "LOWER   =                    5 / c"),
      ("EXP     = 1.5e3", "EXP     = 1.5E3"),
      ("OPEN    = 'NGC 1", "OPEN    = 'NGC 1   '"), ("GAIN    = 2.0 e-/ADU", "GAIN    = '2.0 e-/ADU'"),
      ("NAN     = NaN", "NAN     = 'NaN     '"), ("TWO     = 'a' b", "TWO     = 'a'' b   '"),
      ("LOG     = t", "LOG     = 't       '"),
      ("DATE-OBS= 2020-01-01", "DATE-OBS= '2020-01-01'"), ("K.Y     = 5", "COMMENT K.Y     = 5"),
      (" LEAD   = 5", "COMMENT  LEAD   = 5"), ("KEY 4   = 5", "COMMENT KEY 4   = 5"),
      ("PAIR    = (1, 2", "PAIR    = '(1, 2   '"),
      ("HIERARCH ESO A = 'open", "HIERARCH ESO A = 'open    '"),
      ("FREE    =  -2.77E-04 / as it stands", "FREE    =  -2.77E-04 / as it stands"),
      ("BIG     = 123456789012345678901234567890", "BIG     = 123456789012345678901234567890"),
    ] {
      let image = try read([card], in: scratch)
      #expect(image.header.cards == [card])
      #expect(
        try saved(image, in: scratch).cards.first?.trimmingBlanks() == expected.trimmingBlanks(), "\(card)")
    }
  }

  /// BUNIT stays as it stands while the unit is the same; NAXISn of one pixel and their cards stay.
  @Test func unitsAndFurtherAxesStay() throws {
    let scratch = try ScratchFolder()
    for unit in ["count", "DN", "cts", "ADU", "electrons", "e-", "Jy/beam", "  adu"] {
      let card = "BUNIT   = '\(unit)' / unit of the values"
      #expect(try saved(read([card], in: scratch), in: scratch).cards == [card])
    }
    var image = try read(["BUNIT   = 'DN      '"], in: scratch)
    image.unit = .electron
    #expect(try saved(image, in: scratch).text("BUNIT") == "electron")
    for axes in [[6, 4, 1], [6, 4, 1, 1], [6, 4, 1, 1, 1]] {
      let further = (1...axes.count).flatMap { axis in
        ["CTYPE\(axis)  = 'LINEAR  '"]
          + ["CRPIX", "CRVAL", "CDELT"].map { "\($0)\(axis)  =                  1.0" }
      }
      let bytes = RawFITS.hdu(
        RawFITS.shape(axes, bitpix: 16) + further, RawFITS.bigEndian((0..<24).map { Int16($0) }))
      let path = try scratch.write(bytes, "four.fits")
      let copy = scratch.file("copy.fits")
      var image = try FITSReader.image(at: path)
      image = image.section(try Section(x1: 2, x2: 3, y1: 1, y2: 4))
      try FITSWriter.write(FITSDocument(image: image), to: copy, overwrite: true)
      #expect(try FITSReader.listing(of: copy)[0].dimensions == [2, 4] + axes.dropFirst(2))
      #expect(try fitsverifyPasses(copy))
      for compression in [FITSCompression.tiles, .gzip] {
        let packed = scratch.file("copy.fits" + (compression == .gzip ? ".gz" : ".fz"))
        try FITSWriter.write(
          FITSDocument(image: image), to: packed, overwrite: true, compression: compression)
        let again = try FITSReader.image(at: packed)
        #expect(again.header.cards == image.header.cards && again.pixels == image.pixels)
      }
    }
  }
}
