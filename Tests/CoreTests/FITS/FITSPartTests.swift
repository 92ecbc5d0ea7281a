import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Files
@testable import Kernels

/// Sections of files: only what they take is read, with the values and cards of the whole image's section.
@Suite struct FITSPartTests {
  private static let (width, height) = (37, 29)
  private static let spans: [(text: String, x: AxisSpan, y: AxisSpan)] = [
    ("[3:20,4:17]", AxisSpan(start: 3, step: 1, count: 18), AxisSpan(start: 4, step: 1, count: 14)),
    ("[20:3,17:4]", AxisSpan(start: 20, step: -1, count: 18), AxisSpan(start: 17, step: -1, count: 14)),
    ("[*:3,2:27:4]", AxisSpan(start: 1, step: 3, count: 13), AxisSpan(start: 2, step: 4, count: 7)),
    ("[-*,*]", AxisSpan(start: 37, step: -1, count: 37), AxisSpan(start: 1, step: 1, count: 29)),
    ("[*,5:9]", AxisSpan(start: 1, step: 1, count: 37), AxisSpan(start: 5, step: 1, count: 5)),
    ("[37:37,29:29]", AxisSpan(start: 37, step: 1, count: 1), AxisSpan(start: 29, step: 1, count: 1)),
    ("[*,*]", AxisSpan(start: 1, step: 1, count: 37), AxisSpan(start: 1, step: 1, count: 29)),
  ]

  private func image() -> Image {
    let count = Self.width * Self.height
    var image = Image(
      pixels: Plane(width: Self.width, height: Self.height, pixels: (0..<count).map { Float($0 * 7 % 251) }))
    image.mask = Mask(
      plane: Plane(width: Self.width, height: Self.height, pixels: (0..<count).map { $0 % 11 == 0 ? 1 : 0 }))
    image.uncertainty = Uncertainty(
      kind: .standardDeviation,
      values: Plane(width: Self.width, height: Self.height, pixels: (0..<count).map { 1 + Float($0 % 13) }),
      name: "UNCERT")
    for (key, value) in [("CRPIX1", 10.0), ("CRPIX2", 12.0), ("CRVAL1", 5.0), ("CRVAL2", 6.0)] {
      image.header.set(key, .real(value))
    }
    image.header.set("DATASEC", .text("[2:36,1:29]"))
    return image
  }

  @Test(arguments: [PixelType.uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .float32, .float64])
  func sectionsAreThoseOfTheWholeImage(type: PixelType) throws {
    let scratch = try ScratchFolder()
    for compression in [nil, FITSCompression.tiles] {
      let path = scratch.file("a.fits")
      try FITSWriter.write(
        FITSDocument(image: image(), pixelType: type), to: path, overwrite: true, compression: compression)
      let whole = try FITSReader.image(at: path)
      for (text, x, y) in Self.spans {
        let part = try FITSReader.image(at: path + text)
        let expected = whole.moved(.section(x: x, y: y))
        #expect(part.pixels == expected.pixels, "\(text) \(type)")
        #expect(part.exactPixels == expected.exactPixels, "\(text) \(type)")
        #expect(part.mask?.plane == expected.mask?.plane && part.uncertainty == expected.uncertainty)
        #expect(part.header.cards == expected.header.cards, "\(text)")
        #expect(part.others == expected.others, "\(text) \(type)")
        #expect(part.othersInFront == expected.othersInFront && part.storedType == expected.storedType)
      }
    }
  }

  /// One large tile is unpacked once, not for every line (which took a minute).
  @Test func stepsOverALargeTile() throws {
    let scratch = try ScratchFolder()
    let (width, height) = (2000, 1800)
    let values = (0..<width * height).map { Int16($0 * 7 % 1009) }
    let whole = Plane(width: width, height: height, pixels: values.map { Float($0) })
    let tile = RawFITS.gzipMember(RawFITS.bigEndian(values))
    let cards =
      RawFITS.shape([8, 1], bitpix: 8) + [
        RawFITS.card("PCOUNT", tile.count), RawFITS.card("GCOUNT", 1), RawFITS.card("TFIELDS", 1),
        "TTYPE1  = 'COMPRESSED_DATA'", "TFORM1  = '1PB(\(tile.count))'", "ZIMAGE  =                    T",
        RawFITS.card("ZBITPIX", 16), RawFITS.card("ZNAXIS", 2), RawFITS.card("ZNAXIS1", width),
        RawFITS.card("ZNAXIS2", height), RawFITS.card("ZTILE1", width), RawFITS.card("ZTILE2", height),
        "ZCMPTYPE= 'GZIP_1'",
      ]
    let packed = try scratch.write(
      RawFITS.hdu([RawFITS.card("BITPIX", 8), RawFITS.card("NAXIS", 0)])
        + RawFITS.hdu(
          cards, RawFITS.bigEndian([Int32(tile.count), 0]) + tile, start: "XTENSION= 'BINTABLE'"),
      "tile.fits")
    let clock = ContinuousClock()
    let start = clock.now
    let every = AxisSpan(start: 1, step: 1, count: width)
    let turned = [width, height].map { AxisSpan(start: $0, step: -1, count: $0) }
    let seconds = [width, height].map { AxisSpan(start: 1, step: 2, count: $0 / 2) }
    for (text, x, y) in [
      ("[*:2,*:2]", seconds[0], seconds[1]), ("[-*,-*]", turned[0], turned[1]),
      ("[*,1795:6:7]", every, AxisSpan(start: 1795, step: -7, count: 256)),
    ] {
      #expect(try FITSReader.image(at: packed + "[1]" + text).pixels == whole[x, y], "\(text)")
    }
    #expect(clock.now - start < .seconds(10))
  }

  /// Tiles of other shapes than a row, and planes of a cube.
  @Test(arguments: [("tiles_square_hcompress", 1), ("tiles_cube_rice", 3)])
  func tilesOfOtherShapes(file: String, depth: Int) throws {
    let scratch = try ScratchFolder()
    let count = Self.width * Self.height
    let values = (0..<count * depth).map { Int16($0 * 7 % 251) }
    let axes = [Self.width, Self.height] + (depth > 1 ? [depth] : [])
    let plain = try scratch.write(
      RawFITS.hdu(RawFITS.shape(axes, bitpix: 16), RawFITS.bigEndian(values)), "plain.fits")
    for (text, x, y) in Self.spans {
      for plane in 1...depth {
        let name = depth > 1 ? text.dropLast() + ",\(plane)]" : text
        let whole = Plane(
          width: Self.width, height: Self.height,
          pixels: values[(plane - 1) * count..<plane * count].map { Float($0) })
        #expect(try FITSReader.image(at: plain + name).pixels == whole[x, y], "\(name)")
        let packed = FITSFixtures.path("\(file).fits.gz") + "[1]" + name
        #expect(try FITSReader.image(at: packed).pixels == whole[x, y], "\(file) \(name)")
      }
    }
  }

  /// A file of 3.6 GB, which has no pixels on the disk: a section reads its own.
  @Test func hugeFilesGiveSections() throws {
    let scratch = try ScratchFolder()
    let path = scratch.file("huge.fits")
    let header = RawFITS.hdu(RawFITS.shape([30_000, 30_000], bitpix: -32))
    try Data(header.prefix(2880)).write(to: URL(fileURLWithPath: path))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    let end = (2880 + 3_600_000_000 + 2879) / 2880 * 2880
    try file.truncate(atOffset: UInt64(end))
    try file.seek(toOffset: UInt64(2880 + 4 * (29_999 * 30_000 + 29_999)))
    try file.write(contentsOf: RawFITS.bigEndian([Float(17).bitPattern]))
    try file.close()
    let clock = ContinuousClock()
    let start = clock.now
    let part = try FITSReader.image(at: path + "[29991:30000,29981:30000]")
    #expect(part.shape == Shape(width: 10, height: 20) && part.pixels.pixels.last == 17)
    #expect(part.pixels.pixels.dropLast().allSatisfy { $0 == 0 })
    #expect(try FITSReader.image(at: path + "[*:3000,*:3000]").shape == Shape(width: 10, height: 10))
    #expect(try FITSReader.frame(at: path) { _ in }.shape == Shape(width: 30_000, height: 30_000))
    #expect(clock.now - start < .seconds(5))
  }

  @Test func largeOthersAreNotPassedOn() throws {
    let scratch = try ScratchFolder()
    let path = scratch.file("two.fits")
    let small = RawFITS.image([1, 2, 3, 4], width: 2)
    let cards =
      RawFITS.shape([6000, 6000], bitpix: 16) + [
        "PCOUNT  =                    0", "GCOUNT  =                    1",
      ]
    let large = RawFITS.hdu(cards, start: "XTENSION= 'IMAGE   '")
    try Data(small + large.prefix(2880)).write(to: URL(fileURLWithPath: path))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.truncate(atOffset: UInt64(small.count + 2880 + (72_000_000 + 2879) / 2880 * 2880))
    try file.close()
    var notes: [String] = []
    let part = try FITSReader.image(at: path + "[0][1:1,1:2]") { notes += $0.notes }
    #expect(
      part.others.isEmpty && notes.contains { $0.contains("not passed on") && $0.contains("HDU 1") },
      "\(notes)")
    #expect(try FITSReader.image(at: path + "[0]").others.count == 1)
  }

  /// Changes the last bit of a byte that counts from the end of a file, or changes it back.
  private func flip(_ fromEnd: Int, of path: String) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    bytes[bytes.count - fromEnd] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// What was not asked for is a remark, not an error.
  @Test func strictIsForWhatIsAsked() throws {
    let scratch = try ScratchFolder()
    let path = scratch.file("sums.fits")
    var file = TestFile()
    file.image(.float32(Plane(width: 4, height: 4, repeating: 1)))
    file.image(.float32(Plane(width: 5, height: 5, repeating: 2)), "OTHER")
    try file.write("sums.fits", in: scratch)
    try flip(2877, of: path)
    let lines = Mutex<[String]>([])
    let work = Work(remark: { line in lines.withLock { $0.append(line) } })
    for name in ["[0]", "[0][1:2,1:2]"] {
      lines.withLock { $0 = [] }
      _ = try FITSReader.image(at: path + name, strict: true, work: work)
      #expect(lines.withLock { $0.contains { $0.contains("DATASUM") } })
    }
    for name in ["", "[1]", "[1][1:2,1:2]"] {
      #expect(throws: CRSError.self, "\(name)") { try FITSReader.image(at: path + name, strict: true) }
    }
  }

  /// Of an error plane that is chosen the image beside it is not asked for.
  @Test func strictIsNotForAnotherImageOfTheSameSize() throws {
    let scratch = try ScratchFolder()
    let path = scratch.file("sums.fits")
    var file = TestFile()
    file.empty()
    for name in ["ERR", "SCI"] { file.image(.float32(Plane(width: 5, height: 5, repeating: 2)), name) }
    try file.write("sums.fits", in: scratch)
    try flip(2877, of: path)
    let lines = Mutex<[String]>([])
    let work = Work(remark: { line in lines.withLock { $0.append(line) } })
    _ = try FITSReader.image(at: path + "[ERR]", strict: true, work: work)
    #expect(lines.withLock { $0.contains { $0.contains("DATASUM") } })
    #expect(throws: CRSError.self) { try FITSReader.image(at: path + "[SCI]", strict: true) }
    try flip(2877, of: path)
    try flip(2 * 5760 - 2883, of: path)
    #expect(throws: CRSError.self, "the errors of the image") {
      try FITSReader.image(at: path + "[SCI]", strict: true)
    }
  }

  @Test func junkBehindGzipIsTold() throws {
    let scratch = try ScratchFolder()
    let packed = RawFITS.gzipMember(RawFITS.image([1, 2, 3, 4], width: 2))
    func notes(_ bytes: [UInt8]) throws -> [String] {
      var notes: [String] = []
      _ = try FITSReader.image(at: scratch.write(bytes, "j.fits.gz")) { notes += $0.notes }
      return notes
    }
    #expect(try notes(packed).isEmpty && notes(packed + [UInt8](repeating: 0, count: 512)).isEmpty)
    #expect(try notes(packed + Array("junk".utf8)) == ["4 bytes behind the gzip data are ignored"])
    #expect(
      try notes(packed + [UInt8](repeating: 65, count: 700_000)) == [
        "700000 bytes behind the gzip data are ignored"
      ])
  }

  /// 1.7e308 is a number.
  @Test func numbersBeyondSinglePrecisionAreFinite() throws {
    let scratch = try ScratchFolder()
    var file = TestFile()
    var pixels = Plane<Double>(width: 3, height: 2, repeating: 1.7e308)
    file.image(.float64(pixels))
    file.image(.uint8(Plane(width: 3, height: 2, pixels: [1, 0, 0, 0, 0, 0])), "MASK")
    var reports: [ReadingReport] = []
    _ = try FITSReader.image(at: file.write("b.fits", in: scratch)) { reports.append($0) }
    #expect(reports[0].planes == "masked 1 (MASK)" && reports[0].notes.isEmpty, "\(reports)")
    pixels.pixels[3] = .infinity
    file.hdus[0] = FITSOutputHDU(content: .image(.float64(pixels)))
    reports = []
    _ = try FITSReader.image(at: file.write("b.fits", in: scratch)) { reports.append($0) }
    #expect(reports[0].planes == "masked 2 (MASK; 1 not finite)", "\(reports)")
  }
}
