import Foundation
import Glibc

/// What a program writes, as text.
struct ProgramOutput: Sendable {
  enum Stream: Sendable { case output, errors }

  private let pipes: [OutputPipe]
  private var texts = [UTF8Stream(), UTF8Stream()]

  init(output: OutputPipe, errors: OutputPipe) { pipes = [output, errors] }

  /// Whether somebody can still write.
  var isOpen: Bool { pipes.contains(where: \.isOpen) }

  func wait(milliseconds: Int32) { OutputPipe.wait(pipes, milliseconds: milliseconds) }

  /// Hands over what has come: a part of it where there is much, so that who never stops writing can be interrupted.
  ///
  /// - Returns: whether there was anything.
  mutating func read(_ write: (String, Stream) -> Void) -> Bool {
    var isRead = false
    for k in pipes.indices {
      for _ in 0..<16 {
        guard let bytes = pipes[k].read() else { break }
        isRead = true
        let text = texts[k].text(bytes)
        if !text.isEmpty { write(text, k == 0 ? .output : .errors) }
      }
    }
    return isRead
  }

  /// Hands over letters that were never finished.
  mutating func end(_ write: (String, Stream) -> Void) {
    for k in pipes.indices {
      let rest = texts[k].end()
      if !rest.isEmpty { write(rest, k == 0 ? .output : .errors) }
    }
  }

  /// Hands over what comes from now on, in a thread of its own, until nobody can write any more.
  func follow(_ write: @escaping @Sendable (String, Stream) -> Void) {
    Thread.detachNewThread {
      var text = self
      while text.isOpen {
        text.wait(milliseconds: 1000)
        _ = text.read(write)
      }
      text.end(write)
    }
  }
}

/// Owns both ends of a pipe. One thread at a time uses it.
final class OutputPipe: @unchecked Sendable {
  private var start: Int32 = -1
  /// Where the program writes.
  private(set) var end: Int32 = -1
  private(set) var isOpen = true

  init?() {
    guard let ends = Self.ends() else { return nil }
    (start, end) = ends
    _ = fcntl(start, F_SETFL, O_NONBLOCK)
  }

  /// A pipe that programs do not inherit by accident; nil when there are too many open.
  static func ends() -> (start: Int32, end: Int32)? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  deinit {
    close(start)
    closeEnd()
  }

  func closeEnd() {
    if end >= 0 { close(end) }
    end = -1
  }

  /// What has come; nil for nothing now, or nothing any more.
  func read() -> [UInt8]? {
    guard isOpen else { return nil }
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
      repeat { count = Glibc.read(start, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
      filled = max(0, count)
    }
    if count == 0 { isOpen = false }
    return count > 0 ? bytes : nil
  }

  static func wait(_ pipes: [OutputPipe], milliseconds: Int32) {
    var items = pipes.filter(\.isOpen).map { pollfd(fd: $0.start, events: Int16(POLLIN), revents: 0) }
    poll(&items, nfds_t(items.count), milliseconds)
  }
}
