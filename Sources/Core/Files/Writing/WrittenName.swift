import Glibc
import Kernels

/// Where the bytes of a name go that somebody wants to write.
package struct WrittenName {
  /// The file behind symbolic links, whether it is there or not.
  let target: String
  /// Of the target.
  let folder: String
  let exists: Bool

  /// - Throws: `CRSError` (file) for folders, devices and FIFOs, names that no file can have, and folders that are not
  ///   there or do not take files.
  init(_ path: String) throws {
    guard !path.isEmpty, !path.hasSuffix("/"), !path.utf8.contains(0) else {
      throw CRSError.file("not a usable file name", file: String(path.prefix(80)))
    }
    try WrittenName.check(path)
    var facts = stat()
    if stat(path, &facts) == 0 {
      guard facts.st_mode & S_IFMT == S_IFREG else { throw CRSError.notAFile(path, facts.st_mode) }
      exists = true
    } else {
      guard errno == ENOENT else { throw CRSError.writing(path, errno) }
      exists = false
    }
    target = try WrittenName.followed(path)
    // cfitsio takes no longer ones.
    guard target.utf8.count < 950 else {
      throw CRSError.file("not a usable file name: too long", file: String(path.prefix(80)))
    }
    let name = target.folder
    folder = name.isEmpty ? "." : name
    guard access(folder, W_OK | X_OK) == 0 else {
      throw CRSError.file("cannot write into the folder '\(folder)': \(CRSError.reason(errno))", file: path)
    }
  }

  /// Refuses names that mean more than a name to other programs (`!name`, `name[compress]`, `mem://name`).
  ///
  /// - Throws: `CRSError` (file) with the way to get what was meant.
  package static func check(_ path: String) throws {
    if path.hasPrefix("!") {
      throw CRSError.file(
        "a leading '!' is not part of a name", file: path,
        hint: "overwrite=yes replaces a file; './\(path.prefix(40))' is a file whose name begins with '!'")
    }
    if path.hasSuffix("]"), path.contains("[") {
      throw CRSError.file(
        "brackets at the end are not part of a name", file: path,
        hint: "compress=tiles or compress=gzip compresses the file")
    }
    if path.contains("\u{FFFD}") {
      throw CRSError.file(
        "is not written: some bytes of the name are no UTF-8, so that two names may read so", file: path,
        expected: "a name in UTF-8")
    }
    if let scheme = path.range(of: "://"),
      path[..<scheme.lowerBound].allSatisfy({ $0.isLetter || $0.isNumber })
    {
      throw CRSError.file("is not written", file: path, expected: "a file on this machine")
    }
  }

  private static func followed(_ path: String) throws -> String {
    var name = path
    for _ in 0..<40 {
      var facts = stat()
      guard lstat(name, &facts) == 0, facts.st_mode & S_IFMT == S_IFLNK else { return name }
      var text = [CChar](repeating: 0, count: 4096)
      let count = readlink(name, &text, text.count)
      guard count > 0 else { throw CRSError.writing(path, errno) }
      let destination = String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let folder = name.folder
      name = destination.hasPrefix("/") || folder.isEmpty ? destination : folder + "/" + destination
    }
    throw CRSError.writing(path, ELOOP)
  }
}
