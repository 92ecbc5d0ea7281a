import Kernels

/// The cards of the image that a mask was made for, as far as a mask keeps them: object, observation and places of the
/// pixels.
package struct MaskHeader: MaskOwner {
  package var header: Header
  /// Where the image was read.
  package var origin: ImageOrigin?
  /// How far `shift` moved the image, and the mask.
  var shifted = Offset.zero

  /// The card that says that an image is a mask.
  static let card = "CRSMASK"

  private static let names: Set<String> = [
    "OBJECT", "DATE-OBS", "DATE-BEG", "DATE-END", "TIME-OBS", "MJD-OBS", "EXPSTART", "EXPEND", "EXPTIME",
    "TELESCOP",
    "INSTRUME", "DETECTOR", "CAMERA", "OBSERVER", "OBS_ID", "FILTER", "FILTER1", "FILTER2", "RA", "DEC",
    "EQUINOX",
    "RADESYS", "RADECSYS", "ORIGIN", "WCSAXES", "WCSNAME", "LONPOLE", "LATPOLE", "CCDSUM", "XBINNING",
    "YBINNING",
  ]

  package init(of image: Image) {
    var cards: [String] = []
    for (header, _, isInherited) in image.cards.headers {
      let known = Set(cards.map { HeaderCard($0).keyword })
      cards += header.cards.filter { card in
        let keyword = HeaderCard(card).keyword
        guard !known.contains(keyword) else { return false }
        return MaskHeader.names.contains(keyword)
          || !isInherited && (keyword == MaskHeader.version || ArrayCards.isPlace(keyword))
      }
    }
    header = Header(cards: cards)
    (origin, shifted) = (image.origin, image.shifted)
  }

  package init(header: Header, origin: ImageOrigin?) { (self.header, self.origin) = (header, origin) }

  /// The cards that a mask keeps, of the HDU that it is read from.
  init(read header: Header) {
    let kept = header.cards.filter { card in
      let keyword = HeaderCard(card).keyword
      return Self.names.contains(keyword) || [Self.file, Self.version].contains(keyword)
        || ArrayCards.isPlace(keyword)
    }
    self.init(header: Header(cards: kept), origin: nil)
  }

  /// The card that tells HDUs of one name apart.
  static let version = "EXTVER"

  /// The date that tells exposures apart, and the card with the file that a mask was made for.
  static let (date, file) = ("DATE-OBS", "ORIGFILE")

  /// How masks name an image: its file without folders, and where in it.
  static func name(_ origin: ImageOrigin) -> String {
    let file = origin.file.split(separator: "/").last.map(String.init) ?? origin.file
    let hdu = origin.siblings > 0 ? "[\(origin.hdu)]" : ""
    return file + hdu + (origin.plane.map { "[*,*,\($0)]" } ?? "")
  }

  /// The image that the mask was made for; nil where nobody said. A saved mask says it itself, whatever file it is in.
  var name: String? { header.text(Self.file) ?? origin.map(Self.name) }

  /// The cards of a set of masks that say what each was made for.
  private static func cards(_ number: Int) -> (file: String, date: String) {
    ("EXPF\(number)", "EXPD\(number)")
  }

  /// The cards that tell in which place of its frame a mask lies.
  private static let places = ["LTV1", "LTV2", "LTM1_1", "LTM2_2"]

  /// A sentence where the mask is known to be of another place of the frame than an image, or to be left where the image
  /// was before `shift`; nil where it is not, and where nobody knows: other programs write masks of sections without a place.
  func placeNote(beside image: Image) -> String? {
    let isOfImage = origin != nil && image.origin.map(Self.name) == name
    guard isOfImage || Self.places.contains(where: { header[$0] != nil }) else { return nil }
    // How far a saved mask was moved its file does not say.
    let isSaved = header[Self.file] != nil
    let (own, place) = (FramePlace(header, shifted: shifted), FramePlace(image))
    guard own == place || isSaved && own == FramePlace(image.header, shifted: .zero) else {
      return
        "the mask is of another place of the frame: its pixel [1, 1] is \(own.text), that of the image \(place.text)"
    }
    guard isOfImage, !isSaved, shifted != image.shifted else { return nil }
    func text(_ offset: Offset) -> String { "(\(offset.x.plain), \(offset.y.plain)) pixels" }
    return "the image was moved by \(text(image.shifted)), the mask by \(text(shifted))"
  }

  /// Writes the place that all masks of a set have.
  static func tellPlace(of masks: [Mask], in header: inout Header) {
    let owners = masks.compactMap { $0.owner as? MaskHeader }
    guard let first = owners.first, owners.count == masks.count, owners.allSatisfy({ $0.shifted == .zero })
    else {
      return
    }
    let place = FramePlace(first.header, shifted: .zero)
    guard owners.allSatisfy({ FramePlace($0.header, shifted: .zero) == place }) else { return }
    for card in places {
      if let number = first.header.number(card) { header.set(card, .real(number)) }
    }
  }

  /// Writes what the mask of exposure `number`, from 1, was made for.
  func tell(exposure number: Int, in header: inout Header) {
    let cards = Self.cards(number)
    if let name, name.count < 60 { header.set(cards.file, .text(name)) }
    if let date = self.header.text(Self.date) { header.set(cards.date, .text(date)) }
  }

  /// What a set of masks says of exposure `number`, from 1; nil where it says nothing.
  init?(exposure number: Int, of set: Header) {
    let cards = Self.cards(number)
    var header = Header()
    if let name = set.text(cards.file) { header.set(Self.file, .text(name)) }
    if let date = set.text(cards.date) { header.set(Self.date, .text(date)) }
    for card in Self.places {
      if let number = set.number(card) { header.set(card, .real(number)) }
    }
    guard !header.cards.isEmpty else { return nil }
    self.init(header: header, origin: nil)
  }

  /// The cards of a saved mask.
  static func saved(_ mask: Mask) -> Header {
    let owner = mask.owner as? MaskHeader
    var header = owner?.header ?? Header()
    if let name = owner?.name, name.count < 60 {
      header.set(Self.file, .text(name), comment: "the flagged image")
    }
    header.set(card, .logical(true), comment: "a mask: 1 where a pixel is flagged")
    return header
  }
}

extension Image {
  /// A mask that keeps object, observation and world coordinates of this image when it is saved.
  package func owning(_ mask: Mask) -> Mask {
    guard mask.shape == shape else { return mask }
    var mask = mask
    mask.owner = MaskHeader(of: self)
    return mask
  }

  /// The pixels that do not count: those that are masked, and those that are not finite; nil when every pixel counts.
  package var wholeMask: Mask? {
    var flags = mask?.plane.pixels
    // Numbers of float64 beyond the range of single precision are numbers.
    var exact: [Double] = []
    if case .float64(let values)? = exactPixels, values.count == pixels.count { exact = values }
    for (i, value) in pixels.pixels.enumerated() where !value.isFinite {
      if !exact.isEmpty, exact[i].isFinite { continue }
      if flags == nil { flags = [UInt8](repeating: 0, count: pixels.count) }
      flags?[i] = 1
    }
    return flags.map { Mask(plane: Plane(width: width, height: height, pixels: $0)) }
  }
}

extension Mask {
  /// As `Header.corner`, of the image that the mask was made for.
  package var corner: (x: Int, y: Int) { (owner as? MaskHeader)?.header.corner ?? (0, 0) }

  /// The mask that an image of real numbers stands for, all of them 0 and 1; 255 stands for 1 where there is no other
  /// value. Whole numbers of a file may be bits, see `MaskNumbers`.
  ///
  /// - Throws: `CRSError` (data) with the first pixel that is neither.
  package init(flagsOf image: Image) throws {
    let whole: Float = image.pixels.pixels.contains(255) ? 255 : 1
    if let place = image.pixels.pixels.firstIndex(where: { $0 != 0 && $0 != whole }) {
      let pixel = image.pixels.pixels[place]
      throw CRSError.data(
        "an image is no mask: pixel [\(place % image.width + 1), \(place / image.width + 1)] is "
          + Double(pixel).short, expected: "a Mask, or an image of 0 and 1",
        hint: "a comparison gives a mask: (x > LEVEL)")
    }
    self = image.owning(Mask(plane: image.pixels.map { $0 != 0 ? 1 : 0 }))
  }

  /// The part inside a section, which must lie inside the mask; its cards follow.
  package func section(_ section: Section) -> Mask { moved(.section(section)) }

  /// The part that spans inside the mask take; its cards follow.
  func moved(_ geometry: Geometry) -> Mask {
    var out = self
    out.plane = MovedPlane(geometry: geometry, shape: shape).applied(to: plane, filling: 0)
    if var owner = owner as? MaskHeader {
      owner.header.follow(geometry, shape: shape, note: { _ in })
      if case .shift(let x, let y) = geometry {
        owner.shifted = Offset(x: owner.shifted.x + Double(x), y: owner.shifted.y + Double(y))
      }
      out.owner = owner
    }
    return out
  }
}
