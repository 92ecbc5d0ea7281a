extension StringProtocol {
  /// The text without blanks, tabs and line ends at either side.
  package func trimmingBlanks() -> String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}

extension String {
  /// As for every text; most have nothing to be left out.
  package func trimmingBlanks() -> String {
    func isPlain(_ byte: UInt8?) -> Bool { byte.map { (0x21..<0x7F).contains($0) } ?? false }
    return isPlain(utf8.first) && isPlain(utf8.last) ? self : self[...].trimmingBlanks()
  }
}
