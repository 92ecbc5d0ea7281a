internal import CZlib
import Foundation
import Kernels

/// Bytes in memory of C, freed with the last reference.
final class HeapBytes {
  private(set) var start: UnsafeMutableRawPointer?
  private(set) var count = 0
  private var capacity = 0
  /// Bytes of the packed file behind its data, where they are no zeros.
  var bytesBehind = 0

  /// - Parameter capacity: bytes for which room is made at once; more is made when they are needed.
  init(capacity: Int) { reserve(capacity) }

  deinit { free(start) }

  /// Room behind the bytes so far, at least 64 kB; nil when there is no memory.
  func room() -> UnsafeMutableRawBufferPointer? {
    if capacity - count < 1 << 16 { reserve(max(capacity + capacity / 2, count + 1 << 20)) }
    guard let start, capacity - count >= 1 << 16 else { return nil }
    return UnsafeMutableRawBufferPointer(start: start + count, count: capacity - count)
  }

  /// Takes over bytes that were written into `room`.
  func advance(by written: Int) { count += written }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  private func reserve(_ wanted: Int) {
    guard wanted > capacity, let grown = realloc(start, wanted) else { return }
    (start, capacity) = (grown, wanted)
  }
}

/// Unpacks files that gzip or compress made, whole.
enum UnpackedFile {
  /// - Parameter check: looks at the first bytes, so that nothing is unpacked in vain.
  /// - Throws: `CRSError` (file) when the data are damaged or end early, or do not fit into memory; interrupted;
  ///   what `check` throws.
  static func read(
    _ file: DiskName, isGzip: Bool, work: Work?, check: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> HeapBytes {
    guard let source = fopen(file.bytes, "rbe") else {
      throw CRSError.file(String(cString: strerror(errno)), file: file.text)
    }
    defer { fclose(source) }
    if !isGzip {
      let output = try LZWStream.unpack(source, file, work)
      try check(output.bytes)
      return output
    }
    return try gzip(source, file, work, check)
  }

  /// - Throws: `CRSError` (file) when the bytes fill what memory was available.
  static func checkSize(_ bytes: HeapBytes, of memory: Int, _ file: DiskName) throws {
    guard bytes.count < memory else { throw tooLarge(file, after: bytes.count) }
  }

  /// Bytes of memory that programs may still take, as the system sees it.
  static func availableMemory() -> Int {
    Memory.available
  }

  /// - Parameter bytes: how many there are so far; how many there would be nobody knows.
  static func tooLarge(_ file: DiskName, after bytes: Int) -> CRSError {
    .file(
      "needs more than \(Memory.text(Double(bytes))) of memory when it is unpacked, "
        + "\(Memory.text(Double(availableMemory()))) are available", file: file.text,
      hint: "unpack it on disk")
  }

  /// All members, one behind the other; what follows the last one is no data (RFC 1952).
  private static func gzip(
    _ source: UnsafeMutablePointer<FILE>, _ file: DiskName, _ work: Work?,
    _ check: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> HeapBytes {
    var facts = stat()
    let packed = fstat(fileno(source), &facts) == 0 ? Int(facts.st_size) : 0
    let memory = availableMemory()
    let output = HeapBytes(capacity: min(4 * packed + 1 << 16, 1 << 30))
    var stream = z_stream()
    guard crs_inflate_gzip(&stream) == Z_OK else { throw tooLarge(file, after: 0) }
    defer { inflateEnd(&stream) }
    var input = [UInt8](repeating: 0, count: 1 << 18)
    var (start, end) = (0, 0)
    /// Moves what is left to the front and reads on; false at the end of the file.
    func refill() -> Bool {
      input.withUnsafeMutableBytes { buffer in
        guard let base = buffer.baseAddress else { return }
        memmove(base, base + start, end - start)
        end -= start
        start = 0
        end += fread(base + end, 1, buffer.count - end, source)
      }
      return end > 0
    }
    var members = 0
    while end - start >= 18 || refill() {
      // Zeros or other bytes behind a member are padding of tapes and transfers.
      guard end - start >= 2, input[start] == 0x1F, input[start + 1] == 0x8B else { break }
      if members > 0 { inflateReset(&stream) }
      members += 1
      var status = Z_OK
      while status == Z_OK {
        try work?.checkCancelled()
        if start == end, !refill() { throw damaged("ends before its data do", file) }
        guard let room = output.room() else { throw tooLarge(file, after: output.count) }
        let given = end - start
        let length = min(room.count, 1 << 24)
        status = input.withUnsafeMutableBufferPointer { buffer in
          stream.next_in = buffer.baseAddress.map { $0 + start }
          stream.avail_in = UInt32(given)
          stream.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
          stream.avail_out = UInt32(length)
          return inflate(&stream, Z_NO_FLUSH)
        }
        start += given - Int(stream.avail_in)
        let before = output.count
        output.advance(by: length - Int(stream.avail_out))
        if before < 2880, output.count >= 2880 { try check(output.bytes) }
        try checkSize(output, of: memory, file)
        if status == Z_BUF_ERROR { status = Z_OK }
      }
      guard status == Z_STREAM_END else { throw damaged("is damaged", file) }
    }
    if output.count < 2880 { try check(output.bytes) }
    output.bytesBehind = rest(input[start..<end], source)
    return output
  }

  /// How many bytes are left; 0 where all of them are zeros, which fill blocks of tapes.
  private static func rest(_ read: ArraySlice<UInt8>, _ source: UnsafeMutablePointer<FILE>) -> Int {
    var (count, isJunk) = (read.count, read.contains { $0 != 0 })
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while case let length = fread(&block, 1, block.count, source), length > 0 {
      count += length
      isJunk = isJunk || block[..<length].contains { $0 != 0 }
    }
    return isJunk ? count : 0
  }

  /// The bytes of one gzip member in memory; nil unless they are that many.
  static func gzip(_ packed: [UInt8], count: Int) -> [UInt8]? {
    var stream = z_stream()
    guard crs_inflate_gzip(&stream) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var packed = packed
    var output = [UInt8](repeating: 0, count: count)
    let status = packed.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { room in
        (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(clamping: input.count))
        (stream.next_out, stream.avail_out) = (room.baseAddress, UInt32(clamping: room.count))
        return inflate(&stream, Z_FINISH)
      }
    }
    return status == Z_STREAM_END && stream.avail_out == 0 ? output : nil
  }

  static func damaged(_ what: String, _ file: DiskName) -> CRSError {
    .file("the packed file \(what)", file: file.text, hint: "get a fresh copy of the file")
  }
}
