import Files
import Foundation
import Kernels
import Synchronization
import TestSupport
import Testing

/// DATASUM and CHECKSUM: compared when a file is read, written into every file of ours.
@Suite struct FITSSumTests {
  /// Remarks that reading makes.
  private final class Remarks: Sendable {
    let lines = Mutex<[String]>([])
    var work: Work { Work(remark: { line in self.lines.withLock { $0.append(line) } }) }
  }

  private func image() -> Image {
    var image = Image(pixels: Plane(width: 31, height: 17, pixels: (0..<527).map { Float($0) * 1.5 }))
    image.mask = Mask(plane: Plane(width: 31, height: 17, repeating: 1))
    image.header.set("OBJECT", .text("NGC 1"))
    return image
  }

  @Test func ownFilesCarryBoth() throws {
    let scratch = try ScratchFolder()
    let types: [PixelType] = [
      .uint8, .int8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .float32, .float64,
    ]
    for (number, type) in types.enumerated() {
      for compression in [nil, FITSCompression.gzip, .tiles] {
        let path = scratch.file("\(number)\(compression?.rawValue ?? "").fits")
        let document = try FITSDocument(image: image(), pixelType: type, clips: true)
        try FITSWriter.write(document, to: path, overwrite: true, compression: compression)
        // fitsverify compares both keywords.
        #expect(try fitsverifyPasses(path))
        let remarks = Remarks()
        _ = try FITSReader.image(at: path, strict: true, work: remarks.work) { _ in }
        #expect(remarks.lines.withLock(\.self).isEmpty)
        guard compression != .gzip else { continue }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let text = String(decoding: bytes.map { $0 < 128 ? $0 : 63 }, as: UTF8.self)
        #expect(text.components(separatedBy: "DATASUM = '").count >= 3 && text.contains("CHECKSUM= '"))
        try FITSWriter.write(document, to: path, overwrite: true, compression: compression)
        #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) == bytes)
        try FITSWriter.write(document, to: path, overwrite: true, compression: compression, checksums: false)
        #expect(
          try FITSReader.header(at: path)["CHECKSUM"] == nil && FITSReader.header(at: path)["DATASUM"] == nil)
      }
    }
  }

  /// Data of several pieces of a megabyte.
  @Test func largeFilesToo() throws {
    let scratch = try ScratchFolder()
    let pixels = Plane<Float>(width: 1124, height: 1024, pixels: (0..<1124 * 1024).map { Float($0 % 60_000) })
    for type in [PixelType.uint8, .uint16, .int32, .float64] {
      let image = Image(pixels: type == .uint8 ? pixels.map { $0 / 300 } : pixels)
      for compression in [nil, FITSCompression.tiles] {
        let path = scratch.file("large.fits")
        try FITSWriter.write(
          FITSDocument(image: image, pixelType: type), to: path, overwrite: true, compression: compression)
        #expect(try fitsverifyPasses(path))
        #expect(try FITSReader.image(at: path, strict: true).storedType == type)
      }
    }
  }

  @Test func tablesAndEmptyHDUsToo() throws {
    let scratch = try ScratchFolder()
    let path = scratch.file("t.fits")
    let table = FITSOutputHDU(
      name: "T",
      content: .table([.init(name: "A", values: [1, -2, 1 << 40]), .init(name: "B", values: [4, 5, 6])]))
    try FITSWriter.write(
      FITSDocument(hdus: [FITSOutputHDU(content: .empty), table]), to: path, overwrite: false)
    #expect(try fitsverifyPasses(path))
    #expect(try FITSReader.header(at: path, hdu: .number(0)).text("DATASUM") == "0")
    #expect(try FITSReader.header(at: path, hdu: .number(1)).text("CHECKSUM")?.count == 16)
  }

  @Test func changedBytesAreNoticed() throws {
    let scratch = try ScratchFolder()
    let path = scratch.file("a.fits")
    try FITSWriter.write(FITSDocument(image: image()), to: path, overwrite: false)
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    func loads(_ bytes: [UInt8]) throws -> (remarks: [String], strict: CRSError?) {
      let path = try scratch.write(bytes, "changed.fits")
      let remarks = Remarks()
      _ = try FITSReader.image(at: path, work: remarks.work) { _ in }
      return (remarks.lines.withLock(\.self), crsError { _ = try FITSReader.image(at: path, strict: true) })
    }
    #expect(try loads(whole).remarks.isEmpty)
    var data = whole
    data[2880 + 501] ^= 4
    let first = try loads(data)
    #expect(first.remarks.count == 1 && first.remarks[0].hasPrefix("warning: "))
    #expect(first.remarks[0].contains("changed.fits[0]: DATASUM is") && first.strict?.hdu == 0)
    var mask = whole
    mask[whole.count - 2880 + 3] ^= 1
    let second = try loads(mask)
    #expect(
      second.remarks.count == 1 && second.remarks[0].contains("[1]: DATASUM is") && second.strict?.hdu == 1)
    var header = whole
    let object = try #require(String(decoding: whole[..<2880], as: UTF8.self).range(of: "NGC 1"))
    header[object.lowerBound.utf16Offset(in: String(decoding: whole[..<2880], as: UTF8.self))] = 77
    let third = try loads(header)
    #expect(third.remarks.count == 1 && third.remarks[0].contains("CHECKSUM does not match, DATASUM does"))
    #expect(third.strict?.kind == .file)
    // A file without the keywords is not looked at.
    try FITSWriter.write(FITSDocument(image: image()), to: path, overwrite: true, checksums: false)
    var plain = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    plain[2880 + 501] ^= 4
    let fourth = try loads(plain)
    #expect(fourth.remarks.isEmpty && fourth.strict == nil)
  }

  /// Every extension of a saved stack and of a set of masks: masks and errors of the exposures, tables, planes.
  @Test func everyExtensionOfOwnFilesIsCompared() throws {
    let scratch = try ScratchFolder()
    var exposure = image()
    exposure.header.remove("OBJECT")
    exposure.uncertainty = Uncertainty(
      kind: .standardDeviation, values: Plane(width: 31, height: 17, repeating: 2), name: "UNCERT")
    let stack = try FITSDocument(stack: Stack(exposures: [exposure, exposure]))
    let mask = Mask(plane: Plane(width: 31, height: 17, repeating: 0))
    let set = MaskSet(
      medianCR: mask, meanCRT: mask, exposures: [mask, mask],
      laMedian: Plane(width: 31, height: 17, repeating: 1),
      localMedians: [LocalMedianPixel(x: 1, y: 2, xWidth: 3, yWidth: 3)], fluxFactors: [1, 1], uuid: "u",
      history: [], significance: Plane(width: 31, height: 17, repeating: 1), leftOut: [mask, mask])
    for (document, count) in [(stack, 7), (FITSDocument(maskSet: set), 10)] {
      let path = scratch.file("own.fits")
      try FITSWriter.write(document, to: path, overwrite: true)
      let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      let hdus = try FITSReader.listing(of: path)
      #expect(hdus.count == count, "\(hdus.map(\.name))")
      let starts = stride(from: 0, to: whole.count, by: 2880).filter {
        whole[$0...].starts(with: "XTENSION".utf8) || $0 == 0
      }
      #expect(starts.count == hdus.count)
      for (hdu, end) in zip(hdus, starts.dropFirst() + [whole.count]) where hdu.number > 0 {
        var bytes = whole
        // The padding of a data unit belongs to its sum; no value changes.
        bytes[end - 1] ^= 1
        let changed = try scratch.write(bytes, "changed.fits")
        let remarks = Remarks()
        _ = try FITSReader.content(at: changed, work: remarks.work)
        let lines = remarks.lines.withLock(\.self).filter { $0.hasPrefix("warning: ") }
        #expect(
          lines.count == 1 && lines[0].contains("[\(hdu.number)]: DATASUM is"), "\(hdu.name): \(lines)")
        let strict = crsError { _ = try FITSReader.content(at: changed, strict: true) }
        #expect(strict?.kind == .file && strict?.hdu == hdu.number, "\(hdu.name)")
      }
    }
  }

  /// The cards of an empty primary HDU count for the image behind it.
  @Test func primaryHeadersAreCompared() throws {
    let scratch = try ScratchFolder()
    let path = scratch.file("p.fits")
    let first = FITSOutputHDU(header: Header(cards: ["GAIN    =                  2.0"]), content: .empty)
    let second = FITSOutputHDU(
      name: "SCI", content: .image(.float32(Plane(width: 5, height: 5, repeating: 2))))
    try FITSWriter.write(FITSDocument(hdus: [first, second]), to: path, overwrite: false)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    for name in ["", "[SCI]", "[SCI][1:2,1:2]"] {
      #expect(try FITSReader.image(at: path + name, strict: true).primaryHeader?.number("GAIN") == 2)
    }
    let text = String(decoding: bytes[..<2880], as: UTF8.self)
    let gain = try #require(text.range(of: "2.0"))
    bytes[text.utf8.distance(from: text.startIndex, to: gain.lowerBound)] = UInt8(ascii: "3")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    for name in ["", "[SCI]", "[SCI][1:2,1:2]"] {
      let remarks = Remarks()
      _ = try FITSReader.image(at: path + name, work: remarks.work) { _ in }
      let lines = remarks.lines.withLock(\.self)
      #expect(lines.count == 1 && lines[0].contains("[0]: CHECKSUM does not match"), "\(lines)")
      let error = crsError { _ = try FITSReader.image(at: path + name, strict: true) }
      #expect(error?.kind == .file && error?.hdu == 0)
    }
  }

  @Test func bytesBehindTheEndAreARemark() throws {
    let scratch = try ScratchFolder()
    let bytes = RawFITS.image((0..<24).map { Int16($0) }, width: 6)
    for count in [0, 1, 1000, 2880, 5000] {
      let remarks = Remarks()
      let path = try scratch.write(bytes + [UInt8](repeating: 0, count: count), "t.fits")
      _ = try FITSReader.image(at: path, work: remarks.work)
      let lines = remarks.lines.withLock(\.self)
      #expect(count == 0 ? lines.isEmpty : lines.count == 1 && lines[0].contains("\(count) bytes behind"))
    }
  }
}
