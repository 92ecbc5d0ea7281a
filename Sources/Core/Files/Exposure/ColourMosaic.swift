/// Whether neighbouring pixels of an image see different colours.
package enum ColourMosaic {
  /// The card that says so, for example `BAYERPAT = RGGB`; nil for an image of one colour.
  package static func card(of image: Image) -> String? {
    let cards = image.cards
    for keyword in ["BAYERPAT", "COLORTYP", "CFAPAT", "CFATYPE", "CFA", "BAYER"] {
      guard let found = cards.find(keyword) else { continue }
      let text = found.reading.literal.trimmingBlanks().uppercased()
      // Patterns are made of the letters of colours; NONE, MONO and the like are no mosaic.
      let isPattern =
        text.count >= 4 && text.count <= 36 && text.allSatisfy { "RGBGMCYWI1234,;".contains($0) }
        && text.contains { "RGBCMYW".contains($0) }
      let isNamed = ["BAYER", "RGGB", "GRBG", "GBRG", "BGGR", "XTRANS", "X-TRANS", "LRGB", "CMYG"].contains {
        text.hasPrefix($0)
      }
      // Numbers of colours, as Exif has them.
      let isNumbers =
        ["CFAPAT", "BAYERPAT"].contains(keyword) && text.count { "0123".contains($0) } >= 4
        && text.allSatisfy { "0123[](), ".contains($0) }
      if isPattern || isNamed || isNumbers { return "\(keyword) = \(text)" }
      if keyword == "CFA" || keyword == "BAYER", text == "T" { return "\(keyword) = T" }
    }
    return nil
  }
}
