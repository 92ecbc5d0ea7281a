/// Tells the cards that describe an array and its place on detector and sky, which an HDU never takes from another.
enum ArrayCards {
  private static let names: Set<String> = [
    "SIMPLE", "XTENSION", "BITPIX", "NAXIS", "PCOUNT", "GCOUNT", "EXTEND", "GROUPS", "EXTNAME", "EXTVER",
    "EXTLEVEL", "HDUNAME", "INHERIT", "BSCALE", "BZERO", "BLANK", "DATAMIN", "DATAMAX", "CHECKSUM", "DATASUM",
    "WCSAXES", "WCSNAME", "LONPOLE", "LATPOLE", "COMMENT", "HISTORY", "",
  ]
  private static let stems = [
    "NAXIS", "CTYPE", "CRPIX", "CRVAL", "CDELT", "CROTA", "CUNIT", "CD", "PC", "PV", "PS", "LTV", "LTM",
    "ATV",
    "ATM", "DTV", "DTM", "CPDIS", "CQDIS", "DP", "DQ", "D2IMDIS", "D2IMARR", "D2IMERR", "WCSNAME", "WCSAXES",
    "DATASEC", "TRIMSEC", "BIASSEC", "CCDSEC", "DETSEC", "AMPSEC", "DSEC", "TSEC", "BSEC", "CSEC", "ASEC",
  ]
  private static let polynomials = ["A_", "B_", "AP_", "BP_"]

  /// Whether a card says where the pixels are on the sky or on the detector.
  static func isPlace(_ keyword: String) -> Bool {
    describesArray(keyword) && !names.contains(keyword.uppercased())
      && !keyword.uppercased().hasPrefix("NAXIS")
  }

  static func describesArray(_ keyword: String) -> Bool {
    let name = keyword.uppercased()
    if names.contains(name) { return true }
    // Numbers of axes, with an underscore between two of them, and the letter of another coordinate system.
    for stem in stems where name.hasPrefix(stem) {
      let rest = name.dropFirst(stem.count)
      let letters = rest.filter(\.isLetter).count
      if rest.isEmpty && stem.hasSuffix("SEC") { return true }
      if rest.contains(where: \.isNumber), letters <= 1,
        rest.allSatisfy({ $0 == "_" || $0 == "." || $0.isNumber || $0.isLetter })
      {
        return true
      }
      if stem.hasSuffix("SEC"), rest.count == 1 { return true }
    }
    return polynomials.contains { name.hasPrefix($0) && name.dropFirst($0.count).first?.isNumber == true }
  }
}
