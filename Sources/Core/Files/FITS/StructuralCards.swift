/// Tells the cards that describe how an HDU is stored, which the writer makes itself, from all others.
enum StructuralCards {
  private static let names: Set<String> = [
    "SIMPLE", "XTENSION", "BITPIX", "NAXIS", "PCOUNT", "GCOUNT", "EXTEND", "GROUPS", "BSCALE", "BZERO",
    "CHECKSUM", "DATASUM", "END",
  ]
  private static let compressed: Set<String> = [
    "TFIELDS", "THEAP", "ZIMAGE", "ZCMPTYPE", "ZBITPIX", "ZNAXIS", "ZMASKCMP", "ZQUANTIZ", "ZDITHER0",
    "ZSIMPLE", "ZTENSION", "ZEXTEND", "ZBLOCKED", "ZPCOUNT", "ZGCOUNT", "ZHECKSUM", "ZDATASUM", "ZBLANK",
    "ZSCALE", "ZZERO",
  ]
  private static let compressedNumbered = [
    "ZNAXIS", "ZTILE", "ZNAME", "ZVAL", "TTYPE", "TFORM", "TUNIT", "TDIM", "TDISP", "TNULL", "TSCAL", "TZERO",
  ]

  /// The cards to keep. `isCompressed`: the HDU is a table that holds a tile-compressed image.
  static func removed(from cards: [String], isCompressed: Bool, keepsBlank: Bool) -> [String] {
    cards.filter { card in
      let name = card.prefix(8).trimmingBlanks().uppercased()
      if names.contains(name) || isNumbered(name, "NAXIS") { return false }
      // Some programs, cfitsio among them, take HIERARCH BZERO for BZERO.
      if name == "HIERARCH", names.contains(HeaderCard(card).keyword) { return false }
      if name == "BLANK" { return keepsBlank }
      guard isCompressed else { return true }
      if compressed.contains(name) { return false }
      if name == "EXTNAME", case .text(let text)? = HeaderCard(card).value(continuation: []),
        isCompressionName(text)
      {
        return false
      }
      return !compressedNumbered.contains { isNumbered(name, $0) }
    }
  }

  /// The name that programs give to every tile-compressed image.
  static func isCompressionName(_ name: String) -> Bool {
    name.trimmingBlanks().uppercased() == "COMPRESSED_IMAGE"
  }

  /// How many axes of one pixel an image has behind the second: NAXIS3 = 1 and so on, which stay with its
  /// header, so that cards of those axes stay true and the writer gives the image the axes again.
  static func furtherAxes(in header: Header) -> Int {
    var count = 0
    while count < 97, header.integer("NAXIS\(count + 3)") == 1 { count += 1 }
    return count
  }

  private static func isNumbered(_ name: String, _ stem: String) -> Bool {
    guard name.hasPrefix(stem), name.count > stem.count else { return false }
    return name.dropFirst(stem.count).allSatisfy { $0.isASCII && $0.isNumber }
  }
}
