import Foundation
import Kernels
import TestSupport
import Testing

@testable import Files

/// Numbers of a header that are none are errors of this file, whatever was read before: cfitsio would go on with what
/// stands in memory.
@Suite struct StructuralCardTests {
  private func error(_ bytes: [UInt8], in scratch: ScratchFolder) throws -> CRSError {
    let path = scratch.file("bad.fits")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return try #require(crsError { _ = try FITSReader.image(at: path) })
  }

  @Test(arguments: [
    "NAXIS1", "NAXIS2", "PCOUNT", "GCOUNT", "TFIELDS", "BITPIX", "NAXIS", "ZNAXIS1", "ZTILE1",
  ])
  func numbersThatAreNoneAreSaid(keyword: String) throws {
    let scratch = try ScratchFolder()
    let good = RawFITS.tiles(
      RawFITS.bigEndian([Int16](repeating: 7, count: 12)), width: 4, bitpix: 16,
      cards: ["ZTILE1  =                    4"])
    let path = scratch.file("good.fits")
    try Data(good).write(to: URL(fileURLWithPath: path))
    #expect(try FITSReader.image(at: path).pixels.pixels == [Float](repeating: 7, count: 12))
    let name = keyword.padding(toLength: 8, withPad: " ", startingAt: 0)
    let start = try #require(
      stride(from: 2880, to: good.count, by: 80).first {
        String(decoding: good[$0..<$0 + 8], as: UTF8.self) == name
      })
    for value in ["'abc     '", "1.5", keyword == "BITPIX" ? "T" : "-3"] {
      var bad = good
      let card = (name + "= " + value).padding(toLength: 80, withPad: " ", startingAt: 0)
      bad.replaceSubrange(start..<start + 80, with: Array(card.utf8))
      let first = try error(bad, in: scratch)
      #expect(first.kind == .file && first.message.contains("\(keyword) is not a usable number"), "\(first)")
      // Another file in between changes nothing.
      _ = try FITSReader.image(at: path)
      #expect(try error(bad, in: scratch) == first)
    }
  }

  /// Sizes that do not stand where the standard wants them: letters beyond ASCII push the card aside.
  @Test(arguments: [0, 1], [(2, "BITPIX"), (3, "NAXIS"), (4, "NAXIS1"), (5, "NAXIS2")])
  func cardsOutOfOrderAreSaid(hdu: Int, place: (number: Int, keyword: String)) throws {
    let (number, keyword) = place
    let scratch = try ScratchFolder()
    var file = TestFile()
    file.image(.float32(Plane(width: 4, height: 3, repeating: 1)))
    file.image(.float32(Plane(width: 4, height: 3, repeating: 2)), "SCI")
    let path = try file.write("good.fits", in: scratch)
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    let extensions = stride(from: 2880, to: bytes.count, by: 2880).filter {
      bytes[$0..<$0 + 8].elementsEqual("XTENSION".utf8)
    }
    let begin = hdu == 0 ? 0 : try #require(extensions.first)
    let card = begin + 80 * (number - 1)
    bytes.replaceSubrange(
      card..<card + 80, with: [UInt8](repeating: 0xFF, count: 27) + bytes[card..<card + 53])
    func error() throws -> CRSError {
      let bad = scratch.file("bad.fits")
      try Data(bytes).write(to: URL(fileURLWithPath: bad))
      return try #require(crsError { _ = try FITSReader.image(at: bad, hdu: .number(hdu)) })
    }
    let first = try error()
    #expect(first.message.contains("card \(number) of the header is not \(keyword)"), "\(first)")
    _ = try FITSReader.image(at: path)
    #expect(try error() == first)
  }
}
