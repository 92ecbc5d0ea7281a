internal import CDeflate
import Kernels

/// RGB pixels as a PNG file (PNG specification, 3rd edition).
///
/// Figures repeat themselves a lot: libdeflate finds that better in the pixels than in their differences.
struct PNGEncoder {
  /// The whole file.
  private(set) var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Of libdeflate, 1 to 12: higher ones take longer and make figures hardly smaller.
  private static let level: Int32 = 2

  /// - Parameter pixels: 0x00RRGGBB, row after row from the top; `width * height` of them.
  /// - Throws: `CRSError` (data) when memory is short.
  init(_ pixels: [UInt32], width: Int, height: Int, dpi: Double) throws {
    chunk("IHDR", Self.big(width) + Self.big(height) + [8, 2, 0, 0, 0])
    let perMetre = min(max(dpi / 0.0254, 1), 1e9).rounded().wholeNumber
    chunk("pHYs", Self.big(perMetre) + Self.big(perMetre) + [1])
    chunk("IDAT", try Self.compressed(Self.rows(pixels, width: width, height: height)))
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
    let sum = bytes.withUnsafeBytes { bytes in
      bytes.baseAddress.map { libdeflate_crc32(0, $0 + start, bytes.count - start) } ?? 0
    }
    bytes += Self.big(Int(sum))
  }

  /// Red, green and blue of each row, behind a 0: rows are not filtered.
  private static func rows(_ pixels: [UInt32], width: Int, height: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: (3 * width + 1) * height) { out, count in
      for y in 0..<height {
        out[count] = 0
        count += 1
        for pixel in pixels[y * width..<(y + 1) * width] {
          out[count] = UInt8(truncatingIfNeeded: pixel >> 16)
          out[count + 1] = UInt8(truncatingIfNeeded: pixel >> 8)
          out[count + 2] = UInt8(truncatingIfNeeded: pixel)
          count += 3
        }
      }
    }
  }

  /// A zlib stream (RFC 1950).
  private static func compressed(_ rows: [UInt8]) throws -> [UInt8] {
    guard let compressor = libdeflate_alloc_compressor(level) else {
      throw CRSError.noMemory(for: "the pixels of a figure", bytes: 2 * Double(rows.count))
    }
    defer { libdeflate_free_compressor(compressor) }
    return [UInt8](unsafeUninitializedCapacity: libdeflate_zlib_compress_bound(compressor, rows.count)) {
      out, count in
      count = libdeflate_zlib_compress(compressor, rows, rows.count, out.baseAddress, out.count)
    }
  }
}
