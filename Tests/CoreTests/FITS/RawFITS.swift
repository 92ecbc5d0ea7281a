import Foundation

/// FITS files from cards and data as they stand, right or wrong.
enum RawFITS {
  /// One HDU; `start` is SIMPLE or XTENSION.
  static func hdu(_ cards: [String], _ data: [UInt8] = [], start: String = "SIMPLE  =                    T")
    -> [UInt8]
  {
    let lines = [start] + cards + ["END"]
    var bytes = lines.flatMap { line -> [UInt8] in
      let text = line.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
      return Array((text + [UInt8](repeating: 32, count: 80)).prefix(80))
    }
    bytes += [UInt8](repeating: 32, count: (2880 - bytes.count % 2880) % 2880) + data
    return bytes + [UInt8](repeating: 0, count: (2880 - bytes.count % 2880) % 2880)
  }

  /// A primary image of 16-bit integers, with further cards behind the structure.
  static func image<Value: FixedWidthInteger>(_ pixels: [Value], width: Int, cards: [String] = []) -> [UInt8]
  {
    hdu(shape([width, pixels.count / width], bitpix: Value.bitWidth) + cards, bigEndian(pixels))
  }

  /// A tile-compressed image of 16-bit integers or floats behind an empty primary HDU, a row a tile, as they are
  /// (NOCOMPRESS) unless the cards say otherwise.
  static func tiles(
    _ data: [UInt8], width: Int, bitpix: Int, algorithm: String = "NOCOMPRESS", cards: [String] = []
  )
    -> [UInt8]
  {
    let row = width * abs(bitpix) / 8
    let rows = data.count / row
    let structure =
      shape([8, rows], bitpix: 8) + [
        card("PCOUNT", data.count), card("GCOUNT", 1), card("TFIELDS", 1), "TTYPE1  = 'COMPRESSED_DATA'",
        "TFORM1  = '1PB(\(row))'", "ZIMAGE  =                    T", card("ZBITPIX", bitpix),
        card("ZNAXIS", 2),
        card("ZNAXIS1", width), card("ZNAXIS2", rows), "ZCMPTYPE= '\(algorithm)'",
      ]
    let places = (0..<rows).flatMap { bigEndian([Int32(row), Int32(row * $0)]) }
    return hdu([card("BITPIX", 8), card("NAXIS", 0)])
      + hdu(structure + cards, places + data, start: "XTENSION= 'BINTABLE'")
  }

  static func shape(_ axes: [Int], bitpix: Int) -> [String] {
    [card("BITPIX", bitpix), card("NAXIS", axes.count)]
      + axes.enumerated().map { card("NAXIS\($0.offset + 1)", $0.element) }
  }

  static func card(_ name: String, _ value: Int) -> String {
    let text = "\(value)"
    return name.padding(toLength: 8, withPad: " ", startingAt: 0) + "= "
      + String(repeating: " ", count: max(0, 20 - text.count)) + text
  }

  static func bigEndian<Value: FixedWidthInteger>(_ values: [Value]) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: value.bigEndian) { Array($0) } }
  }

  /// A gzip member that stores the bytes as they are.
  static func gzipMember(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var rest = bytes[...]
    repeat {
      let piece = rest.prefix(65535)
      rest = rest.dropFirst(piece.count)
      let count = UInt16(piece.count)
      out += [rest.isEmpty ? 1 : 0] + littleEndian(count) + littleEndian(~count) + piece
    } while !rest.isEmpty
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return out + littleEndian(~sum) + littleEndian(UInt32(bytes.count))
  }

  private static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
