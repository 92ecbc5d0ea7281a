import Files

/// The statements of all sessions in libedit's own format. Lines are only ever appended, under a lock, so that
/// sessions that run side by side lose none of each other's.
struct HistoryFile {
  let path: String

  /// Adds a statement; what goes wrong is not worth an error at the prompt.
  func append(_ statement: String) {
    try? AppendedFile(path: path, isPrivate: true).append { isEmpty in
      Array((isEmpty ? "_HiStOrY_V2_\n" : "").utf8) + Self.encoded(statement) + [UInt8(ascii: "\n")]
    }
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
