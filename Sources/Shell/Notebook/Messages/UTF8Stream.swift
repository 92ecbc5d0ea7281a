/// Text from bytes that come in pieces: a character that is cut waits for its rest, what is none becomes U+FFFD.
struct UTF8Stream {
  private var rest: [UInt8] = []

  /// The text up to the last whole character.
  mutating func text(_ bytes: some Sequence<UInt8>) -> String {
    rest += bytes
    let cut = Self.cut(rest)
    defer { rest.removeFirst(rest.count - cut) }
    return String(decoding: rest.dropLast(cut), as: UTF8.self)
  }

  /// What is left when nothing more comes.
  mutating func end() -> String {
    defer { rest = [] }
    return String(decoding: rest, as: UTF8.self)
  }

  /// How many bytes at the end begin a character that more bytes may complete.
  private static func cut(_ bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let byte = bytes[bytes.count - count]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
      return byte <= 0xF4 && length > count ? count : 0
    }
    return 0
  }
}
