internal import CDisk
import Glibc
import Synchronization

/// The temporary files and folders of this process, which a signal that ends it removes.
///
/// Names stand in memory that is never given back, because a signal handler may read it at any moment.
package enum UnfinishedFiles {
  /// More files at a time than these are written too, but a signal leaves them to the next writer in their folder.
  private static let places = 512
  private static let length = 1024

  nonisolated(unsafe) private static let names = UnsafeMutablePointer<CChar>.allocate(
    capacity: places * length)
  nonisolated(unsafe) private static let states = UnsafeMutablePointer<Atomic<Int32>>.allocate(
    capacity: places)
  /// Renames that belong together and that a signal waits for.
  private static let renames = Atomic<Int32>(0)
  /// The signal that has come.
  private static let signal = Atomic<Int32>(0)
  private static let process = Atomic<Int32>(0)
  /// Whether names and states are there.
  private static let isReady = Atomic<Bool>(false)

  private static let free: Int32 = 0
  private static let taken: Int32 = 1
  private static let named: Int32 = 2
  /// Its file is made in this moment.
  private static let made: Int32 = 3

  /// Takes note of a name before its file is made, or of a folder of files.
  ///
  /// - Returns: its place, for `remove`; nil when there is none left.
  package static func add(_ path: String) -> Int? {
    installed
    guard path.utf8.count < length else { return nil }
    for place in 0..<places
    where states[place].compareExchange(expected: free, desired: taken, ordering: .acquiringAndReleasing)
      .exchanged
    {
      let name = names + place * length
      for (k, byte) in path.utf8.enumerated() { name[k] = CChar(bitPattern: byte) }
      name[path.utf8.count] = 0
      states[place].store(named, ordering: .releasing)
      return place
    }
    return nil
  }

  /// Runs what makes the file of a place. Once a signal is ending the process no file is begun any more: the look for
  /// files might have passed its place.
  static func making(_ place: Int?, _ body: () -> Void) {
    guard let place else { return body() }
    states[place].store(made, ordering: .sequentiallyConsistent)
    while signal.load(ordering: .sequentiallyConsistent) != 0 { pause() }
    body()
    states[place].store(named, ordering: .sequentiallyConsistent)
  }

  package static func remove(_ place: Int) { states[place].store(free, ordering: .releasing) }

  /// Runs renames of which a signal must not cut off some; it ends the process after them.
  static func together<Result>(_ body: () throws -> Result) rethrows -> Result {
    renames.add(1, ordering: .sequentiallyConsistent)
    defer {
      renames.subtract(1, ordering: .sequentiallyConsistent)
      let number = signal.load(ordering: .sequentiallyConsistent)
      if number != 0 { end(number) }
    }
    return try body()
  }

  /// Handles the signals that would end the process; those that somebody handles or ignores stay as they are.
  ///
  /// Swift's runtime answers faults and SIGQUIT with a list of its calls, for which it takes many seconds, and goes on
  /// after SIGQUIT. It does so only where SWIFT_BACKTRACE asks for it.
  package static func handleSignals() { installed }

  /// Signals of faults of the program itself.
  private static func isFault(_ number: Int32) -> Bool {
    switch number {
    case SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP: true
    default: false
    }
  }

  private static let installed: Void = {
    names.initialize(repeating: 0, count: places * length)
    for place in 0..<places { (states + place).initialize(to: Atomic(free)) }
    process.store(getpid(), ordering: .relaxed)
    _ = (renames.load(ordering: .relaxed), signal.load(ordering: .relaxed))
    isReady.store(true, ordering: .releasing)
    let listsCalls = getenv("SWIFT_BACKTRACE") != nil
    for number in [
      SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ, SIGXCPU, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGABRT, SIGBUS,
      SIGFPE, SIGILL, SIGSEGV, SIGTRAP, SIGPROF, SIGVTALRM, SIGIO, SIGPWR, SIGSYS, SIGSTKFLT,
    ] {
      var action = sigaction()
      let isRuntimes = !listsCalls && (isFault(number) || number == SIGQUIT)
      guard sigaction(number, nil, &action) == 0,
        action.isDefault || isRuntimes && !action.isIgnored
      else { continue }
      action = sigaction()
      action.__sigaction_handler.sa_handler = { UnfinishedFiles.came($0) }
      // A stack that is full takes no handler; where the runtime has made another one, it runs there.
      action.sa_flags = SA_RESTART | (isFault(number) ? SA_ONSTACK : 0)
      sigaction(number, &action, nil)
    }
  }()

  /// In the signal handler: nothing but atomics and system calls.
  private static func came(_ number: Int32) {
    let error = errno
    signal.store(number, ordering: .sequentiallyConsistent)
    let isAsked = number == SIGHUP || number == SIGINT || number == SIGQUIT || number == SIGTERM
    if isAsked, renames.load(ordering: .sequentiallyConsistent) > 0 {
      errno = error
      return
    }
    end(number)
  }

  private static func end(_ number: Int32) {
    // A child between fork and exec has the parent's names.
    if getpid() == process.load(ordering: .relaxed) {
      // Said first: between the look for files and the end other threads have as little time as can be.
      if isFault(number) {
        let text: StaticString =
          "crs: stopped by a fault of its own; please report what you ran, and the files\n"
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
      }
      removeAll()
    }
    var action = sigaction()
    sigemptyset(&action.sa_mask)
    sigaction(number, &action, nil)
    var mask = sigset_t()
    sigemptyset(&mask)
    sigaddset(&mask, number)
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    raise(number)
  }

  /// Removes the files and folders whose names are known now.
  ///
  /// A signal may come while the handlers are installed: waiting for that in its handler would be waiting for itself.
  package static func removeAll() {
    guard isReady.load(ordering: .acquiring) else { return }
    for place in 0..<places {
      // What another thread is making is there in a moment; this thread may be the one, which makes nothing more.
      var patience = 50
      var moment = timespec(tv_sec: 0, tv_nsec: 1_000_000)
      while patience > 0, states[place].load(ordering: .sequentiallyConsistent) == made {
        nanosleep(&moment, nil)
        patience -= 1
      }
      let state = states[place].load(ordering: .sequentiallyConsistent)
      guard state == named || state == made else { continue }
      let name = names + place * length
      if unlink(name) != 0, errno == EISDIR { crs_remove_folder(name) }
    }
  }
}

extension sigaction {
  fileprivate var isDefault: Bool {
    // SIG_DFL is a null pointer.
    unsafeBitCast(__sigaction_handler.sa_handler, to: Int.self) == 0
  }

  fileprivate var isIgnored: Bool {
    // SIG_IGN is 1.
    unsafeBitCast(__sigaction_handler.sa_handler, to: Int.self) == 1
  }
}
