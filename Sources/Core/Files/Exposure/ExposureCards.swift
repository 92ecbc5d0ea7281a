/// The cards that describe an exposure: those of its own HDU, then those of the empty primary HDU in front, unless
/// the HDU says INHERIT = F.
///
/// Unit, detector, time, telescope and observation are looked for in both; what describes an array (scaling, BLANK,
/// world coordinates, sections) only in its own HDU.
package struct ExposureCards: Sendable {
  /// A card with the HDU it stands in; nil where the image comes from no file.
  package struct Found: Sendable {
    package var keyword: String
    package var reading: CardReading
    package var comment: String
    package var hdu: Int?

    /// - Parameters:
    ///   - note: a remark on the value.
    ///   - isNumber: whether text is worth a remark.
    package func source(_ note: String? = nil, isNumber: Bool = true) -> Source {
      let notes = [isInherited ? "primary header" : nil, isNumber && reading.isText ? "text" : nil, note]
      let all = notes.compactMap { $0 }
      return .header(hdu: hdu, card: keyword, note: all.isEmpty ? nil : all.joined(separator: ", "))
    }

    /// Whether it is a card of the primary HDU although the image is in another.
    package var isInherited: Bool
  }

  private let own: Header
  private let inherited: Header?
  private let hdu: Int?

  /// - Parameters:
  ///   - hdu: of the image, nil where it comes from no file.
  ///   - primary: cards of the primary HDU when it has no pixels and the image is in another.
  package init(own: Header, hdu: Int? = nil, primary: Header? = nil) {
    self.own = own
    self.hdu = hdu
    inherited = Self.refusesPrimary(own) ? nil : primary
  }

  /// Whether INHERIT is F, also as text.
  private static func refusesPrimary(_ own: Header) -> Bool {
    switch own["INHERIT"] {
    case .logical(let flag)?: !flag
    case .text(let text)?: ["F", "FALSE", "NO"].contains(text.trimmingBlanks().uppercased())
    default: false
    }
  }

  /// The keywords of the image's own header, once each.
  package var keywords: [String] { own.keywords }

  /// The texts of all commentary cards of a keyword.
  package func commentary(_ keyword: String) -> [String] { own.commentary(keyword) }

  /// Whether there is a card of that keyword, a commentary card among them.
  package func has(_ keyword: String) -> Bool { find(keyword) != nil || !commentary(keyword).isEmpty }

  /// Every card of the image's own header, verbatim.
  package var ownCards: [String] { own.cards }

  /// The headers in the order in which they are looked into.
  var headers: [(header: Header, hdu: Int?, isInherited: Bool)] {
    [(own, hdu, false)] + (inherited.map { [($0, hdu == nil ? nil : 0, true)] } ?? [])
  }

  /// The first card of that keyword that has a value by its form.
  package func find(_ keyword: String) -> Found? {
    for place in headers where !place.isInherited || !ArrayCards.describesArray(keyword) {
      if let found = Self.find(keyword, place) { return found }
    }
    return nil
  }

  static func find(_ keyword: String, _ place: (header: Header, hdu: Int?, isInherited: Bool)) -> Found? {
    place.header.reading(keyword).map {
      Found(
        keyword: keyword.uppercased(), reading: $0, comment: place.header.comment(of: keyword) ?? "",
        hdu: place.hdu, isInherited: place.isInherited)
    }
  }

  /// What cards say twice and differently of unit, detector and time, a sentence each: the first one counts; and a unit of
  /// time that nobody knows.
  var contradictions: [String] {
    var found: [String] = []
    for place in headers {
      for keyword in place.header.keywords
      where Self.countedOnce.contains(keyword) || DetectorCards.isGain(keyword)
        || DetectorCards.isNoise(keyword)
      {
        let texts = place.header.literals(of: keyword)
        guard let first = texts.first, let other = texts.first(where: { $0 != first }) else { continue }
        found.append(
          "\(keyword) stands twice in the header\(place.hdu.map { " of HDU \($0)" } ?? ""), as \(first) and \(other): "
            + "\(first) is used")
      }
    }
    if let note = ExposureTime.unitNote(self) { found.append(note) }
    return found
  }

  private static let countedOnce: Set<String> = [
    "BUNIT", "EXPTIME", "XPOSURE", "EFFEXPTM", "TEXPTIME", "EXPOSURE", "SATURATE", "SATLEVEL",
    ExposureDetector.biasCard,
  ]

  /// The unit of the pixels; none without BUNIT or where it is blank.
  package var unit: PixelUnit { PixelUnit(parsing: text("BUNIT") ?? "") }

  package func text(_ keyword: String) -> String? {
    if case .text(let text)? = find(keyword)?.reading.value { return text.trimmingBlanks() }
    return nil
  }
}

extension Image {
  /// The cards that describe the exposure.
  package var cards: ExposureCards {
    ExposureCards(own: header, hdu: origin?.hdu, primary: primaryHeader)
  }
}

/// The place in a file that an image was read from.
package struct ImageOrigin: Sendable, Hashable {
  /// The name as the user wrote it, without brackets.
  package var file: String
  package var hdu: Int
  /// EXTNAME, empty without one.
  package var name: String
  /// How many other images of the sky the file has.
  package var siblings = 0
  /// The plane of a cube, from 1.
  package var plane: Int?
  /// How many further exposures went into the image, which was combined.
  package var others = 0

  package init(file: String, hdu: Int, name: String) { (self.file, self.hdu, self.name) = (file, hdu, name) }
}
