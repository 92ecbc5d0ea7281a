import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Kernels

/// Every pixel type keeps its extremes through reading, writing, gzip and tiles.
@Suite struct ExactPixelTests {
  static let arrays: [PixelType: [Double]] = [
    .int8: [-128, 127, 0, -1, 1, 2, 3, 5], .uint8: [0, 255, 0, 1, 1, 2, 3, 5],
    .int16: [-32768, 32767, 0, -1, 1, 2, 3, 5], .uint16: [0, 65535, 32768, 1, 1, 2, 3, 5],
    .float32: [Double(Float(3e38)), Double(Float(-1e-39)), .nan, .infinity, 1, 2, 3, Double(Float(0.1))],
  ]
  static let exact: [PixelType: ExactPixels] = [
    .int32: .int64([-(1 << 31), (1 << 31) - 1, -1, 0, 1, 2, 3, 16_777_217]),
    .uint32: .int64([0, (1 << 32) - 1, 1 << 31, (1 << 31) - 1, 1, 2, 3, 16_777_217]),
    .int64: .int64([.min, .max, 0, -1, 1, 2, 3, (1 << 62) + 1]),
    .uint64: .uint64([0, .max, 1 << 63, (1 << 63) - 1, 1, 2, 3, (1 << 62) + 1]),
  ]

  private func check(_ image: Image, _ type: PixelType) throws {
    #expect(image.storedType == type)
    #expect(image.shape == Shape(width: 4, height: 2))
    if let expected = Self.arrays[type] {
      #expect(image.exactPixels == nil)
      #expect(image.pixels.pixels.map { Double($0).bitPattern } == expected.map(\.bitPattern))
    } else if type == .float64, case .float64(let values)? = image.exactPixels {
      #expect(values[2].isNaN && image.pixels.pixels[2].isNaN)
      #expect(
        values.enumerated().filter { $0.offset != 2 }.map(\.element) == [
          1e300, -1e-300, .infinity, 1, 2, 3, 0.1,
        ])
    } else {
      #expect(image.exactPixels == Self.exact[type])
    }
  }

  @Test(arguments: PixelType.allCases) func roundTrip(_ type: PixelType) throws {
    let image = try FITSReader.image(at: FITSFixtures.path("\(type.rawValue).fits.gz"))
    try check(image, type)
    let scratch = try ScratchFolder()
    for (name, compression) in [("a.fits", nil), ("b.fits.gz", nil), ("c.fits", FITSCompression.tiles)] {
      let path = scratch.file(name)
      try FITSWriter.write(FITSDocument(image: image), to: path, overwrite: false, compression: compression)
      try check(try FITSReader.image(at: path), type)
      #expect(try fitsverifyPasses(path), "\(name)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.file("b.fits.gz"))).starts(with: [0x1f, 0x8b]))
  }

  @Test func blankPixelsAreNaNAndComeBack() throws {
    let image = try FITSReader.image(at: FITSFixtures.path("blank.fits.gz"))
    #expect(image.pixels.pixels[0].isNaN && image.pixels.pixels[1] == 32767)
    let scratch = try ScratchFolder()
    let path = scratch.file("blank.fits")
    try FITSWriter.write(FITSDocument(image: image), to: path, overwrite: false)
    let again = try FITSReader.image(at: path)
    #expect(again.header.integer("BLANK") == -32768)
    #expect(again.pixels.pixels[0].isNaN && again.pixels.pixels[1...] == image.pixels.pixels[1...])
  }

  @Test func scaledIntegersBecomeFloats() throws {
    let image = try FITSReader.image(at: FITSFixtures.path("scaled.fits.gz"))
    #expect(image.storedType == .float32)
    #expect(image.pixels.pixels[..<2] == [-16284, 16483.5])
    #expect(image.header["BSCALE"] == nil && image.header["BZERO"] == nil)
  }

  @Test(arguments: ["rice_1", "gzip_1", "gzip_2", "plio_1", "hcompress_1"])
  func everyTileCompression(_ kind: String) throws {
    let expected = try FITSReader.image(at: FITSFixtures.path("tiles_expected.fits.gz"))
    let image = try FITSReader.image(at: FITSFixtures.path("tiles_\(kind).fits"))
    #expect(image.pixels == expected.pixels && image.storedType == .int16)
    #expect(!image.header.cards.contains { $0.hasPrefix("Z") || $0.hasPrefix("TFORM") })
  }

  @Test func losslessFloatTiles() throws {
    let expected = try FITSReader.image(at: FITSFixtures.path("tiles_expected.fits.gz"))
    let image = try FITSReader.image(at: FITSFixtures.path("tiles_float.fits"))
    #expect(image.pixels == expected.pixels.map { $0 + 0.25 })
  }

  @Test func conversionRoundsClipsAndMarksGaps() throws {
    let pixels = Plane<Float>(width: 5, height: 1, pixels: [-3.5, 2.5, 70_000, .nan, -.infinity])
    let image = Image(pixels: pixels)
    let scratch = try ScratchFolder()
    let path = scratch.file("u.fits")
    try FITSWriter.write(
      FITSDocument(image: image, pixelType: .uint16, clips: true), to: path, overwrite: false)
    let read = try FITSReader.image(at: path)
    #expect(read.storedType == .uint16)
    #expect(read.pixels.pixels[0] == 0 && read.pixels.pixels[1] == 3 && read.pixels.pixels[2] == 65535)
    // A number that no pixel has stands for those without data.
    #expect(read.pixels.pixels[3].isNaN && read.pixels.pixels[4] == 0)
    #expect(read.header.integer("BLANK") == -32767)
    #expect(read.unit == .adu && read.header.text("BUNIT") == "adu")
  }
}
