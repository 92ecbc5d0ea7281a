import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// Tile-compressed images as they come: names, algorithms, damaged tiles.
@Suite struct FITSTileTests {
  private static let pixels = (0..<60).map { Int16($0 * 7 - 100) }
  private static let values = pixels.map { Float($0) + 0.25 }

  /// The name that a compressing program gives gives way to another (EXTNAME, HDUNAME).
  @Test func theOtherNameCounts() throws {
    let scratch = try ScratchFolder()
    for (cards, name) in [
      (["EXTNAME = 'COMPRESSED_IMAGE'", "EXTNAME = 'ccd00   '           / CCD number"], "ccd00"),
      (["EXTNAME = 'ccd00   '", "EXTNAME = 'COMPRESSED_IMAGE'"], "ccd00"),
      (["EXTNAME = 'compressed_image '", "EXTNAME = 'ccd00'"], "ccd00"),
      (["EXTNAME = 'COMPRESSED_IMAGE'", "HDUNAME = 'ccd00'"], "ccd00"),
      (["EXTNAME = ''", "EXTNAME = 'ccd00'"], "ccd00"),
      (["EXTNAME = 'COMPRESSED_IMAGE'"], "COMPRESSED_IMAGE"),
    ] {
      let bytes = RawFITS.tiles(RawFITS.bigEndian(Self.pixels), width: 6, bitpix: 16, cards: cards)
      let path = try scratch.write(bytes, "two.fits.fz")
      #expect(try FITSReader.listing(of: path)[1].name == name, "\(cards)")
      for way in [path + "[\(name.uppercased())]", path + "[\(name),1]"] {
        #expect(try FITSReader.image(at: way).width == 6)
      }
      #expect(try FITSReader.image(at: path, hdu: .name(name)).width == 6)
      let copy = scratch.file("copy.fits")
      let image = try FITSReader.image(at: path)
      try FITSWriter.write(FITSDocument(image: image), to: copy, overwrite: true)
      let again = try FITSReader.listing(of: copy)[1].name
      #expect(name == "COMPRESSED_IMAGE" ? again.isEmpty : again == name || cards[1].contains("HDUNAME"))
    }
  }

  @Test func plainTilesAreCopied() throws {
    let scratch = try ScratchFolder()
    func read(_ data: [UInt8], _ bitpix: Int, _ cards: [String] = []) throws -> Image {
      let bytes = RawFITS.tiles(data, width: 6, bitpix: bitpix, cards: cards)
      return try FITSReader.image(at: scratch.write(bytes, "n.fits"))
    }
    let shorts = RawFITS.bigEndian(Self.pixels)
    #expect(try read(shorts, 16).pixels.pixels == Self.pixels.map(Float.init))
    let unsigned = try read(shorts, 16, ["BZERO   =                32768"])
    #expect(unsigned.storedType == .uint16 && unsigned.pixels.pixels == Self.pixels.map { Float($0) + 32768 })
    let floats = RawFITS.bigEndian(Self.values.map(\.bitPattern))
    #expect(try read(floats, -32).pixels.pixels == Self.values)
    let doubles = RawFITS.bigEndian(Self.values.map { Double($0).bitPattern })
    #expect(try read(doubles, -64).exactPixels == .float64(Self.values.map(Double.init)))
    let longs = RawFITS.bigEndian(Self.pixels.map { Int64($0) << 40 })
    #expect(try read(longs, 64).exactPixels == .int64(Self.pixels.map { Int64($0) << 40 }))
    let section = try FITSReader.image(at: scratch.file("n.fits[1][2:3,4:5]"))
    #expect(section.shape == Shape(width: 2, height: 2))
  }

  /// FITS 4.0, section 10.2: the noise that was added before rounding is taken off again.
  @Test func quantisedTilesAreCopied() throws {
    let scratch = try ScratchFolder()
    func read(_ numbers: [Int32], bitpix: Int = -32, _ cards: [String]) throws -> [Float] {
      let scaled = ["ZSCALE  =                  2.0", "ZZERO   =                 10.0"] + cards
      let bytes = RawFITS.tiles(RawFITS.bigEndian(numbers), width: 3, bitpix: bitpix, cards: scaled)
      return try FITSReader.image(at: scratch.write(bytes, "q.fits")).pixels.pixels
    }
    #expect(try read([0, 1, -1], []) == [10, 12, 8])
    #expect(try read([0, 5, 1], ["ZBLANK  =                    5"])[1].isNaN)
    let noise: [Double] = [16807, 282_475_249, 1_622_650_073].map { $0 / 2_147_483_647 }
    for method in ["SUBTRACTIVE_DITHER_1", "SUBTRACTIVE_DITHER_2"] {
      let values = try read(
        [0, 1, -2_147_483_646], ["ZQUANTIZ= '\(method)'", "ZDITHER0=                    1"])
      #expect(abs(Double(values[0]) - (0.5 - noise[0]) * 2 - 10) < 1e-5)
      #expect(abs(Double(values[1]) - (1.5 - noise[1]) * 2 - 10) < 1e-5)
      #expect(method.hasSuffix("2") ? values[2] == 0 : values[2] < -4e9)
    }
    let later = try read([0, 0, 0], ["ZQUANTIZ= 'SUBTRACTIVE_DITHER_1'", "ZDITHER0=                    2"])
    // The second number is 0.1315: its noise begins at the 65th.
    #expect(later.allSatisfy { abs($0 - 10) <= 1 } && Set(later).count == 3)
  }

  /// The length of a list of more than 2^15 words stands in two of them; what says that it is longer than it is is damaged.
  @Test func longListsOfPLIO() throws {
    let scratch = try ScratchFolder()
    // The high value is set to 7 many times, and four pixels have it.
    let instructions: [Int16] = [[Int16]](repeating: [0x1007, 0], count: 16_500).flatMap { $0 } + [0x4004]
    func file(saying length: Int) -> [UInt8] {
      let header: [Int16] = [0, 7, -100, Int16(length % 32768), Int16(length / 32768), 0, 0]
      let words = header + instructions
      let cards =
        RawFITS.shape([8, 1], bitpix: 8) + [
          RawFITS.card("PCOUNT", 2 * words.count), RawFITS.card("GCOUNT", 1), RawFITS.card("TFIELDS", 1),
          "TTYPE1  = 'COMPRESSED_DATA'", "TFORM1  = '1PI(\(words.count))'", "ZIMAGE  =                    T",
          RawFITS.card("ZBITPIX", 16), RawFITS.card("ZNAXIS", 2), RawFITS.card("ZNAXIS1", 4),
          RawFITS.card("ZNAXIS2", 1), "ZCMPTYPE= 'PLIO_1'",
        ]
      let heap = RawFITS.bigEndian([Int32(words.count), 0]) + RawFITS.bigEndian(words)
      return RawFITS.hdu([RawFITS.card("BITPIX", 8), RawFITS.card("NAXIS", 0)])
        + RawFITS.hdu(cards, heap, start: "XTENSION= 'BINTABLE'")
    }
    let all = 7 + instructions.count
    let image = try FITSReader.image(at: scratch.write(file(saying: all), "long.fits"))
    #expect(image.pixels.pixels == [7, 7, 7, 7])
    let error = crsError { _ = try FITSReader.image(at: scratch.write(file(saying: all + 1), "longer.fits")) }
    #expect(error?.kind == .file)
  }

  @Test func whatCannotBeUnpackedIsNamed() throws {
    let scratch = try ScratchFolder()
    let floats = RawFITS.bigEndian(Self.values.map(\.bitPattern))
    for algorithm in ["RICE_1", "RICE_ONE", "PLIO_1", "HCOMPRESS_1"] {
      let (names, values) =
        algorithm == "HCOMPRESS_1" ? (["SCALE", "SMOOTH"], [0, 0]) : (["BLOCKSIZE", "BYTEPIX"], [32, 4])
      let cards = [0, 1].flatMap {
        ["ZNAME\($0 + 1)  = '\(names[$0])'", RawFITS.card("ZVAL\($0 + 1)", values[$0])]
      }
      let bytes = RawFITS.tiles(floats, width: 6, bitpix: -32, algorithm: algorithm, cards: cards)
      let error = crsError { _ = try FITSReader.image(at: scratch.write(bytes, "r.fits")) }
      #expect(
        error?.message.contains("\(algorithm) tiles hold whole numbers without ZSCALE") == true,
        "\(algorithm)")
    }
    for algorithm in ["BZIP2_1", "JPEG2000", "", "ZSTD_1"] {
      let bytes = RawFITS.tiles(floats, width: 6, bitpix: -32, algorithm: algorithm)
      let error = crsError { _ = try FITSReader.image(at: scratch.write(bytes, "r.fits")) }
      #expect(error?.kind == .file, "\(algorithm)")
    }
    // Tiles that are too short, or of the wrong number.
    var bytes = RawFITS.tiles(RawFITS.bigEndian(Self.pixels), width: 6, bitpix: 16)
    let row = bytes.count - 2880
    for (offset, value) in [(3, 10), (3, 13), (0, 127), (7, 255), (4, 128)] as [(Int, UInt8)] {
      var changed = bytes
      changed[row + offset] = value
      #expect(crsError { _ = try FITSReader.image(at: scratch.write(changed, "t.fits")) }?.kind == .file)
    }
    bytes = RawFITS.tiles(
      RawFITS.bigEndian(Self.pixels), width: 6, bitpix: 16, cards: ["ZTILE2  =                    2"])
    #expect(
      crsError { _ = try FITSReader.image(at: scratch.write(bytes, "t.fits")) }?.kind == .file)
  }

  /// cfitsio reads on behind tiles whose bits do not suffice: other pixels at each load.
  @Test func damagedHCompressTilesAreRefusedOrAlwaysTheSame() throws {
    let scratch = try ScratchFolder()
    let whole = try FITSFixtures.bytes("tiles_hcompress_1.fits")
    let expected = try FITSReader.image(at: FITSFixtures.path("tiles_hcompress_1.fits")).pixels
    let header = String(decoding: whole[2880..<whole.count], as: Unicode.ASCII.self)
    #expect(header.contains("HCOMPRESS_1"))
    let end = try #require(header.range(of: "END" + String(repeating: " ", count: 77)))
    let data = 2880 + (header.distance(from: header.startIndex, to: end.lowerBound) / 2880 + 1) * 2880
    let length = whole[data..<data + 4].reduce(0) { $0 << 8 | Int($1) }
    var refused = 0
    for shorter in [length - 1, length * 9 / 10, length / 2, length / 10] {
      var changed = whole
      for k in 0..<4 { changed[data + k] = UInt8(truncatingIfNeeded: shorter >> (24 - 8 * k)) }
      let path = try scratch.write(changed, "short.fits")
      let loads = (0..<3).map { _ in try? FITSReader.image(at: path).pixels }
      #expect(loads[0] == loads[1] && loads[0] == loads[2], "\(shorter)")
      if loads[0] == nil { refused += 1 }
    }
    #expect(refused >= 3)
    var random = SeededRandom(seed: 11)
    for _ in 0..<25 {
      var changed = whole
      for _ in 0..<3 {
        changed[Int.random(in: data..<whole.count, using: &random)] ^=
          1 << UInt8.random(in: 0..<8, using: &random)
      }
      let path = try scratch.write(changed, "damaged.fits")
      #expect((try? FITSReader.image(at: path).pixels) == (try? FITSReader.image(at: path).pixels))
    }
    #expect(try FITSReader.image(at: FITSFixtures.path("tiles_hcompress_1.fits")).pixels == expected)
  }

  /// Numbers that the type of the image does not have come from damaged tiles.
  @Test func pixelsOutsideZBITPIXAreRefused() throws {
    let scratch = try ScratchFolder()
    let image = Image(pixels: Plane(width: 40, height: 3, repeating: 1000), storedType: .int16)
    let path = scratch.file("tiles.fits.fz")
    try FITSWriter.write(FITSDocument(image: image), to: path, overwrite: false, checksums: false)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let card = Array("ZBITPIX =                   16".utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: card) })
    bytes.replaceSubrange(place..<place + 30, with: Array("ZBITPIX =                    8".utf8))
    let error = crsError { _ = try FITSReader.image(at: scratch.write(bytes, "eight.fits")) }
    #expect(error?.hdu == 1 && error?.expected == "0 to 255, as uint8")
  }

  /// Pixel lists that are empty, too long or too short for their tiles: cfitsio would leave pixels as the memory was.
  @Test func damagedPixelListsAreNoPixels() throws {
    let whole = try FITSFixtures.bytes("tiles_plio_1.fits")
    let scratch = try ScratchFolder()
    func outcome(_ bytes: [UInt8]) throws -> [Float]? {
      let path = try scratch.write(bytes, "p.fits")
      var pixels: [Float]?
      let error = crsError { pixels = try FITSReader.image(at: path).pixels.pixels }
      #expect((error?.kind ?? .file) == .file)
      return pixels
    }
    #expect(try outcome(whole) == FITSReader.image(at: FITSFixtures.path("tiles_plio_1.fits")).pixels.pixels)
    // The heap is what is not 0 behind the last header.
    let text = String(decoding: whole, as: UTF8.self)
    let file = try #require(text.contains("PLIO_1") ? whole : nil)
    let last = try #require(file.lastIndex { $0 != 0 })
    var empty = file
    for i in max(0, last - 80)...last { empty[i] = 0 }
    #expect(try outcome(empty) == nil)
    var random = SeededRandom(seed: 5)
    for _ in 0..<60 {
      var damaged = file
      for _ in 0..<3 {
        let place = last - Int.random(in: 0..<200, using: &random)
        damaged[place] = UInt8.random(in: 0...255, using: &random)
      }
      // Whatever was read is the same when it is read again.
      #expect(try outcome(damaged) == outcome(damaged))
    }
  }

  /// BLOCKSIZE and BYTEPIX count by their names, as astropy reads them, wherever they stand.
  @Test func parametersOfRICETilesAreJudged() throws {
    let scratch = try ScratchFolder()
    let pixels = (0..<720).map { Float($0 * 7 % 300) }
    let image = Image(pixels: Plane(width: 30, height: 24, pixels: pixels), storedType: .int16)
    try FITSWriter.write(
      FITSDocument(image: image, pixelType: .int16), to: scratch.file("w.fits"), overwrite: false,
      compression: .tiles,
      checksums: false)
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.file("w.fits"))))
    let text = String(decoding: whole.map { $0 < 128 ? $0 : 63 }, as: UTF8.self)
    try #require(text.contains("RICE_1"))
    func changed(_ cards: [(key: String, card: String)]) throws -> String {
      var bytes = whole
      for (key, card) in cards {
        let place = try #require(
          text.utf8.firstRange(of: (key + (key.hasPrefix("ZVAL") ? "   " : "  ")).utf8)
        ).lowerBound
        let start = text.utf8.distance(from: text.utf8.startIndex, to: place)
        bytes.replaceSubrange(
          start..<start + 80, with: Array((card + String(repeating: " ", count: 80)).utf8.prefix(80)))
      }
      return try scratch.write(bytes, "c.fits")
    }
    func value(_ key: String, _ number: Int) -> (String, String) { (key, "\(key)   = \(number)") }
    let turned = [("ZNAME1", "ZNAME1  = 'BYTEPIX '"), ("ZNAME2", "ZNAME2  = 'BLOCKSIZE'")]
    // What is not named has the default of FITS: 32 pixels, 4 bytes.
    let sizeAlone = [
      ("ZNAME1", "ZNAME1  = 'BYTEPIX '"), value("ZVAL1", 2), ("ZNAME2", "COMMENT"), ("ZVAL2", "COMMENT"),
    ]
    for cards in [
      [], turned + [value("ZVAL1", 2), value("ZVAL2", 32)],
      turned + [value("ZVAL1", 2), ("ZVAL2", "COMMENT")],
      sizeAlone,
    ] {
      #expect(try FITSReader.image(at: changed(cards)).pixels.pixels == pixels)
    }
    // Bits of noise, which old files of real numbers name, are no bytes of a pixel.
    let bits = [("ZNAME2", "ZNAME2  = 'NOISEBIT'")]
    for cards in [bits + [value("ZVAL2", 16)], bits + [value("ZVAL2", 4)]] {
      let error = crsError { _ = try FITSReader.image(at: changed(cards)) }
      #expect(
        error?.message.contains("cfitsio cannot unpack them") == true, "\(error?.description ?? "none")")
    }
    for (cards, told) in [
      (bits + [value("ZVAL2", 2)], "do not stand as cfitsio reads them"),
      ([value("ZVAL2", 8)], "BYTEPIX of its RICE tiles is 8"),
      ([value("ZVAL2", 3)], "BYTEPIX of its RICE tiles is 3"),
      ([value("ZVAL2", 1)], "BYTEPIX of its RICE tiles is 1, although ZBITPIX is 16"),
    ] {
      let path = try changed(cards)
      for name in [path, path + "[1][2:3,4:5]"] {
        let error = crsError { _ = try FITSReader.image(at: name) }
        #expect(error?.hdu == 1 && error?.message.contains(told) == true, "\(error?.description ?? "none")")
      }
    }
  }

  /// Planes of unsigned numbers in tiles are passed on as they are stored, with the BZERO that says what they mean.
  @Test func planesInTilesKeepTheirNumbers() throws {
    let scratch = try ScratchFolder()
    for type in [PixelType.uint16, .uint32] {
      let largest: Int64 = type == .uint16 ? 32769 : 2_147_483_649
      let numbers: [Int64] = (0..<48).map { $0 == 5 ? 4 : $0 == 40 ? largest : 0 }
      var header = Header()
      header.set("EXTNAME", .text("DQ"))
      let plane = Image(
        pixels: Plane(width: 8, height: 6, pixels: numbers.map { Float($0) }), header: header,
        storedType: type,
        exactPixels: .int64(numbers))
      let packed = scratch.file("dq.fits")
      try FITSWriter.write(
        FITSDocument(image: plane, pixelType: type), to: packed, overwrite: true, compression: .tiles)
      let path = scratch.file("a.fits")
      try FITSWriter.write(
        FITSDocument(image: Image(pixels: Plane(width: 8, height: 6, repeating: 10))), to: path,
        overwrite: true)
      let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
      let tiles = try [UInt8](Data(contentsOf: URL(fileURLWithPath: packed))).dropFirst(2880)
      _ = try scratch.write(bytes + tiles, "a.fits")
      let image = try FITSReader.image(at: path)
      let flags = numbers.map { UInt8($0 == 0 ? 0 : 1) }
      #expect(image.mask?.plane.pixels == flags, "\(type)")
      let copy = scratch.file("copy.fits")
      try FITSWriter.write(FITSDocument(image: image), to: copy, overwrite: true)
      #expect(try FITSReader.image(at: copy).mask?.plane.pixels == flags, "\(type)")
      let read = try FITSReader.image(at: copy, hdu: .name("DQ"))
      #expect(read.exactValues.pixels == numbers.map { Double($0) } && read.storedType == type, "\(type)")
    }
  }
}
