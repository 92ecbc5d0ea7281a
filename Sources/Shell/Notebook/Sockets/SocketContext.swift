internal import CZMQ
import Glibc
import Kernels

/// Owns ZeroMQ's threads; sockets belong to one.
final class SocketContext: @unchecked Sendable {
  let handle: UnsafeMutableRawPointer

  /// - Throws: `CRSError` (data) when the system has no room for it.
  init() throws {
    guard let handle = zmq_ctx_new() else { throw CRSError.data("ZeroMQ cannot be started") }
    self.handle = handle
  }

  /// Ends the waiting of sockets that are still open; returns when all are closed and their messages sent.
  func end() {
    while zmq_ctx_term(handle) != 0, zmq_errno() == EINTR {}
  }
}
