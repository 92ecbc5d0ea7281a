import Foundation
import Kernels
import Synchronization

/// A file that appears under its name only when it is complete.
///
/// Bytes go to a temporary file in the same folder; `commit` renames it. Without `commit` the old file stays.
package final class ReplacedFile {
  let path: String
  private let temporary: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private var failure: Int32 = 0
  private static let counter = Atomic<Int>(0)

  /// - Throws: `CRSError` (file) when the folder does not take new files.
  package init(path: String) throws {
    self.path = path
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
    temporary = folder + ".crs-\(getpid())-\(number).part"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw CRSError.file("cannot be written: \(String(cString: strerror(errno)))", file: path)
    }
    buffer.reserveCapacity(1 << 16)
  }

  /// Takes bytes over; false after a failed write.
  package func append(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    buffer.append(contentsOf: bytes)
    if buffer.count >= 1 << 16 { flush() }
    return failure == 0
  }

  /// - Throws: `CRSError` (file) once a write has failed.
  package func check() throws {
    guard failure == 0 else {
      throw CRSError.file("cannot be written: \(String(cString: strerror(failure)))", file: path)
    }
  }

  /// Gives the complete file its name.
  package func commit() throws {
    flush()
    if descriptor >= 0, close(descriptor) != 0, failure == 0 { failure = errno }
    descriptor = -1
    try check()
    guard rename(temporary, path) == 0 else {
      throw CRSError.file("cannot be written: \(String(cString: strerror(errno)))", file: path)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    unlink(temporary)
  }

  private func flush() {
    guard failure == 0, descriptor >= 0 else { return }
    buffer.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      var done = 0
      while done < bytes.count {
        let written = write(descriptor, start + done, bytes.count - done)
        if written > 0 {
          done += written
        } else if written == 0 || errno != EINTR {
          failure = written == 0 ? ENOSPC : errno
          return
        }
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
