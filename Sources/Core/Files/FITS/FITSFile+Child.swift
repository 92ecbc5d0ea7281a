internal import CCFITSIO
import Foundation
import Kernels

extension FITSFile {
  /// The pixels of a tile-compressed HDU, unpacked in a child process: damaged data can kill cfitsio.
  ///
  /// - Throws: `CRSError` (file) when the data are damaged, or interrupted.
  func unpackPixels<Element: Sendable>(
    _ hdu: HDUDescription, as type: Int32, null: Element?, scaling: Scaling, work: Work?
  ) throws -> [Element] {
    if hdu.part != nil {
      // Each plane is unpacked by itself.
      let further = hdu.axes.dropFirst(2).reduce(1, *)
      guard further == 1 else {
        var pixels: [Element] = []
        for number in 0..<further {
          var plane = hdu
          plane.axes = Array(hdu.axes.prefix(2))
          plane.firstPixel += number * hdu.axes[0] * hdu.axes[1]
          pixels += try unpackPixels(plane, as: type, null: null, scaling: scaling, work: work)
        }
        return pixels
      }
    }
    let count = hdu.part.map { $0.x.count * $0.y.count } ?? hdu.axes.reduce(1, *)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflow else { throw CRSError.file("is too large", file: path, hdu: hdu.number) }
    let task = try ChildTask(file: self, hdu: hdu.number, bytes: bytes)
    return try withUnsafePointer(to: null) { pointer in
      try task.run(
        type: type, hdu, scaling, count: count, size: MemoryLayout<Element>.stride,
        null: null == nil ? nil : UnsafeRawPointer(pointer), work: work)
      return [Element](unsafeUninitializedCapacity: count) { buffer, initialised in
        if let target = buffer.baseAddress { memcpy(target, task.pixels, bytes) }
        initialised = count
      }
    }
  }
}

/// One child process and the memory that it shares with this one.
private final class ChildTask {
  private static let header = 4096
  private let memory: UnsafeMutableRawPointer
  private let size: Int
  private let file: FITSFile
  private let hdu: Int

  init(file: FITSFile, hdu: Int, bytes: Int) throws {
    let (size, overflow) = bytes.addingReportingOverflow(ChildTask.header)
    let flags = MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE
    guard !overflow, let memory = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED
    else {
      throw CRSError.noMemory(for: "the unpacked tiles of HDU \(hdu)", bytes: Double(bytes), file: file.path)
    }
    self.memory = memory
    self.size = size
    self.file = file
    self.hdu = hdu
    memory.storeBytes(of: -1, as: Int32.self)
  }

  deinit { munmap(memory, size) }

  var pixels: UnsafeMutableRawPointer { memory + ChildTask.header }

  func run(
    type: Int32, _ description: HDUDescription, _ scaling: Scaling, count: Int, size element: Int,
    null: UnsafeRawPointer?, work: Work?
  ) throws {
    let lengths = description.fullAxes
    let part = description.part.map {
      [$0.x.start, $0.x.step, $0.x.count, $0.y.start, $0.y.step, $0.y.count]
    }
    let tile = description.tiles?.tile ?? []
    let column = Int32(TileCompression.column("COMPRESSED_DATA", in: description.header) ?? 1)
    // Those whose damage cfitsio does not see.
    func tried(_ algorithm: String) -> Int32 { description.tiles?.algorithm == algorithm ? column : 0 }
    // cfitsio takes the parameters of RICE by their places.
    let rice = description.tiles.flatMap { tiles -> RiceTiles? in
      guard tiles.algorithm.hasPrefix("RICE") else { return nil }
      let rice = RiceTiles(description.header)
      return rice.areNamed ? rice : nil
    }
    // Also a small part may need a large tile.
    let tilePixels = tile.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    let bytes = max(
      size - ChildTask.header, part == nil ? 0 : 8 * min(tilePixels, 1 << 28),
      element * description.bandPixels)
    let spent = part == nil ? bytes : max(bytes, element * description.axes.reduce(1, *))
    let path = file.path
    let child = (file.disk?.bytes ?? [0]).withUnsafeBufferPointer { name in
      lengths.withUnsafeBufferPointer { lengths in
        tile.withUnsafeBufferPointer { tile in
          (part ?? []).withUnsafeBufferPointer { numbers in
            var task = crs_child_task(
              path: name.baseAddress, content: file.unpacked?.start, size: file.unpacked?.count ?? 0,
              hdu: Int32(hdu + 1), type: type, first: LONGLONG(description.firstPixel + 1),
              count: LONGLONG(count),
              null: null, scale: scaling.scale, zero: scaling.zero,
              hcompress: tried("HCOMPRESS_1"), plio: tried("PLIO_1"),
              rice_block: Int32(rice?.blockSize ?? 0), rice_bytes: Int32(rice?.bytes ?? 0),
              axes: Int32(min(lengths.count, tile.count)), length: lengths.baseAddress,
              tile: tile.baseAddress,
              part: part == nil ? nil : numbers.baseAddress, element: element,
              pixels: pixels, status: memory.assumingMemoryBound(to: Int32.self),
              message: (memory + 64).assumingMemoryBound(to: CChar.self),
              memory: UInt(ChildTask.addressSpace + 4 * bytes + 1 << 30),
              seconds: UInt(30 + spent / 5_000_000))
            return crs_start_child(&task)
          }
        }
      }
    }
    guard child > 0 else {
      throw CRSError.file("no process could be started to unpack it", file: path, hdu: hdu)
    }
    var ended: Int32 = 0
    var pause: UInt32 = 100
    while waitpid(child, &ended, WNOHANG) == 0 {
      if let work, work.cancellation.isRaised {
        kill(child, SIGKILL)
        waitpid(child, &ended, 0)
        throw work.cancellation.error
      }
      usleep(pause)
      pause = min(5000, pause * 5 / 4)
    }
    try work?.checkCancelled()
    let status = memory.load(as: Int32.self)
    guard status != 0 else { return }
    // Damaged data end the process or are seen by cfitsio (which calls it a program error in tiles of RICE), as memory
    // happens to be: that is one error.
    guard status > 1, status != DATA_DECOMPRESSION_ERR else {
      throw CRSError.file(
        "the compressed data are damaged: cfitsio cannot unpack them", file: path, hdu: hdu,
        hint: "get a fresh copy of the file")
    }
    let text = String(
      bytesOf: UnsafeMutableBufferPointer(
        start: (memory + 64).assumingMemoryBound(to: CChar.self), count: 81))
    ffpmsg(text)
    throw FITSLibrary.failure(status, "cannot unpack its pixels", file: path, hdu: hdu)
  }

  /// Bytes of address space in use, from which the child's limit counts.
  private static var addressSpace: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
      let pages = text.split(separator: " ").first.flatMap({ Int($0) })
    else { return 1 << 40 }
    return pages * Int(getpagesize())
  }
}
