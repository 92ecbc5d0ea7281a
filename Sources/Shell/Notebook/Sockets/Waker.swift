internal import CZMQ
import Glibc

/// Wakes a thread that waits at sockets; may be called from any thread.
final class Waker: Sendable {
  let descriptor = crs_waker()

  deinit { close(descriptor) }

  func wake() {
    var one: UInt64 = 1
    while write(descriptor, &one, 8) < 0, errno == EINTR {}
  }

  /// Waits until it is woken.
  func wait() {
    var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while poll(&item, 1, -1) < 0, errno == EINTR {}
  }

  /// Forgets the calls so far.
  func clear() {
    var count: UInt64 = 0
    while read(descriptor, &count, 8) < 0, errno == EINTR {}
  }
}
