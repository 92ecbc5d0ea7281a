import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// BLANK together with BSCALE and BZERO: pixels without a value have none, in every number type and every reader, and
/// none in the saved copy.
@Suite struct ScaledBlankTests {
  private let scratch: ScratchFolder
  init() throws { scratch = try ScratchFolder() }

  /// 3x2 pixels of which the stored numbers are 1 2 3, 1 25 0.
  private func file(_ bitpix: Int, _ cards: [String], axes: [Int] = [3, 2]) throws -> String {
    let numbers = (0..<axes.dropFirst(2).reduce(1, *)).flatMap { _ in [1, 2, 3, 1, 25, 0] }
    let data: [UInt8] =
      switch bitpix {
      case 8: numbers.map { UInt8($0) }
      case 16: RawFITS.bigEndian(numbers.map { Int16($0) })
      case 32: RawFITS.bigEndian(numbers.map { Int32($0) })
      default: RawFITS.bigEndian(numbers.map { Int64($0) })
      }
    return try scratch.write(RawFITS.hdu(RawFITS.shape(axes, bitpix: bitpix) + cards, data), "a.fits")
  }

  private func copy(_ image: Image, _ compression: FITSCompression? = nil) throws -> Image {
    let path = scratch.file("copy.fits")
    try FITSWriter.write(FITSDocument(image: image), to: path, overwrite: true, compression: compression)
    return try FITSReader.image(at: path)
  }

  private func isSame(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
  }

  @Test(arguments: [8, 16, 32, 64]) func everyScaleAndType(_ bitpix: Int) throws {
    for zero in [nil, "0", "-128", "10", "32768", "1000", "2147483648"] {
      for scale in [nil, "1", "-1", "2", "-2", "0.5", "65536"] {
        let cards =
          [zero.map { "BZERO   = \($0)" }, scale.map { "BSCALE  = \($0)" }].compactMap { $0 }
          + ["BLANK   =                    1"]
        let path = try file(bitpix, cards)
        let image = try FITSReader.image(at: path)
        func value(_ stored: Double) -> Float {
          Float((Double(scale ?? "1") ?? 1) * stored + (Double(zero ?? "0") ?? 0))
        }
        let expected = [.nan, value(2), value(3), .nan, value(25), value(0)]
        #expect(isSame(image.pixels.pixels, expected), "\(bitpix) \(cards): \(image.pixels.pixels)")
        #expect(isSame(image.exactValues.pixels.map { Float($0) }, expected), "\(bitpix) \(cards)")
        let part = try FITSReader.image(at: path + "[1:2,1:2]")
        #expect(isSame(part.pixels.pixels, [.nan, value(2), .nan, value(25)]), "\(bitpix) \(cards)")
        #expect(isSame(try copy(image).pixels.pixels, expected), "\(bitpix) \(cards)")
        if image.storedType != .int64, image.storedType != .float64 {
          #expect(isSame(try copy(image, .tiles).pixels.pixels, expected), "\(bitpix) \(cards)")
        }
      }
    }
  }

  /// Numbers beyond 2^53 beside that of BLANK are other numbers, of which no digit is lost.
  @Test(arguments: [64, 32, 16]) func largeOffsets(_ bitpix: Int) throws {
    for zero in ["9007199254740993", "1000000000000000000", "-4611686018427387905"] {
      let path = try file(bitpix, ["BZERO   = \(zero)", "BLANK   =                    2"])
      let image = try FITSReader.image(at: path)
      // 64 bits and a large offset need more than 64 bits.
      let isWide = bitpix == 64 && abs(Double(zero) ?? 0) >= 0x1p62
      #expect(image.storedType == (isWide ? .float64 : .int64))
      let gaps = image.pixels.pixels.map(\.isNaN)
      #expect(gaps == [false, true, false, false, false, false], "\(zero): \(gaps)")
      let offset = try #require(Int64(zero))
      guard !isWide, case .int64(let values)? = image.exactPixels else {
        #expect(isWide)
        continue
      }
      // BZERO is a real number, which has 53 bits.
      let whole = Int64(Double(offset))
      #expect(values[0] == whole + 1 && values[2] == whole + 3 && values[4] == whole + 25, "\(values)")
      let part = try FITSReader.image(at: path + "[1:3,1:1]")
      #expect(part.pixels.pixels.map(\.isNaN) == [false, true, false])
    }
  }

  @Test func unsignedNumbers() throws {
    for (bitpix, zero) in [(16, "32768"), (32, "2147483648"), (64, "9223372036854775808")] {
      let image = try FITSReader.image(at: file(bitpix, ["BZERO   = \(zero)", "BLANK   = 1"]))
      #expect(image.pixels.pixels.indices.filter { image.pixels.pixels[$0].isNaN } == [0, 3], "\(bitpix)")
      let again = try copy(image)
      #expect(again.storedType == image.storedType && isSame(again.pixels.pixels, image.pixels.pixels))
    }
  }

  @Test func cubes() throws {
    for (bitpix, cards) in [(16, ["BZERO   = 10"]), (16, ["BSCALE  = 2"]), (8, ["BZERO   = 1000"])] {
      let path = try file(bitpix, cards + ["BLANK   = 1"], axes: [3, 2, 2])
      let planes = try FITSReader.planes(at: path, force: true) { _ in }
      #expect(planes.count == 2)
      for plane in try planes + [FITSReader.image(at: path + "[*,*,2]")] {
        #expect(plane.pixels.pixels.indices.filter { plane.pixels.pixels[$0].isNaN } == [0, 3])
      }
    }
  }

  @Test func masks() throws {
    // A pixel without a value is masked.
    let mask = try FITSReader.mask(at: file(8, ["BSCALE  = 2", "BZERO   = -2", "BLANK   = 0"]))
    #expect(mask.plane.pixels[0] == 0 && mask.plane.pixels[5] != 0)
  }

  @Test func tiles() throws {
    let blank: Set<Int> = Set((3..<6).flatMap { y in (3..<6).map { y * 40 + $0 } })
    let path = FITSFixtures.path("tiles_scaled_blank.fits.gz")
    let image = try FITSReader.image(at: path)
    #expect(image.storedType == .int32)
    #expect(Set(image.pixels.pixels.indices.filter { image.pixels.pixels[$0].isNaN }) == blank)
    #expect(Array(image.pixels.pixels.prefix(3)) == [212, 198, 216])
    let part = try FITSReader.image(at: path + "[4:5,6:7]")
    #expect(part.pixels.pixels.map(\.isNaN) == [true, true, false, false])
    // Tiles that are stored as they are.
    for cards in [["BSCALE  = 2"], ["BZERO   = 10"], ["BSCALE  = 0.5"], []] {
      for spelling in ["BLANK   =                    5", "blank   =                    5"] {
        let bytes = RawFITS.tiles(
          RawFITS.bigEndian([Int16(5), 6, 7, 5]), width: 2, bitpix: 16, cards: cards + [spelling])
        let image = try FITSReader.image(at: scratch.write(bytes, "t.fits"))
        #expect(image.pixels.pixels.map(\.isNaN) == [true, false, false, true], "\(cards) \(spelling)")
      }
    }
  }
}
