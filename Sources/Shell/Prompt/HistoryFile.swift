import Foundation

/// The statements of all sessions in libedit's own format. Lines are only ever appended, under a lock, so that
/// sessions that run side by side lose none of each other's.
struct HistoryFile {
  let path: String

  /// Adds a statement; what goes wrong is not worth an error at the prompt.
  func append(_ statement: String) {
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    guard flock(file, LOCK_EX) == 0 else { return }
    let isEmpty = lseek(file, 0, SEEK_END) == 0
    let bytes = Array((isEmpty ? "_HiStOrY_V2_\n" : "").utf8) + Self.encoded(statement) + [UInt8(ascii: "\n")]
    _ = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
  }

  /// Blanks, control characters, backslashes and bytes beyond ASCII as octal numbers.
  static func encoded(_ text: String) -> [UInt8] {
    text.utf8.flatMap { byte -> [UInt8] in
      if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") { return [byte] }
      let digits = [byte >> 6, byte >> 3 & 7, byte & 7].map { $0 + UInt8(ascii: "0") }
      return [UInt8(ascii: "\\")] + digits
    }
  }
}
