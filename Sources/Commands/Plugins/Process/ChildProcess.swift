internal import CPlugins
import Foundation
import Glibc
import Kernels
import Synchronization

/// A program with pipes to its standard input, output and errors, in a process group of its own. It dies with crs.
final class ChildProcess: Sendable {
  let input: Int32
  let output: Int32
  let errors: Int32
  private let process: pid_t
  /// The status that `waitpid` gave; nil while it runs.
  private let ended = Mutex<Int32?>(nil)
  private let isInputOpen = Mutex(true)

  /// - Parameters:
  ///   - arguments: the words, the first of which is the path of the program.
  ///   - environment: `NAME=value` each.
  /// - Throws: `CRSError` (data) when it cannot be started.
  init(_ arguments: [String], environment: [String], folder: String) throws {
    var pipes: [[Int32]] = []
    func closePipes() { pipes.joined().forEach { close($0) } }
    for _ in 0..<3 {
      var ends: [Int32] = [-1, -1]
      let code = crs_pipe(&ends)
      guard code == 0 else {
        closePipes()
        throw CRSError.data("no pipe can be made: \(String(cString: strerror(code)))")
      }
      pipes.append(ends)
    }
    let child = Self.onLastingThread { [pipes] in
      Self.withCStrings(arguments) { words in
        Self.withCStrings(environment) { variables in
          crs_start(arguments[0], words, variables, folder, pipes[0][0], pipes[1][1], pipes[2][1])
        }
      }
    }
    guard child > 0 else {
      closePipes()
      throw CRSError.file("cannot be started: \(String(cString: strerror(-child)))", file: arguments[0])
    }
    for end in [pipes[0][0], pipes[1][1], pipes[2][1]] { close(end) }
    (input, output, errors, process) = (pipes[0][1], pipes[1][0], pipes[2][0], child)
    _ = fcntl(input, F_SETFL, O_NONBLOCK)
  }

  private static func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let copies = texts.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return (copies + [nil]).withUnsafeBufferPointer { words in
      guard let base = words.baseAddress else { preconditionFailure("a list with an end is not empty") }
      return body(base)
    }
  }

  /// Children die with the thread that started them, so one that lasts starts all.
  private static func onLastingThread(_ body: @escaping @Sendable () -> pid_t) -> pid_t {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<pid_t>(0)
    starter.run {
      let child = body()
      result.withLock { $0 = child }
      done.signal()
    }
    done.wait()
    return result.withLock { $0 }
  }

  private static let starter = LastingThread()

  // MARK: - Its life

  /// The wait status once it has ended.
  var status: Int32? {
    ended.withLock { known in
      if known == nil {
        var status: Int32 = 0
        if waitpid(process, &status, WNOHANG) == process { known = status }
      }
      return known
    }
  }

  /// `ended with status 1`, `was killed by signal 9 (Killed)`; nil while it runs.
  var end: String? {
    status.map { status in
      let signal = status & 0x7F
      guard signal != 0 else { return "ended with status \(status >> 8 & 0xFF)" }
      return "was killed by signal \(signal) (\(String(cString: strsignal(signal))))"
    }
  }

  /// Sends a signal to it and all that it started.
  func send(_ signal: Int32) {
    // The group lives as long as one of its members, also after the first has ended.
    kill(-process, signal)
  }

  func closeInput() {
    isInputOpen.withLock { isOpen in
      if isOpen { close(input) }
      isOpen = false
    }
  }

  /// Waits for its end.
  ///
  /// - Returns: whether it has ended.
  func wait(seconds: Double) -> Bool {
    let limit = ContinuousClock.now + .seconds(seconds)
    while status == nil {
      guard ContinuousClock.now < limit else { return false }
      usleep(2000)
    }
    return true
  }

  /// Ends it, gently first.
  func end(patience: Double) {
    closeInput()
    if !wait(seconds: patience) {
      send(SIGTERM)
      if !wait(seconds: patience) { send(SIGKILL) }
    }
    // What it started goes with it.
    send(SIGKILL)
    _ = wait(seconds: 5)
  }
}

/// A thread that lives as long as the program and does what it is given, one after the other.
private final class LastingThread: Sendable {
  private let jobs = Mutex<[@Sendable () -> Void]>([])
  private let waiting = DispatchSemaphore(value: 0)

  init() {
    let thread = Thread { [self] in
      while true {
        waiting.wait()
        let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        job?()
      }
    }
    thread.start()
  }

  func run(_ job: @escaping @Sendable () -> Void) {
    jobs.withLock { $0.append(job) }
    waiting.signal()
  }
}
