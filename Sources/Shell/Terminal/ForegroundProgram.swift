import Foundation

/// A program of the system's shell that has the terminal while it runs, in the process group of crs, so that it
/// may read keys and gets Ctrl-C.
enum ForegroundProgram {
  /// - Parameter input: what it reads; nil for the terminal.
  /// - Returns: its exit status, 128 and more for a signal; nil when it could not be started.
  static func run(_ command: String, input: String? = nil) -> Int32? {
    fflush(nil)
    var ends: [Int32] = [-1, -1]
    if input != nil {
      guard pipe(&ends) == 0 else { return nil }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if input != nil { posix_spawn_file_actions_adddup2(&actions, ends[0], 0) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    sigaddset(&signals, SIGXFSZ)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var child = pid_t()
    let words: [UnsafeMutablePointer<CChar>?] = ["sh", "-c", command].map { (word: String) in strdup(word) }
    defer { words.forEach { free($0) } }
    let status = posix_spawn(&child, "/bin/sh", &actions, &attributes, words + [nil], environ)
    if input != nil { close(ends[0]) }
    guard status == 0 else {
      if input != nil { close(ends[1]) }
      return nil
    }
    if let input {
      feed(input, to: ends[1])
      close(ends[1])
    }
    var outcome: Int32 = 0
    while waitpid(child, &outcome, 0) < 0 { guard errno == EINTR else { return nil } }
    let signal = outcome & 0x7F
    return signal == 0 ? outcome >> 8 & 0xFF : 128 + signal
  }

  /// Writes until all is taken or the reader has gone.
  private static func feed(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
