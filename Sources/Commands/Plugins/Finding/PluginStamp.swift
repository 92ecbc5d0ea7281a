import Glibc

/// The state of a plugin's files when they were looked at, so that a change on the disk is noticed without reading
/// them.
struct PluginStamp: Sendable, Equatable {
  private struct Mark: Sendable, Equatable {
    var device: UInt
    var file: UInt
    var size: Int
    var seconds: Int
    var nanoseconds: Int
  }

  private var marks: [String: Mark] = [:]

  init() {}

  /// - Parameter paths: of files; those that are not there count too.
  init(_ paths: some Sequence<String>) {
    for path in paths {
      var facts = stat()
      guard stat(path, &facts) == 0 else { continue }
      marks[path] = Mark(
        device: UInt(facts.st_dev), file: UInt(facts.st_ino), size: Int(facts.st_size),
        seconds: facts.st_mtim.tv_sec, nanoseconds: facts.st_mtim.tv_nsec)
    }
  }

  /// Whether one file is as it was.
  func agrees(on path: String, with other: PluginStamp) -> Bool { marks[path] == other.marks[path] }
}
