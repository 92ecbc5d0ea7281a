import CMemory
import Files
import Foundation
import Kernels

/// What stops work from outside: signals (Ctrl-C), and memory that comes to its end.
enum Interruption {
  static let cancellation = Cancellation { Interruption.keepReserve() }

  /// What remains when an allocation fails lets the work end in order.
  private static func keepReserve() {
    crs_keep_reserve { Interruption.cancellation.raiseForMemory() }
  }

  static func install() {
    // Errors of the write that meets them.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in Interruption.cancellation.raise() }
    action.sa_flags = 0  // no restart: a line that is being typed is given up too
    sigaction(SIGINT, &action, nil)
    // Some parents start their children with signals blocked.
    var none = sigset_t()
    sigemptyset(&none)
    sigprocmask(SIG_SETMASK, &none, nil)
    _ = cancellation  // made now: the handler must not be the first to touch it
    UnfinishedFiles.handleSignals()
    keepReserve()
  }
}
