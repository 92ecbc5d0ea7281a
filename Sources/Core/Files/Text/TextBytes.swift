/// Bytes that should be text.
package enum TextBytes {
  /// The first line that is no UTF-8, from 1; nil where all of them are.
  package static func lineBeyondUTF8(_ bytes: some Collection<UInt8>) -> Int? {
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    return lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { $0 + 1 }
  }

  /// The first line with U+FFFD, which programs write for bytes that are no UTF-8; nil for none.
  package static func lineWithReplacement(_ text: String) -> Int? {
    guard text.unicodeScalars.contains("\u{FFFD}") else { return nil }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return lines.firstIndex { $0.unicodeScalars.contains("\u{FFFD}") }.map { $0 + 1 }
  }
}
