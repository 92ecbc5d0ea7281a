import Pipeline

/// A socket that takes requests; each is answered between busy and idle.
final class RequestChannel: Sendable {
  private let socket: Socket
  private let codec: MessageCodec
  let publisher: Publisher

  init(_ socket: Socket, _ codec: MessageCodec, _ publisher: Publisher) {
    (self.socket, self.codec, self.publisher) = (socket, codec, publisher)
  }

  /// The next request that has come; what is none, or is not signed rightly, is passed over.
  ///
  /// - Throws: `Socket.Ended`.
  func next() throws(Socket.Ended) -> Message? {
    while let frames = try socket.receive() {
      guard var message = codec.message(frames) else { continue }
      message.connection = socket.source
      return message
    }
    return nil
  }

  /// - Parameter answer: gives the content of the reply; nil: there is none.
  func handle(_ message: Message, _ answer: (Message) -> JSONValue?) {
    publisher.status("busy", parent: message.header)
    if let content = answer(message) { reply(message, content) }
    publisher.status("idle", parent: message.header)
  }

  private func reply(_ message: Message, _ content: JSONValue) {
    socket.send(codec.frames(message.replyKind, content, parent: message.header, to: message.identities))
  }

  /// Waits until a request has come or the end was asked for.
  func wait(_ waker: Waker) { Socket.wait([socket], waker) }

  func close() { socket.close() }
}
