import Glibc
import Kernels

/// A file that grows by whole pieces, to which several processes may append.
package struct AppendedFile: Sendable, Equatable {
  package let path: String
  private let mode: mode_t

  /// - Parameter isPrivate: whether only its owner can read a new file.
  package init(path: String, isPrivate: Bool = false) {
    self.path = path
    mode = isPrivate ? 0o600 : 0o644
  }

  /// Appends what `piece` makes when no other process does; it is told whether the file is empty.
  ///
  /// - Throws: `CRSError` (file) for folders, devices and FIFOs, and when the disk does not take the piece: the file is
  ///   as it was then, a new one is not there.
  package func append(_ piece: (_ isEmpty: Bool) -> [UInt8]) throws {
    var facts = stat()
    let isThere = stat(path, &facts) == 0
    if isThere, facts.st_mode & S_IFMT != S_IFREG { throw CRSError.notAFile(path, facts.st_mode) }
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, mode)
    guard file >= 0 else { throw CRSError.writing(path, errno) }
    defer { close(file) }
    while flock(file, LOCK_EX) != 0, errno == EINTR {}
    let size = lseek(file, 0, SEEK_END)
    let bytes = piece(size == 0)
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes {
        write(file, $0.baseAddress.map { $0 + done }, bytes.count - done)
      }
      if written < 0, errno != EINTR {
        let code = errno
        ftruncate(file, size)
        if !isThere, size == 0 { unlink(path) }
        throw CRSError.writing(path, code)
      }
      done += max(0, written)
    }
  }
}
