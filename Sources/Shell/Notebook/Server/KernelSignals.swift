import CMemory
import Files
import Glibc
import Kernels

/// SIGINT interrupts the cell that runs and nothing else; between cells it does nothing. SIGTERM and SIGHUP end the
/// kernel as a request to shut down does.
struct KernelSignals {
  static let cancellation = Cancellation { KernelSignals.keepReserve() }
  /// Woken by a signal that ends the kernel.
  static let endWaker = Waker()

  /// What remains when an allocation fails lets the cell end in order.
  private static func keepReserve() {
    crs_keep_reserve { KernelSignals.cancellation.raiseForMemory() }
  }

  /// Blocks the signals, also in the threads that start from here on.
  init() {
    signal(SIGPIPE, SIG_IGN)
    // Made now: a handler must not be the first to touch them.
    _ = Self.cancellation
    _ = Self.endWaker
    Self.keepReserve()
    UnfinishedFiles.handleSignals()
    var signals = Self.all
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// Takes the signals in this thread from now on.
  func take() {
    var action = sigaction()
    // What reads and writes goes on: the cancellation ends it where it is looked at.
    action.sa_flags = SA_RESTART
    action.__sigaction_handler.sa_handler = { _ in KernelSignals.cancellation.raise() }
    sigaction(SIGINT, &action, nil)
    action.__sigaction_handler.sa_handler = { _ in
      let error = errno
      KernelSignals.endWaker.wake()
      errno = error
    }
    for number in [SIGTERM, SIGHUP] {
      var old = sigaction()
      sigaction(number, nil, &old)
      // Who starts the kernel with nohup means it.
      if !old.isIgnored { sigaction(number, &action, nil) }
    }
    var signals = Self.all
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  private static var all: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
    return signals
  }
}

extension sigaction {
  fileprivate var isIgnored: Bool {
    // SIG_IGN is 1, which is no function.
    unsafeBitCast(__sigaction_handler.sa_handler, to: Int.self) == 1
  }
}
