import Foundation

/// Sends every message back at once, so that clients see that the kernel lives; in a thread of its own.
enum Heartbeat {
  /// Runs until the context of the socket ends.
  static func start(_ socket: Socket) {
    Thread.detachNewThread {
      defer { socket.close() }
      do {
        while true {
          if let frames = try socket.receive() { socket.send(frames) } else { Socket.wait([socket], nil) }
        }
      } catch {
        return
      }
    }
  }
}
