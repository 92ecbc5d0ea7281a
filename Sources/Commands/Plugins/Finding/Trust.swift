import Files
import Glibc
import Kernels

/// Whether only root and the user can have written what a name stands for.
///
/// Every folder on the way is looked at, since who can write it can put something else there; links are followed, and
/// their targets and the ways to them judged alike.
enum Trust {
  /// The path without links.
  ///
  /// - Throws: `CRSError` (file) that says who else could write what; file too for what is not there.
  static func resolved(_ path: String) throws -> String {
    var done = ""
    var rest = path.split(separator: "/").map(String.init)[...]
    try judge("/", named: path)
    var links = 0
    while let name = rest.popFirst() {
      if name == "." { continue }
      if name == ".." {
        done = done.folder
        continue
      }
      let next = done + "/" + name
      var facts = stat()
      guard lstat(next, &facts) == 0 else { throw missing(path, errno) }
      guard facts.st_mode & S_IFMT == S_IFLNK else {
        try judge(facts, next, named: path)
        done = next
        continue
      }
      links += 1
      guard links <= 40 else { throw missing(path, ELOOP) }
      try judge(owner: facts.st_uid, next, named: path)
      let target = try link(next, named: path).split(separator: "/", omittingEmptySubsequences: false)
      if target.first == "" { done = "" }
      rest = target.filter { !$0.isEmpty }.map(String.init) + rest
    }
    return done.isEmpty ? "/" : done
  }

  private static func link(_ path: String, named: String) throws -> String {
    var text = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &text, text.count)
    guard count > 0 else { throw missing(named, errno) }
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func missing(_ path: String, _ code: Int32) -> CRSError {
    CRSError.file(String(cString: strerror(code)), file: path)
  }

  private static func judge(_ path: String, named: String) throws {
    var facts = stat()
    guard stat(path, &facts) == 0 else { throw missing(named, errno) }
    try judge(facts, path, named: named)
  }

  private static func judge(owner: uid_t, _ path: String, named: String) throws {
    guard owner == 0 || owner == getuid() else {
      throw refused(named, "\(path) belongs to another user (\(owner))", "chown, or a copy of your own")
    }
  }

  /// - Throws: `CRSError` (file) with the reason.
  static func judge(_ facts: stat, _ path: String, named: String) throws {
    try judge(owner: facts.st_uid, path, named: named)
    // In a sticky folder nobody can replace what belongs to others.
    if facts.st_mode & S_IFMT == S_IFDIR, facts.st_mode & S_ISVTX != 0 { return }
    if facts.st_mode & S_IWOTH != 0 { throw refused(named, "everybody can write \(path)", "chmod o-w") }
    if facts.st_mode & S_IWGRP != 0, !isOwnGroup(facts.st_gid) {
      throw refused(named, "a group can write \(path)", "chmod g-w")
    }
  }

  private static func refused(_ path: String, _ reason: String, _ way: String) -> CRSError {
    CRSError.file("is not trusted: \(reason)", file: path, hint: way)
  }

  /// Whether a group is the user's alone: its primary one, of its name.
  private static func isOwnGroup(_ group: gid_t) -> Bool {
    if group == 0, getuid() == 0 { return true }
    guard let user = getpwuid(getuid())?.pointee, user.pw_gid == group, let found = getgrgid(group)?.pointee,
      let userName = user.pw_name, let groupName = found.gr_name
    else { return false }
    return strcmp(userName, groupName) == 0
  }
}

/// A file that was opened once, judged, and is read by its descriptor.
final class TrustedFile {
  let path: String
  let descriptor: Int32

  /// - Throws: `CRSError` (file) for what is not there, no regular file, or not trusted.
  init(_ path: String) throws {
    let resolved = try Trust.resolved(path)
    self.path = path
    descriptor = open(resolved, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw CRSError.file(String(cString: strerror(errno)), file: path) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw CRSError.file("is no file", file: path)
    }
    try Trust.judge(facts, path, named: path)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// A descriptor of the same file that stays open.
  func kept() -> Int32 {
    let descriptor = dup(descriptor)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return descriptor
  }

  /// - Parameter limit: more is refused [bytes].
  /// - Throws: `CRSError` (file).
  func bytes(limit: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = buffer.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, $0.count, off_t(bytes.count))
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw CRSError.file(String(cString: strerror(errno)), file: path) }
      if count == 0 { return bytes }
      bytes += buffer.prefix(count)
      guard bytes.count <= limit else {
        throw CRSError.file("is too large", file: path, expected: "\(limit >> 20) MB at most")
      }
    }
  }
}
