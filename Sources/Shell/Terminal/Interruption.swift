import Foundation
import Kernels

/// Signals. Ctrl-C raises the cancellation of whatever works.
enum Interruption {
  static let cancellation = Cancellation()

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
  }
}
