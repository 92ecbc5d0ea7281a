import CMemory
import Glibc
import Kernels

/// SIGINT interrupts the cell that runs and nothing else; between cells it does nothing.
struct KernelSignals {
  static let cancellation = Cancellation { KernelSignals.keepReserve() }

  /// What remains when an allocation fails lets the cell end in order.
  private static func keepReserve() {
    crs_keep_reserve { KernelSignals.cancellation.raiseForMemory() }
  }

  /// Blocks the signal, also in the threads that start from here on.
  init() {
    signal(SIGPIPE, SIG_IGN)
    _ = Self.cancellation  // made now: the handler must not be the first to touch it
    Self.keepReserve()
    var signals = Self.interrupt
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// Takes the signal in this thread from now on.
  func take() {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in KernelSignals.cancellation.raise() }
    sigaction(SIGINT, &action, nil)
    var signals = Self.interrupt
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  private static var interrupt: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    return signals
  }
}
