import Glibc
import Kernels

/// Names of temporary files, and what killed processes left of them.
enum LeftoverFiles {
  /// A name that no file has: `.crs-MACHINE-PROCESS-RANDOM.tmp`, and an ending for programs that go by it.
  static func newName(ending: String = "") -> String {
    "\(prefix)\(getpid())-\(hexadecimal(.random(in: 0 ... .max)))\(suffix)\(ending)"
  }

  /// Removes temporary files of processes of this machine that are gone; looks at a folder every ten seconds at most.
  static func remove(in folder: String) {
    var facts = stat()
    guard stat(folder, &facts) == 0 else { return }
    let now = time(nil)
    let isDue = looks.withLock { looks in
      let key = Place(name: folder, device: facts.st_dev, node: facts.st_ino)
      if let last = looks[key], abs(now - last) < 10 { return false }
      looks[key] = now
      return true
    }
    guard isDue, let listing = opendir(folder) else { return }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        bytes.first == UInt8(ascii: ".") ? String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) : ""
      }
      guard let process = process(of: name), kill(process, 0) != 0, errno == ESRCH else { continue }
      unlink(folder + "/" + name)
    }
  }

  /// The process that made a temporary file of this machine.
  private static func process(of name: String) -> pid_t? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix) || name.contains(suffix + ".") else { return nil }
    return pid_t(name.dropFirst(prefix.count).prefix { $0 != "-" }).flatMap { $0 > 0 ? $0 : nil }
  }

  private struct Place: Hashable {
    var name: String
    var device: dev_t
    var node: ino_t
  }

  private static let looks = Guarded<[Place: time_t]>([:])
  private static let suffix = ".tmp"
  private static let prefix = ".crs-\(hexadecimal(machine))-"

  /// Process numbers mean something on one machine, in one container: folders may be shared with others.
  private static let machine: UInt32 = {
    var text = [CChar](repeating: 0, count: 4096)
    var identity: [CChar] = []
    let file = open("/etc/machine-id", O_RDONLY | O_CLOEXEC)
    if file >= 0 {
      identity += text.prefix(max(0, read(file, &text, text.count)))
      close(file)
    }
    if gethostname(&text, text.count) == 0 { identity += text.prefix { $0 != 0 } }
    identity += text.prefix(max(0, readlink("/proc/self/ns/pid", &text, text.count)))
    // FNV-1a
    return identity.reduce(2_166_136_261) { ($0 ^ UInt32(UInt8(bitPattern: $1))) &* 16_777_619 }
  }()

  private static func hexadecimal(_ number: UInt32) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
