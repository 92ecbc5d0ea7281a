import Glibc

/// The connection of a client, which can be asked whether it is still there.
struct ClientConnection: Sendable, Equatable {
  private let descriptor: Int32
  private let node: ino_t

  /// nil where there is none.
  init?(descriptor: Int32) {
    var facts = stat()
    guard descriptor >= 0, fstat(descriptor, &facts) == 0 else { return nil }
    (self.descriptor, node) = (descriptor, facts.st_ino)
  }

  /// Whether the client has not gone. A number that was given anew belongs to another socket.
  var isOpen: Bool {
    var facts = stat()
    return fstat(descriptor, &facts) == 0 && facts.st_ino == node
  }
}
