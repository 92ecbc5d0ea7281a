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
      let name = card.prefix(8).trimmingBlanks()
      if names.contains(name) || isNumbered(name, "NAXIS") { return false }
      if name == "BLANK" { return keepsBlank }
      guard isCompressed else { return true }
      if compressed.contains(name) { return false }
      if name == "EXTNAME", HeaderCard(card).value(continuation: []) == .text("COMPRESSED_IMAGE") {
        return false
      }
      return !compressedNumbered.contains { isNumbered(name, $0) }
    }
  }

  private static func isNumbered(_ name: String, _ stem: String) -> Bool {
    guard name.hasPrefix(stem), name.count > stem.count else { return false }
    return name.dropFirst(stem.count).allSatisfy { $0.isASCII && $0.isNumber }
  }
}
