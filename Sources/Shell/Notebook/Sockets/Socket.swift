internal import CZMQ
import Glibc
import Kernels

/// Owns a socket of ZeroMQ. One thread at a time uses it; a signal ends no call.
final class Socket: @unchecked Sendable {
  enum Kind {
    /// Takes requests and sends answers back to those who asked.
    case router
    /// Sends to all who subscribed, and is told of each subscription.
    case publisher
  }

  private var handle: UnsafeMutableRawPointer?
  /// Where the last message came from.
  private(set) var source: ClientConnection?

  /// Opens the socket and listens.
  ///
  /// - Parameter tellsLost: whether sending to somebody who has gone fails; otherwise it does nothing.
  /// - Throws: `CRSError` (data) when nothing can listen there.
  init(
    _ kind: Kind, _ context: SocketContext, at endpoint: String, usesIPv6: Bool = false,
    tellsLost: Bool = false
  )
    throws
  {
    handle = zmq_socket(context.handle, kind == .router ? ZMQ_ROUTER : ZMQ_XPUB)
    // What is not sent a second after the end stays unsent.
    set(ZMQ_LINGER, 1000)
    // No mark above which messages are lost.
    set(ZMQ_SNDHWM, 0)
    set(ZMQ_RCVHWM, 0)
    if usesIPv6 { set(ZMQ_IPV6, 1) }
    // Machines that have gone without a word are noticed within minutes.
    set(ZMQ_TCP_KEEPALIVE, 1)
    set(ZMQ_TCP_KEEPALIVE_IDLE, 60)
    set(ZMQ_TCP_KEEPALIVE_INTVL, 20)
    if kind == .router {
      // A client that comes back under its name takes the place of the old one.
      set(ZMQ_ROUTER_HANDOVER, 1)
      if tellsLost { set(ZMQ_ROUTER_MANDATORY, 1) }
    } else {
      set(ZMQ_XPUB_VERBOSE, 1)
    }
    guard let handle, zmq_bind(handle, endpoint) == 0 else {
      let reason = String(cString: zmq_strerror(zmq_errno()))
      throw CRSError.data("nothing can listen at \(endpoint): \(reason)")
    }
  }

  deinit { close() }

  private func set(_ option: Int32, _ value: Int32) {
    var value = value
    _ = zmq_setsockopt(handle, option, &value, MemoryLayout<Int32>.size)
  }

  func close() {
    if let handle { zmq_close(handle) }
    handle = nil
  }

  /// The frames of a message that has come; nil when there is none.
  ///
  /// - Throws: `Ended` when the context has ended.
  func receive() throws(Ended) -> [[UInt8]]? {
    var frames: [[UInt8]] = []
    var message = zmq_msg_t()
    zmq_msg_init(&message)
    defer { zmq_msg_close(&message) }
    repeat {
      while zmq_msg_recv(&message, handle, ZMQ_DONTWAIT) < 0 {
        let code = zmq_errno()
        if code == EINTR { continue }
        if code == EAGAIN { return nil }
        throw Ended()
      }
      let bytes = UnsafeRawBufferPointer(start: zmq_msg_data(&message), count: zmq_msg_size(&message))
      frames.append(Array(bytes))
    } while zmq_msg_more(&message) != 0
    source = ClientConnection(descriptor: zmq_msg_get(&message, ZMQ_SRCFD))
    return frames
  }

  /// - Returns: false when there is nobody to take it.
  @discardableResult
  func send(_ frames: [[UInt8]]) -> Bool {
    for (k, frame) in frames.enumerated() {
      let more = k + 1 < frames.count ? ZMQ_SNDMORE : 0
      while zmq_send(handle, frame, frame.count, more) < 0 {
        guard zmq_errno() == EINTR else { return false }
      }
    }
    return true
  }

  /// The context has ended.
  struct Ended: Error {}

  /// Waits until a message has come to a socket, or the waker was woken.
  ///
  /// - Parameter milliseconds: nil: as long as it takes. A signal may end it early.
  static func wait(_ sockets: [Socket], _ waker: Waker?, milliseconds: Int? = nil) {
    var items = sockets.map {
      zmq_pollitem_t(socket: $0.handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
    }
    if let waker {
      items.append(zmq_pollitem_t(socket: nil, fd: waker.descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
    }
    zmq_poll(&items, Int32(items.count), milliseconds ?? -1)
  }
}
