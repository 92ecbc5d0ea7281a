import Foundation
import Synchronization

/// What the terminal says of itself when it is asked (primary device attributes).
enum TerminalAnswer {
  /// How long a terminal has to answer, milliseconds.
  private static let patience: Int32 = 300
  private static let known = Mutex<Bool?>(nil)

  /// Whether the terminal announces sixel pictures; asked once, and not while keys wait to be read.
  static func announcesSixel() -> Bool {
    known.withLock { known in
      if let known { return known }
      let environment = ProcessInfo.processInfo.environment
      guard isatty(0) == 1, isatty(1) == 1, !["", "dumb", "linux"].contains(environment["TERM"] ?? "") else {
        known = false
        return false
      }
      guard let answer = ask() else { return false }
      known = attributes(answer).contains(4)
      return known ?? false
    }
  }

  /// The numbers of `Esc [ ? 62 ; 4 ; 22 c` after the first, which is the terminal's class.
  static func attributes(_ answer: String) -> [Int] {
    guard let body = answer.firstMatch(of: /\u{1B}\[\?([0-9;]*)c/) else { return [] }
    return body.output.1.split(separator: ";").dropFirst().compactMap { Int($0) }
  }

  /// Sends the question and reads up to the end of the answer; empty when none comes, nil when keys wait.
  private static func ask() -> String? {
    var before = termios()
    guard tcgetattr(0, &before) == 0 else { return "" }
    var raw = before
    raw.c_lflag &= ~UInt32(ICANON | ECHO)
    guard tcsetattr(0, TCSANOW, &raw) == 0 else { return "" }
    defer { tcsetattr(0, TCSANOW, &before) }
    if isReadable(within: 0) { return nil }
    let question = Array("\u{1B}[c".utf8)
    guard write(1, question, question.count) == question.count else { return "" }
    let end = ContinuousClock.now + .milliseconds(Int(patience))
    var answer: [UInt8] = []
    while answer.last != UInt8(ascii: "c"), answer.count < 200, ContinuousClock.now < end {
      guard isReadable(within: 20) else { continue }
      var byte: UInt8 = 0
      guard read(0, &byte, 1) == 1 else { break }
      answer.append(byte)
    }
    return String(decoding: answer, as: UTF8.self)
  }

  private static func isReadable(within milliseconds: Int32) -> Bool {
    var poller = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    return poll(&poller, 1, milliseconds) == 1
  }
}
