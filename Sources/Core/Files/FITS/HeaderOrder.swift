import Kernels

/// The order in which a header begins (FITS 4.0, section 4.4.1): the size of the data follows SIMPLE or XTENSION.
///
/// cfitsio 4.2 takes a number that does not stand in its place from unwritten memory.
enum HeaderOrder {
  /// - Parameter block: the first bytes of a header.
  /// - Throws: `CRSError` (file) that names the first card that stands elsewhere.
  static func check(_ block: some RandomAccessCollection<UInt8>, file: String, hdu: Int) throws {
    let cards = (0..<min(36, block.count / 80)).map { number in
      String(
        decoding: block.dropFirst(80 * number).prefix(80).map {
          $0 >= 32 && $0 < 127 ? $0 : UInt8(ascii: "?")
        }, as: UTF8.self)
    }
    guard cards.count > 3 else { return }
    var expected = ["BITPIX", "NAXIS"]
    if case .integer(let axes)? = HeaderCard(cards[2]).value(continuation: []), axes > 0 {
      expected += (1...min(axes, cards.count - 3)).map { "NAXIS\($0)" }
    }
    for (place, keyword) in expected.enumerated()
    where cards[place + 1].prefix(8).trimmingBlanks() != keyword {
      throw CRSError.file(
        "card \(place + 2) of the header is not \(keyword)", file: file, hdu: hdu,
        expected: "\(hdu == 0 ? "SIMPLE" : "XTENSION"), BITPIX, NAXIS, NAXIS1, ... in this order")
    }
  }
}
