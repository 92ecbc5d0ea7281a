import Foundation

/// Characters from the terminal on standard input, with pasted text set apart from what is typed.
///
/// Bytes are read one at a time, so that a command that asks finds what was typed ahead.
final class TerminalInput {
  enum Event: Equatable {
    case character(Unicode.Scalar)
    /// A paste has ended; its text is `pasted`.
    case paste
    /// A signal came.
    case signal
    case end
  }

  /// Switch the marks around pasted text on and off.
  static let marksOn = "\u{1B}[?2004h"
  static let marksOff = "\u{1B}[?2004l"
  static let marksPastes = !["", "dumb"].contains(ProcessInfo.processInfo.environment["TERM"] ?? "")

  /// What was pasted last: lines end with a line feed, other control characters are left out, and so are the prompts
  /// and output of a copied session.
  private(set) var pasted = ""
  private var waiting: [Unicode.Scalar] = []
  private let descriptor: Int32

  /// What stands for the sequences of keys that mean something, without their Esc; all others do nothing.
  private let known: [String: Unicode.Scalar]
  /// Whether a signal waits to be looked at that came while nothing was read.
  private let hasSignal: () -> Bool
  /// Whether a signal gives up what is being typed.
  private let isGivenUp: () -> Bool

  init(
    descriptor: Int32 = 0, known: [String: Unicode.Scalar] = [:],
    hasSignal: @escaping () -> Bool = { false }, isGivenUp: @escaping () -> Bool = { true }
  ) {
    (self.descriptor, self.known) = (descriptor, known)
    (self.hasSignal, self.isGivenUp) = (hasSignal, isGivenUp)
  }

  /// Waits for the next key or paste.
  func next() -> Event {
    while true {
      if !waiting.isEmpty { return .character(waiting.removeFirst()) }
      if hasSignal() { return .signal }
      switch byte() {
      case .success(let byte?):
        if byte == 0x1B {
          if let event = escape() { return event }
        } else if let scalar = scalar(from: byte) {
          return .character(scalar)
        }
      case .success(nil): return .end
      case .failure: return .signal
      }
    }
  }

  private struct Interrupted: Error {}

  /// The next byte; nil at the end of the input.
  private func byte() -> Result<UInt8?, Interrupted> {
    var byte: UInt8 = 0
    let count = read(descriptor, &byte, 1)
    if count == 1 { return .success(byte) }
    return count < 0 && errno == EINTR ? .failure(Interrupted()) : .success(nil)
  }

  /// A byte of a key's sequence, which comes at once; nil when the key was Esc itself.
  private func soon() -> UInt8? {
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&poller, 1, 30) == 1, case .success(let byte?) = byte() else { return nil }
    return byte
  }

  /// The character that begins with a byte; nil when it is not UTF-8.
  private func scalar(from first: UInt8) -> Unicode.Scalar? {
    let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    var bytes = [first]
    while bytes.count < length, let byte = soon() { bytes.append(byte) }
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let scalar = text.unicodeScalars.first
    // C1 control characters are no keys.
    return scalar.flatMap { (0x80..<0xA0).contains($0.value) ? nil : $0 }
  }

  /// What follows Esc: a paste, a key, or what is no key of ours (nil): function keys, the mouse, answers of the
  /// terminal that came late.
  private func escape() -> Event? {
    guard let first = soon() else { return .character("\u{1B}") }
    let text: String
    switch first {
    case 0x1B: return withAlt()
    case UInt8(ascii: "["): text = "[" + controlSequence()
    case UInt8(ascii: "O"): text = "O" + sequence { (0x40...0x7E).contains($0) }
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"):
      // Texts of the terminal itself end with BEL or Esc \. Alone they are Alt and a letter.
      let rest = sequence { $0 == 0x07 || $0 == 0x5C }
      guard rest.isEmpty else { return nil }
      text = String(Unicode.Scalar(first))
    default:
      guard let scalar = scalar(from: first) else { return .character("\u{1B}") }
      text = String(scalar)
    }
    if text == "[200~" { return paste() }
    if let key = known[text] { return .character(key) }
    // Alt and a letter, or Esc and a letter that came quickly.
    guard text.unicodeScalars.count == 1 else { return nil }
    waiting = Array(text.unicodeScalars)
    return .character("\u{1B}")
  }

  /// Alt and a key of its own sequence: of the arrows another key, of all others the same.
  private func withAlt() -> Event? {
    let event = escape()
    for (arrow, word) in [("C", "[1;3C"), ("D", "[1;3D")] {
      guard let key = known["[" + arrow], event == .character(key) else { continue }
      return known[word].map { .character($0) } ?? event
    }
    return event
  }

  /// What follows Esc [.
  private func controlSequence() -> String {
    let text = sequence { (0x40...0x7E).contains($0) }
    // The console's function keys have a letter more, the oldest mouse reports three bytes.
    if text == "[" { return text + sequence { _ in true } }
    if text == "M" { for _ in 0..<3 { _ = soon() } }
    return text
  }

  /// The bytes that come at once up to one that ends them, it included.
  private func sequence(_ isLast: (UInt8) -> Bool) -> String {
    var bytes: [UInt8] = []
    while bytes.count < 4096, let byte = soon() {
      bytes.append(byte)
      if isLast(byte) { break }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads up to the mark that ends a paste.
  private func paste() -> Event {
    let mark = Array("\u{1B}[201~".utf8)
    var bytes: [UInt8] = []
    while !bytes.hasSuffix(mark) {
      switch byte() {
      case .success(let byte?): bytes.append(byte)
      case .success(nil): return .end
      case .failure:
        // A window that changes does not end a paste.
        guard isGivenUp() else { continue }
        // The rest must not be taken for keys.
        tcflush(descriptor, TCIFLUSH)
        return .signal
      }
    }
    let text = Self.cleaned(String(decoding: bytes.dropLast(mark.count), as: UTF8.self))
    pasted = PastedSession.statements(of: text)
    return .paste
  }

  /// Pasted text as it may stand on the line.
  static func cleaned(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\r": scalars.append("\n")
      case "\n" where previous == "\r": break
      case "\n": scalars.append("\n")
      case "\t": scalars.append(contentsOf: "  ".unicodeScalars)
      default:
        if scalar.properties.generalCategory != .control { scalars.append(scalar) }
      }
      previous = scalar
    }
    if scalars.last == "\n" { scalars.removeLast() }
    return String(scalars)
  }
}

extension [UInt8] {
  fileprivate func hasSuffix(_ suffix: [UInt8]) -> Bool {
    count >= suffix.count && self.suffix(suffix.count) == suffix[...]
  }
}
