/// RGB pixels as a PNG file (PNG specification, 3rd edition), several times faster than libpng.
///
/// Each row is stored as its difference to the one above where that helps, as figures repeat rows a lot.
struct PNGEncoder {
  /// The whole file.
  private(set) var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// - Parameter pixels: 0x00RRGGBB, row after row from the top; `width * height` of them.
  init(_ pixels: [UInt32], width: Int, height: Int, dpi: Double) {
    chunk("IHDR", Self.big(width) + Self.big(height) + [8, 2, 0, 0, 0])
    let perMetre = min(max(dpi / 0.0254, 1), 1e9).rounded().wholeNumber
    chunk("pHYs", Self.big(perMetre) + Self.big(perMetre) + [1])
    chunk("IDAT", Self.compressed(pixels, width: width, height: height))
    chunk("IEND", [])
  }

  private static func big(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private mutating func chunk(_ name: String, _ data: [UInt8]) {
    bytes += Self.big(data.count)
    let start = bytes.count
    bytes += Array(name.utf8)
    bytes += data
    var sum: UInt32 = 0xFFFF_FFFF
    bytes.withUnsafeBufferPointer { bytes in
      Self.table.withUnsafeBufferPointer { table in
        for k in start..<bytes.count { sum = table[Int((sum ^ UInt32(bytes[k])) & 255)] ^ (sum >> 8) }
      }
    }
    bytes += Self.big(Int(~sum))
  }

  /// CRC-32 of each byte.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
  }

  private static func compressed(_ pixels: [UInt32], width: Int, height: Int) -> [UInt8] {
    var deflate = Deflate(expecting: pixels.count)
    var row = [UInt8](repeating: 0, count: 3 * width + 1)
    pixels.withUnsafeBufferPointer { pixels in
      row.withUnsafeMutableBufferPointer { row in
        for y in 0..<height {
          let start = y * width
          // Differences pay where most pixels equal the one above.
          var equal = 0
          if y > 0 {
            for x in 0..<width { equal += pixels[start + x] == pixels[start + x - width] ? 1 : 0 }
          }
          let isUp = equal * 4 > width
          row[0] = isUp ? 2 : 0
          for x in 0..<width {
            let pixel = pixels[start + x]
            let above = isUp ? pixels[start + x - width] : 0
            row[3 * x + 1] = UInt8(truncatingIfNeeded: pixel >> 16) &- UInt8(truncatingIfNeeded: above >> 16)
            row[3 * x + 2] = UInt8(truncatingIfNeeded: pixel >> 8) &- UInt8(truncatingIfNeeded: above >> 8)
            row[3 * x + 3] = UInt8(truncatingIfNeeded: pixel) &- UInt8(truncatingIfNeeded: above)
          }
          deflate.add(UnsafeBufferPointer(row))
        }
      }
    }
    return deflate.finish()
  }
}
