import Core
import Foundation

/// Ctrl-C: raises the cancellation of whatever works.
enum Interruption {
  static let cancellation = Cancellation()

  static func install() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGINT) { _ in Interruption.cancellation.raise() }
    _ = cancellation  // made now: the handler must not be the first to touch it
  }
}
