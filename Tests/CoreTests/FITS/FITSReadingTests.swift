import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Kernels

/// HDUs, names with extended syntax, cards, and everything that is refused.
@Suite struct FITSReadingTests {
  private let file = FITSFixtures.path("extensions.fits.gz")

  @Test func selectsHDUs() throws {
    #expect(try FITSReader.image(at: file).header.text("EXTNAME") == "SCI")
    for name in ["[1]", "[sci]", "[SCI,1]", "+1"] {
      #expect(try FITSReader.image(at: file + name).shape == Shape(width: 30, height: 24), "\(name)")
    }
    #expect(try FITSReader.image(at: file, hdu: .name("var")).storedType == .float64)
    #expect(try FITSReader.image(at: file, hdu: .number(2)).storedType == .float64)
    #expect(try FITSReader.image(at: FITSFixtures.path("tiles_rice_1.fits[1]")).storedType == .int16)
    let tiles = try FITSReader.image(at: FITSFixtures.path("tiles_rice_1.fits[1][2:4,1:1]")).pixels
    #expect(tiles.shape == Shape(width: 3, height: 1))
    let whole = try FITSReader.image(at: file, hdu: .number(1)).pixels
    let section = try FITSReader.image(at: file + "[1][3:12,5:9]").pixels
    #expect(section == whole[try Section(x1: 3, x2: 12, y1: 5, y2: 9)])
    let plane = try FITSReader.image(at: file + "[CUBE][*,*,2:2]").pixels
    #expect(plane.pixels == (12..<24).map(Float.init))
  }

  @Test func listsHDUs() throws {
    let listing = try FITSReader.listing(of: file)
    #expect(listing.map(\.name) == ["PRIMARY", "SCI", "VAR", "TAB", "CUBE"])
    #expect(listing.map(\.kind) == [.primary, .image, .image, .binaryTable, .image])
    #expect(listing.map(\.dimensions) == [[], [30, 24], [30, 24], [3, 1], [4, 3, 2]])
    #expect(listing.map(\.format) == ["", "float32", "float64", "[K]", "int16"])
    let tiled = try FITSReader.listing(of: FITSFixtures.path("tiles_rice_1.fits"))
    #expect(
      tiled[1].kind == .compressedImage && tiled[1].dimensions == [30, 24] && tiled[1].format == "int16")
  }

  @Test func errorsNameFileHDUAndTheWayOut() throws {
    func error(_ path: String, _ hdu: HDUSelector? = nil) -> CRSError? {
      crsError { _ = try FITSReader.image(at: path, hdu: hdu) }
    }
    #expect(error(file, .name("SC"))?.hint == "did you mean 'SCI'?")
    #expect(error(file, .number(9))?.message == "has no HDU 9")
    #expect(error(file, .number(3))?.message == "is a table" && error(file, .number(3))?.hdu == 3)
    #expect(error(file, .number(4))?.hint?.contains("[4][*,*,1]") == true)
    #expect(error(file, .number(0))?.hint?.contains("1 SCI (30x24)") == true)
    #expect(error(file + "[1]", .number(2))?.kind == .usage)
    for refused in [
      "http://example.org/a.fits", "ftp://a/b.fits", "mem://x", "root://h/f", "shmem://h0", "!" + file, "-",
      "",
      file + "[1", "/dev/null", "/dev/zero", FITSFixtures.folder.path, "nothing-there.fits",
    ] {
      #expect(error(refused)?.kind == .file, "\(refused)")
    }
    #expect(error(String(file.dropLast(3)))?.hint?.hasSuffix(".fits.gz") == true)
  }

  @Test func nameWithBracketsThatExistsIsThatFile() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write(FITSFixtures.bytes("tiles_rice_1.fits"), "run[1](2).fits")
    #expect(try FITSReader.image(at: path).storedType == .int16)
  }

  @Test func savingLosesNothing() throws {
    let image = try FITSReader.image(at: file)
    #expect(image.primaryHeader?.text("INSTRUME") == "TEST" && image.unit == .adu)
    #expect(image.planes.map(\.name) == ["VAR"] && image.carried.map(\.name) == ["TAB", "CUBE"])
    let scratch = try ScratchFolder()
    let path = scratch.file("copy.fits")
    try FITSWriter.write(FITSDocument(image: image, history: ["a line"]), to: path, overwrite: false)
    #expect(try fitsverifyPasses(path))
    let before = try FITSReader.listing(of: file)
    let after = try FITSReader.listing(of: path)
    #expect(before.map(\.name) == after.map(\.name) && before.map(\.dimensions) == after.map(\.dimensions))
    let again = try FITSReader.image(at: path)
    #expect(again.carried == image.carried && again.planes == image.planes && again.pixels == image.pixels)
    var expected = image.header.cards
    expected.append("HISTORY a line")
    expected.append("LONGSTRN= 'OGIP 1.0'           / text may go on in CONTINUE cards")
    #expect(again.header.cards == expected)
    for verbatim in ["CD1_1   =  -2.77E-04 / free format", "CD2_2   =  2.77E-04"] {
      #expect(again.header.cards.contains(verbatim))
    }
    #expect(again.header["CHECKSUM"] == nil)
    #expect(again.header.text("LONGSTR") == String(repeating: "x", count: 100))
    #expect(again.header.number("ESO DET GAIN") == 1.5)
  }

  @Test func truncatedAndAbsurdFilesAreRefused() throws {
    let scratch = try ScratchFolder()
    let image = Image(pixels: Plane(width: 100, height: 100, repeating: 1))
    let path = scratch.file("a.fits")
    try FITSWriter.write(FITSDocument(image: image), to: path, overwrite: false)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    for length in [1, 79, 2000, 2880, 2881, 20000, 42879] {
      let cut = try scratch.write(Array(bytes[..<length]), "cut.fits")
      #expect(crsError { _ = try FITSReader.image(at: cut) }?.kind == .file, "\(length)")
    }
    let head = String(decoding: bytes[..<2880], as: UTF8.self)
    for (axis, value) in [
      ("NAXIS1", "9223372036854775807"), ("NAXIS1", "2147483647"), ("NAXIS2", "-5"), ("NAXIS", "999"),
      ("BITPIX", "17"), ("NAXIS2", "99999999999999999999"),
    ] {
      let key = axis.padding(toLength: 8, withPad: " ", startingAt: 0) + "="
      let start = try #require(head.range(of: key)).lowerBound.utf16Offset(in: head)
      var changed = bytes
      let card = key + String(repeating: " ", count: max(1, 21 - value.count)) + value
      changed.replaceSubrange(
        start..<start + 40, with: Array(card.padding(toLength: 40, withPad: " ", startingAt: 0).utf8))
      let bad = try scratch.write(changed, "bad.fits")
      #expect(crsError { _ = try FITSReader.image(at: bad) }?.kind == .file, "\(axis) \(value)")
    }
    #expect(try FITSReader.image(at: path).pixels == image.pixels)
  }

  /// Damaged copies of small files are read or refused; nothing else happens.
  @Test func damagedFilesNeverEndTheProcess() throws {
    var random = SeededRandom(seed: 42)
    let scratch = try ScratchFolder()
    let names = [
      "tiles_rice_1.fits", "tiles_gzip_1.fits", "tiles_plio_1.fits", "tiles_hcompress_1.fits",
      "tiles_float.fits",
    ]
    var refused = 0
    for round in 0..<300 {
      var bytes = try FITSFixtures.bytes(names[round % names.count])
      switch round % 4 {
      case 0: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
      case 1: bytes[Int.random(in: 2880..<5760, using: &random)] = UInt8.random(in: 0...255, using: &random)
      case 2:
        for _ in 0..<10 {
          bytes[Int.random(in: 5760..<bytes.count, using: &random)] = UInt8.random(
            in: 0...255, using: &random)
        }
      default:
        let card = 2880 + 80 * Int.random(in: 1..<30, using: &random)
        let value = ["0", "-1", "9223372036854775807", "1E30", "99999"][round / 4 % 5]
        let text = String(repeating: " ", count: 20 - value.count) + value
        bytes.replaceSubrange(card + 10..<card + 30, with: Array(text.utf8))
      }
      let path = try scratch.write(bytes, "damaged.fits")
      do { _ = try FITSReader.image(at: path) } catch let error as CRSError {
        #expect(error.kind == .file && error.file == path)
        refused += 1
      }
      _ = try? FITSReader.listing(of: path)
      _ = try? FITSReader.maskSet(at: path)
    }
    #expect(refused > 50)
  }
}
