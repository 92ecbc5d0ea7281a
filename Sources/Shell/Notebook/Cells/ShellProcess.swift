import Glibc

/// Starts lines of the system's shell.
enum ShellProcess {
  /// The process has a group of its own, no signals blocked, and reads nothing unless it is given something.
  ///
  /// - Returns: nil when it could not be started.
  static func start(
    _ command: String, input: Int32? = nil, output: Int32? = nil, errors: Int32? = nil
  ) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, given) in [input, output, errors].enumerated() {
      if let given {
        posix_spawn_file_actions_adddup2(&actions, given, Int32(number))
      } else {
        posix_spawn_file_actions_addopen(&actions, Int32(number), "/dev/null", O_RDWR, 0)
      }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    sigaddset(&signals, SIGINT)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    var child = pid_t()
    let words: [UnsafeMutablePointer<CChar>?] = ["sh", "-c", command].map { (word: String) in strdup(word) }
    defer { words.forEach { free($0) } }
    return posix_spawn(&child, "/bin/sh", &actions, &attributes, words + [nil], environ) == 0 ? child : nil
  }

  /// The status of a process that has ended, 128 and more for a signal; nil while it runs.
  static func status(of child: pid_t) -> Int32? {
    var outcome: Int32 = 0
    let found = waitpid(child, &outcome, WNOHANG)
    if found == 0 || (found < 0 && errno == EINTR) { return nil }
    let signal = outcome & 0x7F
    return signal == 0 ? outcome >> 8 & 0xFF : 128 + signal
  }
}
