import Foundation
import Pipeline
import Synchronization

/// Turns messages into frames and back: identities, a mark, the signature, and four parts in JSON.
final class MessageCodec: Sendable {
  static let protocolVersion = "5.5"
  static let mark = Array("<IDS|MSG>".utf8)

  private let signature: Signature
  /// Names this kernel in its messages.
  private let session = UUID().uuidString.lowercased()
  private let count = Atomic<Int>(0)

  init(signature: Signature) { self.signature = signature }

  /// nil for frames that are no message, or whose signature is wrong.
  func message(_ frames: [[UInt8]]) -> Message? {
    guard let mark = frames.firstIndex(of: Self.mark), frames.count >= mark + 6 else { return nil }
    let parts = frames[(mark + 2)..<(mark + 6)]
    guard signature.accepts(frames[mark + 1], of: parts) else { return nil }
    let texts = parts.map { try? JSONValue(bytes: $0) }
    guard let header = texts[0], header["msg_type"]?.string != nil, let content = texts[3] else { return nil }
    return Message(identities: Array(frames[..<mark]), header: header, content: content)
  }

  /// - Parameter parent: the header of the request that it belongs to.
  func frames(
    _ kind: String, _ content: JSONValue, parent: JSONValue = .object([:]),
    metadata: JSONValue = .object([:]),
    to identities: [[UInt8]]
  ) -> [[UInt8]] {
    let number = count.add(1, ordering: .relaxed).newValue
    let header: JSONValue = [
      "msg_id": .text("\(session)_\(number)"), "session": .text(session), "username": "kernel",
      "date": .text(Self.now), "msg_type": .text(kind), "version": .text(Self.protocolVersion),
    ]
    let parts = [header, parent, metadata, content].map(\.bytes)
    return identities + [Self.mark, signature.sign(parts)] + parts
  }

  /// `2026-01-27T04:39:40.123456Z`
  private static var now: String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var parts = tm()
    gmtime_r(&time.tv_sec, &parts)
    func digits(_ number: Int, _ count: Int) -> String {
      let text = "\(number)"
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    let day = [
      digits(Int(parts.tm_year) + 1900, 4), digits(Int(parts.tm_mon) + 1, 2), digits(Int(parts.tm_mday), 2),
    ]
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { digits(Int($0), 2) }
    return day.joined(separator: "-") + "T" + clock.joined(separator: ":") + "."
      + digits(time.tv_nsec / 1000, 6) + "Z"
  }
}
