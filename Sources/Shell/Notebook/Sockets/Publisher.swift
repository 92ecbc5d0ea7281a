import Foundation
import Kernels
import Pipeline

/// What all clients see: owns the iopub socket in a thread of its own, to which the others hand messages over.
///
/// Text of a stream is gathered for a tenth of a second, so that many lines are few messages; order is kept.
final class Publisher: Sendable {
  enum Stream: String { case stdout, stderr }

  private enum Item {
    case message([[UInt8]])
    case text(Stream, String, parent: JSONValue)
    case end
  }
  /// Text that may grow before it is sent.
  private struct Gathered {
    var stream: Stream
    var text: String
    var parent: JSONValue
    var since: ContinuousClock.Instant
  }

  private let queue = Guarded<[Item]>([])
  private let waker = Waker()
  private let codec: MessageCodec
  private let socket: Socket
  private let hasEnded = DispatchSemaphore(value: 0)
  private static let longest = Duration.milliseconds(100)
  /// Bytes of a message, so that a client that has to catch up need not hold much.
  private static let largest = 1 << 16

  init(_ socket: Socket, _ codec: MessageCodec) { (self.socket, self.codec) = (socket, codec) }

  func start() { Thread.detachNewThread { self.run() } }

  /// Sends what waits and closes the socket.
  func end() {
    hand(over: .end)
    hasEnded.wait()
  }

  // MARK: - From all threads

  func publish(
    _ kind: String, _ content: JSONValue, parent: JSONValue, metadata: JSONValue = .object([:])
  ) {
    let topic = Array("crs.\(kind)".utf8)
    hand(over: .message(codec.frames(kind, content, parent: parent, metadata: metadata, to: [topic])))
  }

  func status(_ state: String, parent: JSONValue) {
    publish("status", ["execution_state": .text(state)], parent: parent)
  }

  func write(_ text: String, to stream: Stream, parent: JSONValue) {
    if !text.isEmpty { hand(over: .text(stream, text, parent: parent)) }
  }

  private func hand(over item: Item) {
    let isFirst = queue.withLock { queue in
      queue.append(item)
      return queue.count == 1
    }
    if isFirst { waker.wake() }
  }

  // MARK: - In its own thread

  private func run() {
    var gathered: Gathered?
    func flush() {
      guard let text = gathered else { return }
      gathered = nil
      let content: JSONValue = ["name": .text(text.stream.rawValue), "text": .text(text.text)]
      socket.send(codec.frames("stream", content, parent: text.parent, to: [Array("crs.stream".utf8)]))
    }
    defer {
      socket.close()
      hasEnded.signal()
    }
    while true {
      let left = gathered.map { max(0, (Self.longest - ($0.since.duration(to: .now))) / .milliseconds(1)) }
      Socket.wait([socket], waker, milliseconds: left.map { Int($0.rounded(.up)) })
      guard welcomeSubscribers() else { return }
      waker.clear()
      let items = queue.withLock { queue in
        defer { queue = [] }
        return queue
      }
      for item in items {
        switch item {
        case .end:
          flush()
          return
        case .message(let frames):
          flush()
          socket.send(frames)
        case .text(let stream, let text, let parent):
          if let open = gathered, open.stream != stream || open.parent != parent { flush() }
          if gathered == nil { gathered = Gathered(stream: stream, text: "", parent: parent, since: .now) }
          gathered?.text += text
          if let open = gathered, open.text.utf8.count > Self.largest { flush() }
        }
      }
      if let open = gathered, open.since.duration(to: .now) >= Self.longest { flush() }
    }
  }

  /// Tells each new subscriber that what follows reaches it; false when the context has ended.
  private func welcomeSubscribers() -> Bool {
    do {
      while let frames = try socket.receive() {
        guard let frame = frames.first, frame.first == 1 else { continue }
        let topic = Array(frame.dropFirst())
        let content: JSONValue = ["subscription": .text(String(decoding: topic, as: UTF8.self))]
        socket.send(codec.frames("iopub_welcome", content, to: [topic]))
      }
      return true
    } catch {
      return false
    }
  }
}
