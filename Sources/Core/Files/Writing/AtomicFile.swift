internal import CDisk
import Glibc
import Kernels

/// A file that appears under its name only when it is whole; the only way anything is written.
///
/// Bytes go to a temporary file beside it, which `append` makes, or somebody else at `temporary`. Without `commit`
/// nothing is left of it: not when it is forgotten, not when a signal ends the process; what a killed process left
/// goes when the next file is written into the folder. One thread uses it at a time.
package final class AtomicFile: @unchecked Sendable {
  /// What happens to a file that has the name already.
  package enum Existing: Sendable {
    case refuse, replace

    package init(overwrite: Bool) { self = overwrite ? .replace : .refuse }
  }

  /// As the user wrote it.
  package let path: String
  /// Beside the target; not there before the first byte.
  package let temporary: String
  let target: String
  let folder: String
  let existing: Existing
  private let place: Int?
  private var descriptor: Int32 = -1
  private var buffer: [UInt8] = []
  private var failure: Int32 = 0
  private(set) var isPlaced = false
  private static let bufferSize = 1 << 16

  /// - Throws: `CRSError` (file) for folders, devices and FIFOs, for a name that is taken (when refusing), for a file that
  ///   is write-protected, and when the folder does not take files.
  ///
  /// - Parameter keepsEnding: whether the temporary file ends like the name, for programs that go by it.
  package init(_ path: String, existing: Existing, keepsEnding: Bool = false) throws {
    let name = try WrittenName(path)
    if name.exists, existing == .refuse { throw CRSError.exists(path) }
    // A new file takes its place, which the folder alone would allow.
    if name.exists, faccessat(AT_FDCWD, name.target, W_OK, AT_EACCESS) != 0 {
      throw errno == EACCES ? CRSError.writeProtected(path) : CRSError.writing(path, errno)
    }
    self.path = path
    self.existing = existing
    (target, folder) = (name.target, name.folder)
    LeftoverFiles.remove(in: folder)
    temporary = folder + "/" + LeftoverFiles.newName(ending: keepsEnding ? Self.ending(of: target) : "")
    place = UnfinishedFiles.add(temporary)
  }

  /// `.fits.gz`; empty without one.
  private static func ending(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return name.dropFirst().firstIndex(of: ".").map { String(name[$0...].suffix(24)) } ?? ""
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isPlaced { unlink(temporary) }
    if let place { UnfinishedFiles.remove(place) }
  }

  /// - Throws: `CRSError` (file) when the disk does not take the bytes, from then on every time.
  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    try check()
    if buffer.count + bytes.count <= Self.bufferSize {
      buffer.append(contentsOf: bytes)
    } else {
      try flush()
      try write(bytes)
    }
  }

  package func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try append($0) } }

  package func append(_ text: String) throws { try append(Array(text.utf8)) }

  /// - Throws: `CRSError` (file) once something could not be written.
  package func check() throws {
    if failure != 0 { throw CRSError.writing(path, failure) }
  }

  /// Every byte is there: lets the disk begin with them, so that a commit later on waits less.
  ///
  /// - Throws: `CRSError` (file) when the disk does not take them.
  package func settle() throws {
    try flush()
    crs_begin_writing(descriptor)
  }

  /// Gives the whole file its name.
  ///
  /// - Throws: `CRSError` (file): exists already (when refusing), or cannot be written; what was there is there still.
  package func commit() throws {
    try finish()
    try putInPlace()
    Self.sync(folder: folder)
  }

  /// Whether both would have one name in one folder.
  func hasName(of other: AtomicFile) -> Bool {
    var (here, there) = (stat(), stat())
    return target.split(separator: "/").last == other.target.split(separator: "/").last
      && stat(folder, &here) == 0 && stat(other.folder, &there) == 0
      && (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)
  }

  /// Runs what makes the temporary file: a signal that ends the process sees it or prevents it.
  package func making(_ body: () -> Void) { UnfinishedFiles.making(place, body) }

  /// Hides what somebody else begins at `temporary` as the file that it replaces is hidden.
  package func wasMade() throws { try open() }

  /// Whether somebody else's writing at `temporary`, which may not tell every fault of the disk, left all bytes there.
  ///
  /// - Throws: `CRSError` (file) where some are missing.
  func check(size: Int) throws {
    var facts = stat()
    guard stat(temporary, &facts) == 0, Int(facts.st_size) < size else { return }
    throw CRSError.file(
      "cannot be written: the disk took \(facts.st_size) of \(size) bytes", file: path,
      hint: "is the disk full, or the size of files limited?")
  }

  /// Why somebody else's writing at `temporary` failed, as far as the disk is the reason.
  func obstacle() -> CRSError? {
    do {
      try open()
      try [UInt8](repeating: 0, count: Self.bufferSize).withUnsafeBytes { try write($0) }
      try sync()
      return nil
    } catch { return error as? CRSError }
  }

  /// Makes the temporary file, unless somebody else has, and opens it.
  private func open() throws {
    guard descriptor < 0 else { return }
    // Somebody else may have put a FIFO there, which nobody reads.
    let flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    var facts = stat()
    if lstat(temporary, &facts) == 0, facts.st_mode & S_IFMT != S_IFREG {
      throw CRSError.file(
        "something else than a regular file was made in its place", file: path,
        expected: "a file that is written")
    }
    descriptor = Glibc.open(temporary, flags)
    if descriptor < 0, errno == ENOENT {
      var code: Int32 = 0
      making {
        descriptor = Glibc.open(temporary, flags | O_CREAT | O_EXCL, 0o666)
        code = errno
      }
      errno = code
    }
    if descriptor < 0 { try fail() }
    keepPermissions(adding: 0o600)
  }

  private func flush() throws {
    try buffer.withUnsafeBytes { try write($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws {
    try open()
    guard let start = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let written = Glibc.write(descriptor, start + done, bytes.count - done)
      if written < 0, errno != EINTR { try fail() }
      done += max(0, written)
    }
  }

  private func fail() throws {
    failure = errno
    try check()
  }

  /// Brings every byte to the disk.
  func finish() throws {
    try check()
    try flush()
    if existing == .replace { keepPermissions(adding: 0) }
    try sync()
    let closing = descriptor
    descriptor = -1
    if close(closing) != 0, errno != EINTR { try fail() }
  }

  private func sync() throws {
    // Some file systems know no fsync.
    if fsync(descriptor) != 0, ![EINVAL, ENOSYS, ENOTSUP].contains(errno) { try fail() }
  }

  /// Permissions of the file that is replaced, owner and group where that is allowed.
  private func keepPermissions(adding more: mode_t) {
    var (old, new) = (stat(), stat())
    guard existing == .replace, stat(target, &old) == 0, fstat(descriptor, &new) == 0 else { return }
    var mode = old.st_mode & 0o777
    if old.st_uid != new.st_uid || old.st_gid != new.st_gid, fchown(descriptor, old.st_uid, old.st_gid) != 0,
      old.st_gid != new.st_gid, fchown(descriptor, uid_t.max, old.st_gid) != 0
    {
      // Another group may do what everybody may.
      mode = mode & ~0o070 | (mode & 0o007) << 3
    }
    fchmod(descriptor, mode | more)
  }

  /// Renames the finished file.
  func putInPlace() throws {
    let code = existing == .refuse ? Self.move(temporary, toFree: target) : Self.move(temporary, to: target)
    guard code == 0 else { throw CRSError.writing(path, code) }
    isPlaced = true
  }

  /// 0, or errno.
  static func move(_ old: String, to new: String) -> Int32 { rename(old, new) == 0 ? 0 : errno }

  /// Renames only if nothing has the new name, also where the system has no call for that.
  static func move(_ old: String, toFree new: String) -> Int32 {
    let code = crs_rename_if_free(old, new)
    return [EINVAL, ENOSYS, ENOTSUP].contains(code) ? link(old, toFree: new) : code
  }

  /// For network disks: a second name, which must be free, then the first one goes.
  static func link(_ old: String, toFree new: String) -> Int32 {
    if Glibc.link(old, new) == 0 {
      unlink(old)
      return 0
    }
    return [EPERM, ENOSYS, ENOTSUP].contains(errno) ? claim(old, toFree: new) : errno
  }

  /// For disks without links: an empty file takes the name first.
  static func claim(_ old: String, toFree new: String) -> Int32 {
    let file = Glibc.open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { return errno }
    close(file)
    let code = move(old, to: new)
    if code != 0 { unlink(new) }
    return code
  }

  /// Makes names last through a power cut, where the disk can.
  static func sync(folder: String) {
    let file = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { return }
    fsync(file)
    close(file)
  }
}
