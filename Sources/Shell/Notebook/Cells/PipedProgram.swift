import Glibc
import Kernels

/// A program of the system's shell whose output is taken as text. It reads nothing and has a process group of its own,
/// which an interrupt ends.
struct PipedProgram {
  enum Stream { case output, errors }

  let cancellation: Cancellation
  /// Takes its text as it comes.
  let write: (String, Stream) -> Void

  /// - Returns: its exit status, 128 and more for a signal; nil when it could not be started.
  func run(_ command: String) -> Int32? {
    guard let output = Pipe(), let errors = Pipe(), let child = Self.start(command, output, errors) else {
      return nil
    }
    output.closeEnd()
    errors.closeEnd()
    var texts = [UTF8Stream(), UTF8Stream()]
    let pipes = [output, errors]
    func read(_ k: Int) -> Bool {
      guard let bytes = pipes[k].read() else { return false }
      let text = texts[k].text(bytes)
      if !text.isEmpty { write(text, k == 0 ? .output : .errors) }
      return true
    }
    var interrupted: ContinuousClock.Instant?
    var status: Int32?
    while true {
      Pipe.wait(pipes, milliseconds: status == nil ? 50 : 0)
      var isRead = false
      // Not until nothing is left: a program that never stops writing can be interrupted.
      for k in pipes.indices { for _ in 0..<16 where read(k) { isRead = true } }
      if status != nil, !isRead { break }
      if status == nil { status = Self.ended(child) }
      if cancellation.isRaised, status == nil {
        let first = interrupted ?? .now
        // Who does not take the hint for a while is ended.
        let isPatient = first.duration(to: .now) < .milliseconds(400)
        if interrupted == nil || !isPatient { kill(-child, isPatient ? SIGINT : SIGKILL) }
        interrupted = first
      }
    }
    for k in pipes.indices {
      let rest = texts[k].end()
      if !rest.isEmpty { write(rest, k == 0 ? .output : .errors) }
    }
    return status
  }

  private static func start(_ command: String, _ output: Pipe, _ errors: Pipe) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.end, 1)
    posix_spawn_file_actions_adddup2(&actions, errors.end, 2)
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

  /// The status of a program that has ended; nil while it runs.
  private static func ended(_ child: pid_t) -> Int32? {
    var outcome: Int32 = 0
    let found = waitpid(child, &outcome, WNOHANG)
    if found == 0 || (found < 0 && errno == EINTR) { return nil }
    let signal = outcome & 0x7F
    return signal == 0 ? outcome >> 8 & 0xFF : 128 + signal
  }
}

/// Owns both ends of a pipe.
private final class Pipe {
  private var start: Int32 = -1
  /// Where the program writes.
  private(set) var end: Int32 = -1
  private var isOpen = true

  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    (start, end) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(start, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(start)
    closeEnd()
  }

  func closeEnd() {
    if end >= 0 { close(end) }
    end = -1
  }

  /// What has come; nil for nothing now, or nothing any more.
  func read() -> [UInt8]? {
    guard isOpen else { return nil }
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
      repeat { count = Glibc.read(start, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
      filled = max(0, count)
    }
    if count == 0 { isOpen = false }
    return count > 0 ? bytes : nil
  }

  static func wait(_ pipes: [Pipe], milliseconds: Int32) {
    var items = pipes.filter(\.isOpen).map { pollfd(fd: $0.start, events: Int16(POLLIN), revents: 0) }
    poll(&items, nfds_t(items.count), milliseconds)
  }
}
