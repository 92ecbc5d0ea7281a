/// An HDU that no command looks into, kept byte for byte so that saving an image loses nothing:
/// tables, and images that are not the one they came with.
package struct CarriedHDU: Sendable, Equatable {
  /// EXTNAME, empty without one.
  package let name: String
  /// Its place in the file, 0 for the primary HDU.
  package let number: Int
  /// A whole FITS file: an empty primary HDU and the carried one.
  package let bytes: [UInt8]

  package init(name: String, number: Int, bytes: [UInt8]) {
    (self.name, self.number, self.bytes) = (name, number, bytes)
  }

  /// Whether bytes can be a whole FITS file of at least two HDUs; what is in them is not looked at.
  package static func isFile(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 2 * block, bytes.count % block == 0,
      bytes.starts(with: "SIMPLE  =                    T".utf8)
    else { return false }
    // The second header begins behind the block that ends the first, which has no data.
    guard let end = stride(from: 0, to: bytes.count, by: 80).first(where: { isEnd(bytes, at: $0) }) else {
      return false
    }
    let second = (end / block + 1) * block
    let start = bytes[second...].prefix(10)
    guard start.elementsEqual("XTENSION= ".utf8) else { return false }
    return stride(from: second, to: bytes.count, by: 80).contains { isEnd(bytes, at: $0) }
  }

  private static let block = 2880

  private static func isEnd(_ bytes: [UInt8], at place: Int) -> Bool {
    let card = bytes[place...].prefix(80)
    return card.starts(with: "END".utf8) && card.dropFirst(3).allSatisfy { $0 == 0x20 }
  }

  /// Whether it is an image that was the primary HDU.
  var isPrimary: Bool { number == 0 }
}
