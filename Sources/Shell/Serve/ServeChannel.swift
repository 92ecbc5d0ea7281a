import Foundation
import Glibc
import Kernels
import Pipeline
import Plugins

/// Messages between a served session and the program that drives it: read on a thread of its own, written by whoever
/// has something to say.
final class ServeChannel: Sendable {
  private struct State {
    var waiting: [JSONValue] = []
    var hasEnded = false
    /// The call that runs.
    var current: Int?
    /// Calls that were cancelled before they began.
    var cancelled: Set<Int> = []
    var answers: [JSONValue] = []
  }
  private let state = Guarded(State())
  private let arrived = DispatchSemaphore(value: 0)
  private let answered = DispatchSemaphore(value: 0)
  private let output: Int32
  private let writing = Guarded(())
  private let cancellation: Cancellation

  /// Takes standard input and output; what is printed from now on goes to standard error.
  init(cancellation: Cancellation) {
    self.cancellation = cancellation
    output = dup(1)
    _ = fcntl(output, F_SETFD, FD_CLOEXEC)
    dup2(2, 1)
  }

  func start() {
    LineStream.start(0, longest: LineStream.longest, closes: false) { [self] in take($0) }
  }

  // MARK: - Reading

  private func take(_ event: LineStream.Event) {
    switch event {
    case .line(let line):
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return }
      do {
        let message = try JSONValue(parsing: line)
        guard message.members != nil else { throw CRSError.data("no message") }
        take(message)
      } catch {
        breach("no message of JSON: " + String(decoding: line.prefix(60), as: UTF8.self))
      }
    case .tooLong: breach("a line of more than \(LineStream.longest >> 20) MiB")
    case .end: end()
    }
  }

  private func take(_ message: JSONValue) {
    if let number = message["cancel"]?.int {
      state.withLock { state in
        if state.current == number { cancellation.raise() } else { state.cancelled.insert(number) }
      }
      answered.signal()
    } else if message["answer"] != nil {
      state.withLock { $0.answers.append(message) }
      answered.signal()
    } else if message["bye"] != nil {
      end()
    } else {
      state.withLock { $0.waiting.append(message) }
      arrived.signal()
    }
  }

  /// What is no message is answered in its turn.
  private func breach(_ what: String) {
    state.withLock { $0.waiting.append(["breach": .text(what)]) }
    arrived.signal()
  }

  private func end() {
    state.withLock { state in
      state.hasEnded = true
      if state.current != nil { cancellation.raise() }
    }
    arrived.signal()
    answered.signal()
  }

  /// Whether nobody waits for answers any more.
  var hasEnded: Bool { state.withLock { $0.hasEnded } }

  /// The next message to be worked on; nil at the end.
  func next() -> JSONValue? {
    while true {
      let (message, hasEnded) = state.withLock { state in
        (state.waiting.isEmpty ? nil : state.waiting.removeFirst(), state.hasEnded)
      }
      if hasEnded {
        // Calls that wait do not begin, and that is said.
        if let number = message?["call"]?.int { writeInterrupted(number) }
        if message == nil { return nil }
        continue
      }
      if let message { return message }
      arrived.wait()
    }
  }

  private func writeInterrupted(_ call: Int) {
    write(["call": .integer(call), "error": ["code": "interrupted", "message": "interrupted"]])
  }

  /// Answers the call that runs and those that wait; the program ends before they could.
  func giveUp() {
    let (current, waiting) = state.withLock { ($0.current, $0.waiting) }
    let numbers = [current].compactMap { $0 } + waiting.compactMap { $0["call"]?.int }
    numbers.forEach(writeInterrupted)
  }

  /// Runs a call: from now on its number can be cancelled.
  func during<Result>(_ call: Int, _ body: () throws -> Result) rethrows -> Result {
    state.withLock { state in
      cancellation.reset()
      state.current = call
      if state.cancelled.remove(call) != nil || state.hasEnded { cancellation.raise() }
    }
    defer {
      state.withLock { state in
        state.current = nil
        // A cancel of a call that has ended means nothing.
        state.cancelled = state.cancelled.filter { $0 > call }
      }
    }
    return try body()
  }

  /// The driver's answer to a question; nil when there is none to be had.
  func answer(to question: String, choices: [String] = [], call: Int) -> String? {
    var message: [String: JSONValue] = ["call": .integer(call), "ask": .text(question)]
    if !choices.isEmpty { message["choices"] = .list(choices.map { .text($0) }) }
    write(.object(message))
    while true {
      let found: JSONValue? = state.withLock { state in
        guard let index = state.answers.firstIndex(where: { $0["call"]?.int == call }) else { return nil }
        return state.answers.remove(at: index)
      }
      if let found { return found["answer"]?.string }
      if cancellation.isRaised || state.withLock({ $0.hasEnded }) { return nil }
      _ = answered.wait(timeout: .now() + 0.1)
    }
  }

  // MARK: - Writing

  /// - Returns: whether the message is short enough to be sent.
  @discardableResult
  func write(_ message: JSONValue) -> Bool {
    let line = message.bytes + [0x0A]
    guard line.count <= LineStream.longest else { return false }
    writing.withLock { _ in
      line.withUnsafeBytes { bytes in
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
          let count = Glibc.write(output, base + done, bytes.count - done)
          if count < 0, errno == EINTR { continue }
          // The driver has gone; its end of input follows.
          guard count > 0 else { return }
          done += count
        }
      }
    }
    return true
  }
}
