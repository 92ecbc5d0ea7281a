import Foundation
import Glibc

/// Reads lines from a descriptor on a thread of its own, which ends with the stream.
package enum LineStream {
  /// What came.
  package enum Event: Sendable {
    case line([UInt8])
    /// A line that is longer than allowed; nothing more is read.
    case tooLong([UInt8])
    case end
  }

  /// The longest line of a message.
  package static let longest = 16 << 20

  /// - Parameters:
  ///   - longest: bytes of a line.
  ///   - cuts: whether longer lines come in pieces instead of ending the stream.
  ///   - closes: whether the descriptor is closed at the end.
  ///   - gate: passed while bytes are read and handed on.
  package static func start(
    _ descriptor: Int32, longest: Int, cuts: Bool = false, closes: Bool = true, gate: ReadingGate? = nil,
    _ take: @escaping @Sendable (Event) -> Void
  ) {
    let thread = Thread {
      read(descriptor, longest, cuts, gate, take)
      gate?.end()
      if closes { close(descriptor) }
    }
    thread.stackSize = 1 << 20
    thread.start()
  }

  private static func read(
    _ descriptor: Int32, _ longest: Int, _ cuts: Bool, _ gate: ReadingGate?, _ take: (Event) -> Void
  ) {
    var line: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      gate?.enter()
      defer { gate?.leave() }
      let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        if !line.isEmpty { take(.line(line)) }
        return take(.end)
      }
      var rest = buffer[..<count]
      while let end = rest.firstIndex(of: 0x0A) {
        line += rest[..<end]
        rest = rest[(end + 1)...]
        guard line.count <= longest else { return take(.tooLong(line)) }
        take(.line(line))
        line.removeAll(keepingCapacity: line.count < 1 << 16)
      }
      line += rest
      if line.count > longest {
        guard cuts else { return take(.tooLong(line)) }
        take(.line(line))
        line.removeAll()
      }
    }
  }
}
