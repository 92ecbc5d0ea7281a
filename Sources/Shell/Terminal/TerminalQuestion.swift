import Files
import Foundation

/// Asks on the terminal; unlike Swift's `readLine`, Ctrl-C ends the question.
enum TerminalQuestion {
  /// The answer without its end of line; nil at the end of input and after Ctrl-C.
  static func answer(to question: String) -> String? {
    Output.prompt(question.visible)
    var bytes: [UInt8] = []
    while true {
      var byte: UInt8 = 0
      let count = read(0, &byte, 1)
      if count == 1 {
        if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(byte)
      } else if count < 0, errno == EINTR {
        if Interruption.cancellation.isRaised { return nil }
      } else {
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
      }
    }
  }
}
