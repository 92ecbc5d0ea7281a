extension HDUDescription {
  /// Whether a tile-compressed image was a primary one before.
  var wasPrimary: Bool { isCompressed && header["ZSIMPLE"] != nil }

  var summary: HDUSummary {
    let kind: HDUSummary.Kind =
      switch self.kind {
      case .image: isCompressed ? .compressedImage : number == 0 ? .primary : .image
      case .asciiTable: .asciiTable
      case .binaryTable: .binaryTable
      }
    let format: String
    if self.kind == .image {
      format = axes.isEmpty ? "" : storedType.rawValue
    } else {
      let columns = header.integer("TFIELDS") ?? 0
      let formats = (1...max(1, min(columns, 999))).compactMap { header.text("TFORM\($0)") }
      format = "[" + formats.joined(separator: ", ") + "]"
    }
    let dimensions = self.kind == .image ? axes : [axes[0], axes[1]]
    return HDUSummary(
      number: number, name: name.isEmpty && number == 0 ? "PRIMARY" : name,
      version: header.integer("EXTVER") ?? 1, kind: kind, cards: header.cards.count, dimensions: dimensions,
      format: format)
  }
}
