import Files
import Foundation

/// The statements of all sessions in libedit's own format. Lines are only ever appended, under a lock, so that
/// sessions that run side by side lose none of each other's.
struct HistoryFile {
  let path: String
  private static let heading = "_HiStOrY_V2_"

  /// All statements, the oldest first; lines of a file that another program wrote are statements as they are.
  var statements: [String] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    let lines = data.split(separator: UInt8(ascii: "\n"))
    return lines.map { Self.decoded(Array($0)) }.filter { $0 != Self.heading && !$0.isEmpty }
  }

  /// Whether statements can be added; a file that is not there yet can be made.
  var canBeWritten: Bool {
    !FileManager.default.fileExists(atPath: path) || FileManager.default.isWritableFile(atPath: path)
  }

  /// What is wrong with the file, in a sentence; a file of plain lines gets its heading and form.
  func prepare() -> String? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path) else {
      return "the history \(path) cannot be read: statements of before are not recalled"
    }
    guard !data.isEmpty, !data.starts(with: Self.heading.utf8) else { return nil }
    let lines = statements
    do {
      let file = try AtomicFile(path, existing: .replace)
      let bytes =
        Array((Self.heading + "\n").utf8) + lines.flatMap { Self.encoded($0) + [UInt8(ascii: "\n")] }
      try bytes.withUnsafeBytes { try file.append($0) }
      try file.commit()
    } catch {
      return "the history \(path) has no heading and cannot be written: its lines are taken as statements"
    }
    return "the history \(path) had no heading: its \(lines.count) lines are taken as statements"
  }

  /// The text of a line: an octal number behind each backslash.
  static func decoded(_ line: [UInt8]) -> String {
    var bytes: [UInt8] = []
    var k = 0
    while k < line.count {
      let digits = line[(k + 1)...].prefix(3).map { $0 &- UInt8(ascii: "0") }
      if line[k] == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ $0 < 8 }), digits[0] < 4 {
        bytes.append(digits[0] << 6 | digits[1] << 3 | digits[2])
        k += 4
      } else {
        bytes.append(line[k])
        k += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Adds a statement; what goes wrong is not worth an error at the prompt.
  func append(_ statement: String) {
    try? AppendedFile(path: path, isPrivate: true).append { isEmpty in
      Array((isEmpty ? Self.heading + "\n" : "").utf8) + Self.encoded(statement) + [UInt8(ascii: "\n")]
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
