internal import CZlib
import Kernels

/// Writes one gzip stream (RFC 1952) whose pieces are compressed side by side.
///
/// Every piece ends at a byte, so that they join to one deflate stream; the bytes are the same for any number of
/// threads.
enum GzipStream {
  private static let piece = 1 << 20

  /// - Throws: `CRSError`: file when the disk does not take it, interrupted.
  static func write(_ bytes: UnsafeRawBufferPointer, to output: AtomicFile, work: Work) throws {
    nonisolated(unsafe) let bytes = bytes
    // Magic number, deflate, no flags, no time, unknown system.
    try output.append([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
    var sum = crc32(0, nil, 0)
    let pieces = max(1, (bytes.count + piece - 1) / piece)
    let batch = 4 * max(1, work.threads)
    for first in stride(from: 0, to: pieces, by: batch) {
      let count = min(batch, pieces - first)
      let results = OrderedResults<(data: [UInt8], sum: UInt)>(count)
      try work.forTiles(count, size: 1) { tile in
        for k in tile {
          let start = (first + k) * piece
          let part = UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + piece)])
          results.set(k, compressed(part, isLast: first + k == pieces - 1))
        }
      }
      for (k, result) in results.values.enumerated() {
        let size = min(bytes.count, (first + k + 1) * piece) - (first + k) * piece
        sum = crc32_combine(sum, result.sum, size)
        try output.append(result.data)
      }
    }
    let ends = [UInt32(truncatingIfNeeded: sum), UInt32(truncatingIfNeeded: bytes.count)]
    try output.append(ends.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } })
  }

  private static func compressed(_ part: UnsafeRawBufferPointer, isLast: Bool) -> (data: [UInt8], sum: UInt) {
    let source = UnsafeMutablePointer(mutating: part.bindMemory(to: UInt8.self).baseAddress)
    let sum = crc32(0, source, UInt32(part.count))
    var stream = z_stream()
    crs_deflate_raw(&stream)
    defer { deflateEnd(&stream) }
    let data = [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(part.count))) + 64) {
      out, count in
      (stream.next_in, stream.avail_in) = (source, UInt32(part.count))
      (stream.next_out, stream.avail_out) = (out.baseAddress, UInt32(out.count))
      deflate(&stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
      count = out.count - Int(stream.avail_out)
    }
    return (data, sum)
  }
}
