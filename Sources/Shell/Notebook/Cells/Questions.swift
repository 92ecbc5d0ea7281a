import Foundation
import Kernels
import Pipeline

/// Asks the user of a client, over the stdin socket.
final class Questions: Sendable {
  private let socket: Socket
  private let codec: MessageCodec
  /// How long somebody is waited for who may be away: an hour.
  private static let patience = Duration.seconds(3600)

  init(_ socket: Socket, _ codec: MessageCodec) { (self.socket, self.codec) = (socket, codec) }

  /// Asks who sent a request, and waits for the answer or an interrupt. What others answer is passed over.
  ///
  /// - Returns: nil when the client does not answer questions, has gone or goes, lets an hour pass, or the wait was
  ///   interrupted.
  func ask(_ question: String, for request: ExecuteRequest, cancellation: Cancellation) -> String? {
    guard request.allowsStdin else { return nil }
    do {
      // Answers to questions that were given up.
      while try socket.receive() != nil {}
      let content: JSONValue = ["prompt": .text(question), "password": false]
      let frames = codec.frames(
        "input_request", content, parent: request.message.header, to: request.message.identities)
      guard socket.send(frames) else { return nil }
      let start = ContinuousClock.now
      while !cancellation.isRaised, start.duration(to: .now) < Self.patience {
        if let client = request.message.connection, !client.isOpen { return nil }
        guard let frames = try socket.receive() else {
          Socket.wait([socket], nil, milliseconds: 50)
          continue
        }
        guard let reply = codec.message(frames), reply.kind == "input_reply",
          reply.identities == request.message.identities
        else { continue }
        return reply.content["value"]?.string
      }
      return nil
    } catch {
      return nil
    }
  }

  func close() { socket.close() }
}
