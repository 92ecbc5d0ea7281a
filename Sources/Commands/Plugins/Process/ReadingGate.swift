import Foundation
import Glibc

/// Tells when all that a program has written into a pipe has been read and handed on.
///
/// The thread that reads waits for bytes outside the gate and reads and hands them on inside it: who finds the pipe
/// empty with the gate closed behind them has missed nothing.
package final class ReadingGate: @unchecked Sendable {
  private let descriptor: Int32
  private let lock = NSLock()
  private var hasEnded = false

  package init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Waits for bytes, then closes the gate.
  func enter() {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while poll(&waiting, 1, -1) < 0, errno == EINTR {}
    lock.lock()
  }

  func leave() { lock.unlock() }

  /// Before the descriptor is closed.
  func end() { lock.withLock { hasEnded = true } }

  /// Waits until the pipe is empty, no longer than some seconds: a program may write without end.
  func waitUntilRead(seconds: Double) {
    let limit = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < limit {
      let isEmpty = lock.withLock {
        var count: Int32 = 0
        return hasEnded || ioctl(descriptor, UInt(FIONREAD), &count) != 0 || count == 0
      }
      if isEmpty { return }
      usleep(200)
    }
  }
}
