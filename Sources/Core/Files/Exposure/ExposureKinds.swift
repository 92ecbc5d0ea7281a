extension [Image] {
  /// What tells equivalent exposures apart: another filter or instrument, or a frame of another kind, such as a flat.
  private static var kinds: [String] {
    [
      "INSTRUME", "IMAGETYP", "OBSTYPE", "FILTER", "FILTER1", "FILTER2", "FILTER3", "GRATING", "GRISM",
    ]
  }

  /// A sentence where exposures that belong together say that they are of different kinds; nil where they do not.
  package var kindNote: String? {
    let told = Self.kinds.compactMap { keyword -> String? in
      var files: [(text: String, first: String, count: Int)] = []
      for (k, image) in enumerated() {
        guard let text = image.cards.text(keyword)?.trimmingBlanks(), !text.isEmpty else { return nil }
        if let place = files.firstIndex(where: { $0.text.uppercased() == text.uppercased() }) {
          files[place].count += 1
        } else {
          files.append((text, image.label(number: k + 1), 1))
        }
      }
      guard files.count > 1 else { return nil }
      return "\(keyword) "
        + files.prefix(4).map {
          "'\($0.text)' (\($0.first)\($0.count > 1 ? " and \($0.count - 1) more" : ""))"
        }
        .joined(separator: ", ") + (files.count > 4 ? ", ..." : "")
    }
    return told.isEmpty ? nil : "the exposures are of different kinds: " + told.joined(separator: "; ")
  }

  /// Sentences on exposures that belong together and are unlike: places of their frames, kinds.
  package var unlikenessNotes: [String] { [placeNote, kindNote].compactMap { $0 } }
}
