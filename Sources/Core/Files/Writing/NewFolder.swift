import Glibc
import Kernels

/// Folders for what is written.
package enum NewFolder {
  /// Makes a folder, and those above it, unless it is there.
  ///
  /// - Throws: `CRSError` (file).
  package static func make(_ path: String) throws {
    var facts = stat()
    if stat(path, &facts) == 0 {
      guard facts.st_mode & S_IFMT == S_IFDIR else {
        throw CRSError.file("is not a folder", file: path, expected: "a folder, or a name that is free")
      }
      return
    }
    let parent = path.folder
    if errno == ENOENT, !parent.isEmpty, parent != path { try make(parent) }
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw CRSError.file("the folder cannot be made: \(CRSError.reason(errno))", file: path)
    }
  }
}
