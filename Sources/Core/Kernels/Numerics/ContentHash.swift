/// A 128-bit number made from contents, so that equal inputs and parameters get equal identifiers.
///
/// Not cryptographic: it tells results apart, nothing more.
package struct ContentHash: Sendable {
  private var a: UInt64 = 0x243F_6A88_85A3_08D3
  private var b: UInt64 = 0x1319_8A2E_0370_7344

  package init() {}

  package mutating func add(_ text: String) {
    for byte in text.utf8 { add(UInt64(byte)) }
    add(UInt64(text.utf8.count))
  }

  package mutating func add(_ plane: Plane<Float>) {
    add(UInt64(plane.width) << 32 ^ UInt64(plane.height))
    plane.pixels.withUnsafeBytes { bytes in
      for offset in stride(from: 0, to: bytes.count - bytes.count % 8, by: 8) {
        add(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      }
      if bytes.count % 8 != 0 {
        add(UInt64(bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self)))
      }
    }
  }

  private mutating func add(_ word: UInt64) {
    a = (a ^ word) &* 0x9E37_79B9_7F4A_7C15
    a ^= a >> 29
    b = (b &+ word) &* 0xD6E8_FEB8_6659_FD93
    b ^= b >> 32
  }

  /// The number in the form of a UUID (RFC 9562, version 8).
  package var uuid: String {
    let high = (SplitMix64.mix(a ^ b) & ~0xF000) | 0x8000
    let low = (SplitMix64.mix(b &+ 0x9E37_79B9) & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    func hex(_ value: UInt64, _ digits: Int) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: digits - text.count) + text
    }
    return [
      hex(high >> 32, 8), hex(high >> 16 & 0xFFFF, 4), hex(high & 0xFFFF, 4), hex(low >> 48, 4),
      hex(low & 0xFFFF_FFFF_FFFF, 12),
    ].joined(separator: "-")
  }
}
