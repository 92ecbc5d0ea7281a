import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// Files that are packed, longer than their data, or no FITS files at all.
@Suite struct ForeignFileTests {
  private static let plain = RawFITS.image((0..<6144).map { Int16($0) }, width: 96)

  private func sum(_ path: String) throws -> Double {
    try FITSReader.image(at: path).pixels.pixels.reduce(0) { $0 + Double($1) }
  }

  private static let total = Double(6143 * 6144 / 2)

  @Test func gzipMembersJoin() throws {
    let scratch = try ScratchFolder()
    func packed(_ parts: [[UInt8]], _ tail: [UInt8] = []) throws -> String {
      try scratch.write(parts.flatMap(RawFITS.gzipMember) + tail, "a.fits.gz")
    }
    let plain = Self.plain
    let thirds = [Array(plain[..<3000]), Array(plain[3000..<7001]), Array(plain[7001...])]
    #expect(try sum(packed([plain])) == Self.total)
    #expect(try sum(packed(thirds)) == Self.total)
    #expect(try sum(packed([[]] + thirds + [[]])) == Self.total)
    #expect(try sum(packed(thirds, [UInt8](repeating: 0, count: 5000))) == Self.total)
    #expect(try sum(packed([plain], Array("behind".utf8))) == Self.total)
    #expect(try FITSReader.image(at: packed(thirds) + "[2:4,*]").width == 3)
  }

  @Test func damagedGzipIsRefused() throws {
    let scratch = try ScratchFolder()
    let whole = RawFITS.gzipMember(Self.plain)
    for cut in [2, 5, 10, 100, 3000, whole.count - 4] {
      let path = try scratch.write(Array(whole[..<cut]), "cut.fits.gz")
      #expect(crsError { _ = try sum(path) }?.message.contains("ends before its data do") == true, "\(cut)")
    }
    for position in [5000, whole.count - 6, whole.count - 2] {
      var changed = whole
      changed[position] ^= 0x55
      let path = try scratch.write(changed, "bad.fits.gz")
      #expect(crsError { _ = try sum(path) }?.message.contains("is damaged") == true, "\(position)")
    }
  }

  /// LZW with growing codes and a cleared table, under any name.
  @Test func compressFilesAreUnpacked() throws {
    let image = try FITSReader.image(at: FITSFixtures.path("compress.fits.Z"))
    #expect(image.shape == Shape(width: 100, height: 120))
    #expect(Array(image.pixels.pixels[5900..<6000]) == (0..<100).map(Float.init))
    #expect(image.pixels.pixels.reduce(0) { $0 + Double($1) } == 321_108)
    let scratch = try ScratchFolder()
    var bytes = try FITSFixtures.bytes("compress.fits.Z")
    #expect(try FITSReader.image(at: scratch.write(bytes, "renamed.fits")).pixels == image.pixels)
    #expect(crsError { _ = try sum(scratch.write(Array(bytes[..<6000]), "cut.Z")) }?.kind == .file)
    bytes[2] = 0x89
    #expect(crsError { _ = try sum(scratch.write(bytes, "nine.Z")) }?.kind == .file)
    var random = SeededRandom(seed: 7)
    for _ in 0..<60 {
      var changed = try FITSFixtures.bytes("compress.fits.Z")
      for _ in 0..<4 {
        changed[Int.random(in: 2..<changed.count, using: &random)] ^=
          1 << UInt8.random(in: 0..<8, using: &random)
      }
      _ = crsError { _ = try sum(scratch.write(changed, "damaged.Z")) }
    }
  }

  /// FITS 4.0, section 3.6: bytes behind the last HDU are disregarded.
  @Test func bytesBehindTheEndAreIgnored() throws {
    let scratch = try ScratchFolder()
    for count in [1, 79, 80, 1000, 2879, 2880, 2881, 10_000] {
      for filler: UInt8 in [0, 32, 0x1A, 88] {
        let tail = [UInt8](repeating: filler, count: count)
        let path = try scratch.write(Self.plain + tail, "t.fits")
        #expect(try sum(path) == Self.total, "\(count)")
        #expect(try FITSReader.listing(of: path).count == 1)
      }
      let packed = RawFITS.gzipMember(Self.plain + [UInt8](repeating: 0, count: count))
      #expect(try sum(scratch.write(packed, "t.fits.gz")) == Self.total)
    }
    // An extension of which only a part of the header came through is missed, not ignored.
    let part = Array("XTENSION= 'IMAGE   '".utf8) + [UInt8](repeating: 32, count: 1000)
    let error = crsError { _ = try sum(scratch.write(Self.plain + part, "cut.fits")) }
    #expect(error?.message.contains("inside the header of an extension") == true && error?.hdu == 1)
    #expect(try FITSReader.image(at: scratch.file("cut.fits"), hdu: .number(0)).width == 96)
    // A last block without its filling, which the data do not need.
    let data = 2880 + 2 * 6144
    #expect(try sum(scratch.write(Array(Self.plain[..<data]), "short.fits")) == Self.total)
    #expect(crsError { _ = try sum(scratch.write(Array(Self.plain[..<(data - 1)]), "short.fits")) } != nil)
  }

  @Test func whatIsNoFITSFileIsNamed() throws {
    let scratch = try ScratchFolder()
    let plain = Self.plain
    func lines() -> [UInt8] {
      stride(from: 0, to: 2880, by: 80).flatMap { Array(plain[$0..<$0 + 80]) + [13, 10] } + plain[2880...]
    }
    let cases: [(bytes: [UInt8], name: String)] = [
      ([0x89] + Array("PNG\r\n".utf8) + [26, 10, 0, 0], "a PNG picture"),
      ([0xFF, 0xD8, 0xFF, 0xE0], "a JPEG"),
      (Array("II*\0".utf8) + [8, 0, 0, 0], "a TIFF"), (Array("PK\u{3}\u{4}rest".utf8), "a zip archive"),
      (Array("BZh91AY".utf8), "a bzip2 file"), ([0xFD] + Array("7zXZ\0".utf8), "an xz file"),
      (Array("<!DOCTYPE html><html>".utf8), "a web page"), (Array("<?xml?><VOTABLE>".utf8), "a VOTable"),
      (Array("# x y\n1 2\n".utf8), "text"), ([UInt8](repeating: 0, count: 6000), "a file of zeros"),
      ([UInt8](repeating: 32, count: 3000), "a file of blanks"),
      (Array("version https://git-lfs.github.com/spec/v1".utf8), "Git LFS"),
      ([0x89] + Array("HDF\r\n".utf8) + [26, 10], "an HDF5 file"),
      ([0x93] + Array("NUMPY".utf8), "a NumPy array"),
      ([UInt8](repeating: 0, count: 257) + Array("ustar".utf8), "a tar archive"),
      ([0xEF, 0xBB, 0xBF] + plain, "in front"),
      ([UInt8](repeating: 0, count: 512) + plain, "in front"), (lines(), "as text"),
      (Array("XTENSION= 'IMAGE   '".utf8) + plain[20...], "without the primary HDU"),
    ]
    for (bytes, name) in cases {
      for packed in [false, true] {
        let path = try scratch.write(packed ? RawFITS.gzipMember(bytes) : bytes, "x.fits")
        let message = crsError { _ = try FITSReader.listing(of: path) }?.message ?? ""
        #expect(message.hasPrefix("is not a FITS file; it seems to be") && message.contains(name), "\(name)")
        #expect(message.contains("packed by gzip") == packed)
      }
    }
    let empty = try scratch.write([UInt8](), "empty.fits")
    #expect(crsError { _ = try FITSReader.listing(of: empty) }?.message == "is empty")
    let nothing = try scratch.write(RawFITS.gzipMember([]), "empty.fits.gz")
    #expect(crsError { _ = try FITSReader.listing(of: nothing) }?.message.contains("an empty file") == true)
    let twice = try scratch.write(RawFITS.gzipMember(RawFITS.gzipMember(plain)), "twice.fits.gz")
    #expect(
      crsError { _ = try FITSReader.listing(of: twice) }?.message.contains("a gzip file, packed") == true)
    let noise = try scratch.write((0..<3000).map { UInt8(truncatingIfNeeded: $0 * 37 + 130) }, "noise.fits")
    #expect(crsError { _ = try FITSReader.listing(of: noise) }?.message == "is not a FITS file")
  }
}
