import Files
import Foundation
import Glibc
import Kernels

/// The private folder in which pixels cross between two programs as files.
///
/// Names are plain ones; files are made anew, never followed, and read only when they are regular files of the user.
package final class ExchangeFolder: Sendable {
  package let path: String
  private let descriptor: Int32
  /// Holds the lock that says that the folder is in use; nil for a folder of another program.
  private let lock: Int32?
  /// Its place among what a signal removes.
  private let unfinished: Int?

  static let lockName = "lock"

  /// The folder of another program, which has told its path.
  ///
  /// - Throws: `CRSError` (file) unless it is a folder of the user.
  package init(existing path: String) throws {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    var facts = stat()
    guard folder >= 0, fstat(folder, &facts) == 0, facts.st_uid == getuid() else {
      if folder >= 0 { close(folder) }
      throw CRSError.file("is no folder of this user", file: path, expected: "a private folder for pixels")
    }
    (self.path, descriptor, lock, unfinished) = (path, folder, nil, nil)
  }

  /// A new folder in the best place: shared memory where there is room.
  ///
  /// - Parameters:
  ///   - chosen: the place that the user set; nil for the usual ones.
  ///   - bytes: what the first call sends.
  /// - Throws: `CRSError` (file) with folder, room that is needed and free.
  init(chosen: String?, bytes: Int) throws {
    let place = try Self.place(chosen: chosen, bytes: bytes)
    for _ in 0..<10 {
      var name = Array("\(place)/crs-\(getuid())-XXXXXX".utf8CString)
      guard mkdtemp(&name) != nil else { break }
      let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
      guard folder >= 0 else { break }
      let lock = openat(folder, Self.lockName, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      var facts = stat()
      // Another session may have swept the folder before it was locked.
      if lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0, fstat(lock, &facts) == 0, facts.st_nlink > 0 {
        (self.path, descriptor, self.lock) = (path, folder, lock)
        unfinished = UnfinishedFiles.add(path)
        return
      }
      if lock >= 0 { close(lock) }
      close(folder)
    }
    throw CRSError.file(
      "no folder for the pixels of plugins can be made: \(String(cString: strerror(errno)))", file: place,
      hint: "set plugin_folder=FOLDER chooses another place")
  }

  deinit {
    if let lock {
      clear()
      unlinkat(descriptor, Self.lockName, 0)
      rmdir(path)
      close(lock)
    }
    if let unfinished { UnfinishedFiles.remove(unfinished) }
    close(descriptor)
  }

  private static func place(chosen: String?, bytes: Int) throws -> String {
    let needed = 2 * bytes
    if let chosen {
      guard let free = free(in: chosen) else {
        throw CRSError.file(
          "is no folder for the pixels of plugins", file: chosen, expected: "set plugin_folder=")
      }
      guard free >= needed else { throw tooSmall(chosen, needed: needed, free: free) }
      return chosen
    }
    let memory = "/dev/shm"
    if let free = free(in: memory), free >= max(1 << 30, needed), access(memory, W_OK | X_OK) == 0 {
      return memory
    }
    for place in [getenv("TMPDIR").map { String(cString: $0) }, "/tmp"].compactMap({ $0 })
    where place.hasPrefix("/") {
      guard let free = free(in: place) else { continue }
      guard free >= needed else { throw tooSmall(place, needed: needed, free: free) }
      return place
    }
    throw CRSError.file("there is no folder for the pixels of plugins", file: "/tmp")
  }

  private static func free(in folder: String) -> Int? {
    var facts = statvfs()
    guard statvfs(folder, &facts) == 0 else { return nil }
    return Int(
      clamping: UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize)).partialValue)
  }

  private static func tooSmall(_ folder: String, needed: Int, free: Int) -> CRSError {
    CRSError.file(
      "has no room for the pixels of plugins: \(needed >> 20) MB needed, \(free >> 20) MB free", file: folder,
      hint: "set plugin_folder=FOLDER chooses another place")
  }

  // MARK: - Files

  /// - Throws: `CRSError` (file) when the disk does not take it.
  func write(_ plane: NumpyPlane, as name: String) throws {
    try write(as: name) { NumpyFile.write(plane, to: $0) }
  }

  func write(_ bytes: [UInt8], as name: String) throws {
    try write(as: name) { file in bytes.withUnsafeBytes { NumpyFile.write($0, file) } }
  }

  private func write(as name: String, _ body: (Int32) -> Int32) throws {
    let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failed(name, errno) }
    let code = body(file)
    close(file)
    guard code == 0 else {
      unlinkat(descriptor, name, 0)
      throw failed(name, code)
    }
  }

  private func failed(_ name: String, _ code: Int32) -> CRSError {
    if code == ENOSPC || code == EDQUOT {
      let free = Self.free(in: path) ?? 0
      return CRSError.file(
        "there is no more room for the pixels of plugins: \(free >> 20) MB free", file: path,
        hint: "set plugin_folder=FOLDER chooses another place")
    }
    return CRSError.file("cannot be written: \(String(cString: strerror(code)))", file: path + "/" + name)
  }

  /// An array that another program wrote, in memory of its own.
  ///
  /// - Throws: `CRSError` (data) for names with a path, what is no regular file of the user, and no array.
  func plane(_ name: String) throws -> NumpyPlane {
    try reading(name) { try NumpyFile.read($0, size: $1) }
  }

  /// - Throws: `CRSError` (data) as `plane`, and for more than 4 GB.
  func bytes(_ name: String) throws -> [UInt8] {
    try reading(name) { file, size in
      guard size < 1 << 32 else { throw CRSError.data("is too large") }
      var done = 0
      var failure = false
      let bytes = [UInt8](unsafeUninitializedCapacity: size) { target, count in
        while done < size {
          let got = pread(file, target.baseAddress.map { $0 + done }, size - done, off_t(done))
          if got < 0, errno == EINTR { continue }
          guard got > 0 else {
            failure = true
            break
          }
          done += got
        }
        count = done
      }
      guard !failure else { throw CRSError.data("became shorter while it was read") }
      return bytes
    }
  }

  private func reading<Result>(_ name: String, _ body: (Int32, Int) throws -> Result) throws -> Result {
    let said = "the file '\(name.prefix(60))'"
    guard !name.isEmpty, !name.contains("/"), !name.utf8.contains(0), name != ".", name != "..",
      name != Self.lockName
    else {
      throw CRSError.data("\(said) is not in the folder of the call", expected: "a plain name")
    }
    let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else {
      let reason = errno == ELOOP ? "is a link" : String(cString: strerror(errno))
      throw CRSError.data("\(said) cannot be read: \(reason)")
    }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw CRSError.data("\(said) is no regular file")
    }
    guard facts.st_uid == getuid() else { throw CRSError.data("\(said) belongs to somebody else") }
    do {
      return try body(file, Int(facts.st_size))
    } catch var error as CRSError {
      error.message = "\(said) \(error.message)"
      throw error
    }
  }

  func remove(_ name: String) { unlinkat(descriptor, name, 0) }

  /// Removes everything but the lock, whatever another program has put there.
  func clear() { Self.empty(path) }

  private static func empty(_ path: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name != lockName {
      try? FileManager.default.removeItem(atPath: path + "/" + name)
    }
  }

  // MARK: - What killed sessions left

  /// Removes folders of the user whose sessions are gone.
  static func sweep(_ chosen: String?) {
    let places = [
      "/dev/shm", "/tmp", getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp", chosen ?? "/tmp",
    ]
    for place in Set(places) {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
      where name.hasPrefix("crs-\(getuid())-") {
        sweep(place + "/" + name)
      }
    }
  }

  private static func sweep(_ path: String) {
    var facts = stat()
    guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR, facts.st_uid == getuid() else {
      return
    }
    let lock = open(path + "/" + lockName, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
    if lock < 0 {
      // A session makes the lock right after the folder.
      guard errno == ENOENT, time(nil) - facts.st_mtim.tv_sec > 60 else { return }
    } else {
      guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
        close(lock)
        return
      }
    }
    empty(path)
    unlink(path + "/" + lockName)
    rmdir(path)
    if lock >= 0 { close(lock) }
  }
}
