import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// BSCALE, BZERO and BLANK in every spelling: the pixels, their type and the saved copy agree, or the file is refused.
@Suite struct FITSScalingTests {
  private let stored = (-10..<14).map { Int16($0) }

  private func read(_ cards: [String], in scratch: ScratchFolder) throws -> Image {
    try FITSReader.image(at: scratch.write(RawFITS.image(stored, width: 6, cards: cards), "a.fits"))
  }

  @Test func everySpellingHasOneMeaning() throws {
    let scratch = try ScratchFolder()
    for (cards, scale, zero, type) in [
      (["BSCALE  = '1       '", "BZERO   = '32768   '"], 1, 32768, PixelType.uint16),
      (["BZERO   = ' 3.2768E4'"], 1, 32768, .uint16), (["bzero   =                32768"], 1, 32768, .uint16),
      (["bscale  =                    2", "bzero   =                  100"], 2, 100, .int32),
      (["Bscale  = '2'", "BZERO   = 1.0D2 / x"], 2, 100, .int32),
      (["BSCALE  = '0.5     '"], 0.5, 0, .float32),
      (["BSCALE  =                   -1"], -1, 0, .int32),
      (["BZERO   =                  100", "BZERO   =                  200"], 1, 200, .int32),
      (["HIERARCH BZERO = 100"], 1, 0, .int16), (["BZERO             100"], 1, 0, .int16),
      (["BZERO    =               100"], 1, 0, .int16),
    ] as [([String], Double, Double, PixelType)] {
      let image = try read(cards, in: scratch)
      let expected = stored.map { Float(Double($0) * scale + zero) }
      #expect(image.pixels.pixels == expected && image.storedType == type, "\(cards)")
      let path = scratch.file("copy.fits")
      try FITSWriter.write(FITSDocument(image: image), to: path, overwrite: true)
      #expect(try FITSReader.image(at: path).pixels.pixels == expected, "\(cards)")
      #expect(try fitsverifyPasses(path))
      // No card of the copy scales again, for no program.
      let shown = try FITSReader.header(at: path).cards.filter {
        $0.uppercased().contains("BZERO") || $0.uppercased().contains("BSCALE")
      }
      #expect(shown.count == (type == .uint16 ? 2 : 0), "\(shown)")
    }
  }

  @Test func whatIsNoNumberIsRefusedByItsCard() throws {
    let scratch = try ScratchFolder()
    for card in [
      "BZERO   = 'abc     '", "BZERO   =", "BZERO   =           (1.0, 2.0)", "BZERO   = 32768 adu",
      "BSCALE  =                    0", "BSCALE  = NaN", "BZERO   = 1E400", "BZERO   = T", "BSCALE  = '0'",
      "BZERO   = '32768", "bzero   = 0x10",
    ] where card != "BZERO   = '32768" {
      let error = crsError { _ = try read([card], in: scratch) }
      #expect(
        error?.kind == .file && error?.hdu == 0 && error?.message.contains("'\(card)'") == true, "\(card)")
    }
    #expect(try read(["BZERO   = '32768"], in: scratch).storedType == .uint16)
  }

  @Test func blankInEverySpelling() throws {
    let scratch = try ScratchFolder()
    for card in [
      "BLANK   =                    5", "blank   =                    5", "BLANK   = '5       '",
      "BLANK   = 5.0",
    ] {
      let image = try read([card], in: scratch)
      #expect(image.pixels.pixels.filter(\.isNaN).count == 1 && image.pixels.pixels[15].isNaN, "\(card)")
      let path = scratch.file("copy.fits")
      try FITSWriter.write(FITSDocument(image: image), to: path, overwrite: true)
      let copy = try FITSReader.image(at: path)
      #expect(copy.pixels.pixels[15].isNaN && copy.header.integer("BLANK") == 5 && copy.storedType == .int16)
      #expect(copy.header.cards.count == 1)
    }
    for card in ["BLANK   = 5.5", "BLANK   = 'x'", "BLANK   ="] {
      #expect(try read([card], in: scratch).pixels.pixels.allSatisfy { !$0.isNaN })
    }
  }

  /// A stored type that the pixels contradict stops the save.
  @Test func pixelsOutsideTheirTypeAreNotSaved() throws {
    let scratch = try ScratchFolder()
    func save(_ type: PixelType, _ values: [Float], _ exact: ExactPixels? = nil) -> CRSError? {
      let image = Image(
        pixels: Plane(width: values.count, height: 1, pixels: values), storedType: type, exactPixels: exact)
      return crsError {
        try FITSWriter.write(FITSDocument(image: image), to: scratch.file("o.fits"), overwrite: true)
      }
    }
    #expect(save(.uint16, [0, 65535, -1])?.message.contains("pixel [3, 1] is -1") == true)
    #expect(save(.uint16, [0, 65536]) != nil && save(.int16, [32768]) != nil && save(.uint8, [255.6]) != nil)
    #expect(save(.int8, [-129]) != nil && save(.int32, [3e9]) != nil && save(.uint32, [-1]) != nil)
    #expect(save(.int32, [0], .int64([1 << 31])) != nil && save(.uint64, [-1], .int64([-1])) != nil)
    #expect(save(.int64, [1], .uint64([1 << 63])) != nil)
    #expect(scratch.names.isEmpty)
    #expect(save(.uint16, [0, 65535, .nan]) == nil && save(.int16, [-32768, 32767.4]) == nil)
    #expect(save(.int64, [9e18], .int64([.max])) == nil && save(.uint64, [1.8e19], .uint64([.max])) == nil)
    #expect(save(.int32, [.nan], .int64([1 << 40])) == nil && save(.float32, [3e38]) == nil)
  }
}
