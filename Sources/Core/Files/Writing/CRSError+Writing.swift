import Glibc
import Kernels

extension CRSError {
  /// The one sentence for a name that is taken, and for others beside it.
  package static func exists(
    _ path: String, and others: [String] = [], expected: String? = nil,
    hint: String? = CRSError.replaceHint
  ) -> CRSError {
    let shown = others.count > 6 ? others.prefix(4) + ["\(others.count - 4) more"] : others[...]
    let list =
      shown.dropLast().joined(separator: ", ") + (shown.count > 1 ? " and " : "") + (shown.last ?? "")
    let beside = others.isEmpty ? "" : ", and so \(others.count == 1 ? "does" : "do") " + list
    return .file("exists already" + beside, file: path, expected: expected, hint: hint)
  }

  /// For a file that its permissions do not allow to change.
  static func writeProtected(_ path: String) -> CRSError {
    .file(
      "is write-protected: it is not replaced", file: path, expected: "a file that you may write",
      hint: "another name, or chmod u+w if it may be replaced")
  }

  /// How a single file is replaced.
  package static let replaceHint = "overwrite=yes replaces it"

  /// A folder, a device, a FIFO, of which `mode` tells.
  static func notAFile(_ path: String, _ mode: mode_t) -> CRSError {
    .file(
      mode & S_IFMT == S_IFDIR ? "is a folder" : "is not a regular file", file: path,
      expected: "the name of a file")
  }

  /// Why a file could not be written, from the system's number.
  static func writing(_ path: String, _ code: Int32) -> CRSError {
    code == EEXIST ? .exists(path) : .file("cannot be written: \(reason(code))", file: path)
  }

  /// What the system's number means to somebody who writes.
  static func reason(_ code: Int32) -> String {
    switch code {
    case ENOSPC: "the disk is full"
    case EDQUOT: "the quota of disk space is used up"
    case EFBIG: "it grows beyond the largest size that a file may have here"
    case EROFS: "the disk is read-only"
    default: String(cString: strerror(code))
    }
  }
}
