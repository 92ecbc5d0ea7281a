import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// Copies of every kind of file obey the standard and say what the original says.
@Suite struct FITSRoundTripTests {
  static let names = [
    "blank.fits.gz", "compress.fits.Z", "extensions.fits.gz", "float32.fits.gz", "float64.fits.gz",
    "int16.fits.gz",
    "int32.fits.gz", "int64.fits.gz", "int8.fits.gz", "scaled.fits.gz", "tiles_float.fits",
    "tiles_gzip_1.fits",
    "tiles_gzip_2.fits", "tiles_hcompress_1.fits", "tiles_plio_1.fits", "tiles_rice_1.fits", "uint16.fits.gz",
    "uint32.fits.gz", "uint64.fits.gz", "uint8.fits.gz",
  ]

  @Test(arguments: names) func copiesAreEqual(_ name: String) throws {
    try compare(FITSFixtures.path(name))
  }

  /// Files that no careful program writes.
  @Test func copiesOfOddFilesAreEqual() throws {
    let scratch = try ScratchFolder()
    let pixels = (0..<600).map { Int16($0 * 50 - 15000) }
    let cards = [
      "OBJECT  = 'NGC 1\0\0\0'           / the target", "BSCALE  = '1       '", "BZERO   = '32768   '",
      "BUNIT   = 'count   '           / unit of the values", "GAIN    = '2.0     '",
      "RDNOISE = 8.0 electrons",
      "COEFF   =           (1.0, 2.0)", "SERIAL  = 123456789012345678901234567890", "lower   = 1.5e3",
    ]
    let plain = RawFITS.image(pixels, width: 30, cards: cards)
    let four = RawFITS.hdu(RawFITS.shape([30, 20, 1, 1], bitpix: 16) + cards, RawFITS.bigEndian(pixels))
    let tiles = RawFITS.tiles(
      RawFITS.bigEndian(pixels), width: 30, bitpix: 16,
      cards: ["EXTNAME = 'COMPRESSED_IMAGE'", "EXTNAME = 'ccd00   '"] + cards)
    for (name, bytes) in [
      ("plain.fits", plain), ("four.fits", four), ("tiles.fits", tiles), ("behind.fits", plain + [0, 0, 0]),
      ("gz.fits", RawFITS.gzipMember(Array(plain[..<4000])) + RawFITS.gzipMember(Array(plain[4000...]))),
    ] {
      try compare(scratch.write(bytes, name))
    }
  }

  private func compare(_ path: String) throws {
    let scratch = try ScratchFolder()
    let image = try FITSReader.image(at: path)
    for (name, compression) in [
      ("copy.fits", nil), ("copy.fits.gz", FITSCompression.gzip), ("copy.fits.fz", .tiles),
    ] {
      let copy = scratch.file(name)
      try FITSWriter.write(FITSDocument(image: image), to: copy, overwrite: false, compression: compression)
      #expect(try fitsverifyPasses(copy), "\(path) \(name)")
      let again = try FITSReader.image(at: copy, strict: true)
      #expect(again.storedType == image.storedType && again.unit == image.unit && again.shape == image.shape)
      #expect(again.mask == image.mask && again.planes.count == image.planes.count)
      #expect(again.carried == image.carried && again.primaryHeader == image.primaryHeader)
      // NaN is equal to itself here.
      #expect(zip(again.pixels.pixels, image.pixels.pixels).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
      if case .int64(let a)? = again.exactPixels, case .int64(let b)? = image.exactPixels { #expect(a == b) }
      if case .uint64(let a)? = again.exactPixels, case .uint64(let b)? = image.exactPixels {
        #expect(a == b)
      }
      let legal = try Set(again.header.keywords).subtracting(["LONGSTRN"])
      #expect(legal == Set(image.header.keywords).subtracting(["LONGSTRN"]), "\(path) \(name)")
      for keyword in image.header.keywords {
        #expect(
          again.header.reading(keyword)?.literal.uppercased()
            == image.header.reading(keyword)?.literal.uppercased())
      }
    }
  }
}
