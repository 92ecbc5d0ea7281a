import Glibc
import Kernels

/// Folders for what is written.
package enum NewFolder {
  /// Makes a folder, and those above it, unless it is there.
  ///
  /// - Returns: the folders made, the outer ones first.
  /// - Throws: `CRSError` (file).
  @discardableResult
  package static func make(_ path: String) throws -> [String] {
    guard try !isThere(path) else { return [] }
    let parent = path.folder
    var made = [ENOENT, ENOTDIR].contains(errno) && !parent.isEmpty && parent != path ? try make(parent) : []
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw failure(path) }
    made.append(path)
    return made
  }

  /// Whether a folder can be made, or is there: said before the calculation whose products go into it.
  ///
  /// - Throws: as `make`.
  package static func check(_ path: String) throws {
    guard try !isThere(path) else { return }
    guard [ENOENT, ENOTDIR].contains(errno) else { throw failure(path) }
    let parent = path.folder
    if parent.isEmpty || parent == path {
      guard access(".", W_OK | X_OK) == 0 else { throw failure(path) }
    } else if try isThere(parent) {
      guard access(parent, W_OK | X_OK) == 0 else { throw failure(path) }
    } else {
      try check(parent)
    }
  }

  /// - Throws: `CRSError` (file) for what is no folder.
  private static func isThere(_ path: String) throws -> Bool {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return false }
    guard facts.st_mode & S_IFMT == S_IFDIR else {
      throw CRSError.file("is not a folder", file: path, expected: "a folder, or a name that is free")
    }
    return true
  }

  private static func failure(_ path: String) -> CRSError {
    .file("the folder cannot be made: \(CRSError.reason(errno))", file: path)
  }
}
