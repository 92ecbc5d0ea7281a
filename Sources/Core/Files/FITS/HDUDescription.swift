internal import CCFITSIO
import Kernels

/// What the header of one HDU says about its data, checked against the size of the file.
struct HDUDescription {
  enum Kind: Equatable { case image, asciiTable, binaryTable }

  let number: Int
  let kind: Kind
  /// How a table holds a tile-compressed image; `kind` is then `image`. Nil for everything else.
  var tiles: TileCompression?
  var isCompressed: Bool { tiles != nil }
  /// Every card as it stands in the file.
  var header: Header
  /// Lengths of the axes of an image, NAXIS1 first; of a table rows and columns.
  var axes: [Int]
  let storedType: PixelType
  /// The axes of the whole HDU where `axes` are those of one plane.
  var fullAxes: [Int]
  /// Pixels of the HDU before those that are meant: more than 0 for one plane of a cube.
  var firstPixel = 0
  /// The pixels along the first two axes that are meant; nil for all of them.
  var part: FramePart?
  /// BSCALE and BZERO, and BLANK where the stored numbers are integers.
  var scaling = Scaling()
  /// PCOUNT and GCOUNT of an image, which has no numbers in front of its pixels and is one (FITS 4.0, section 7.1).
  var parameters = 0
  var groups = 1
  /// Whether BSCALE and BZERO do more than make integers unsigned.
  var isScaled: Bool { scaling.isScaled }

  /// The axes without trailing ones of length 1 behind the second.
  var usedAxes: [Int] {
    var axes = axes
    while axes.count > 2, axes.last == 1 { axes.removeLast() }
    return axes
  }
  var hasPixels: Bool { kind == .image && !axes.isEmpty && !axes.contains(0) }
  var is2D: Bool { hasPixels && usedAxes.count == 2 }
  var shape: Shape? { is2D ? Shape(width: usedAxes[0], height: usedAxes[1]) : nil }
  /// The first two axes; nil where there are fewer.
  var plane: Shape? { axes.count >= 2 ? Shape(width: axes[0], height: axes[1]) : nil }
  /// EXTNAME or HDUNAME; the name that a compressing program gives gives way to another.
  var name: String {
    let names = header.texts(of: "EXTNAME") + header.texts(of: "HDUNAME")
    return names.first { !$0.isEmpty && (!isCompressed || !StructuralCards.isCompressionName($0)) }
      ?? names.first ?? ""
  }
  /// The stored number of no value (BLANK) of pixels that are whole numbers, scaled ones too.
  var blank: Int? { storedType.isInteger ? scaling.blank : nil }
  /// The cards that an image keeps, with NAXISn of further axes of one pixel in front (`furtherAxes`).
  var keptCards: Header {
    let further = is2D ? axes.indices.dropFirst(2).map { ("NAXIS\($0 + 1)", Header.Value.integer(1)) } : []
    return Header(cards: further.map { HeaderCard.text($0.0, $0.1, comment: "") } + ownCards.cards)
  }

  /// The cards of a plane that is kept as its numbers are stored.
  var planeCards: Header {
    Header(
      cards: StructuralCards.removed(
        from: header.cards, isCompressed: isCompressed, keepsBlank: scaling.bitpix > 0))
  }

  /// The cards that do not say how the HDU is stored.
  private var ownCards: Header {
    Header(
      cards: StructuralCards.removed(
        from: header.cards, isCompressed: isCompressed, keepsBlank: storedType.isInteger && !isScaled))
  }

  /// The cards a user sees: those of the file, or of the image inside a tile-compressed HDU.
  var shownHeader: Header {
    guard isCompressed else { return header }
    var shown = Header()
    if wasPrimary {
      shown.set("SIMPLE", .logical(true))
    } else {
      shown.set("XTENSION", .text("IMAGE"))
    }
    shown.set("BITPIX", .integer(header.integer("ZBITPIX") ?? storedType.bitpix))
    shown.set("NAXIS", .integer(axes.count))
    for (axis, length) in axes.enumerated() { shown.set("NAXIS\(axis + 1)", .integer(length)) }
    let scaling = header.cards.filter { $0.hasPrefix("BSCALE") || $0.hasPrefix("BZERO") }
    return Header(cards: shown.cards + scaling + ownCards.cards)
  }
}

extension FITSFile {
  /// Describes the current HDU.
  ///
  /// - Throws: `CRSError` (file) when its header contradicts itself or promises more data than there are.
  func describe() throws -> HDUDescription {
    guard let handle else { throw CRSError.file("is closed", file: path) }
    let number = currentHDU
    var status: Int32 = 0
    var type: Int32 = 0
    ffghdt(handle, &type, &status)
    let header = try readCards()
    try check(status, "cannot read its header")
    let compressed = fits_is_compressed_image(handle, &status) != 0
    try check(status, "cannot read its header")
    if compressed { try checkTiles(header) }
    let bytes = try declaredBytes(header)
    if type != IMAGE_HDU, !compressed {
      var rows: LONGLONG = 0
      var columns: Int32 = 0
      ffgnrwll(handle, &rows, &status)
      ffgncl(handle, &columns, &status)
      try check(status, "cannot read its header")
      return HDUDescription(
        number: number, kind: type == ASCII_TBL ? .asciiTable : .binaryTable, header: header,
        axes: [Int(rows), Int(columns)], storedType: .uint8, fullAxes: [])
    }
    let axes = try axisLengths(header, key: compressed ? "ZNAXIS" : "NAXIS")
    var bitpix: Int32 = BYTE_IMG
    ffgidt(handle, &bitpix, &status)
    try check(status, "cannot understand its pixel type")
    let scaling = try Scaling(header, bitpix: Int(bitpix), file: path, hdu: number)
    guard let stored = scaling.type else {
      throw bad("pixel type \(bitpix) is not known", "a FITS BITPIX")
    }
    try checkPixelCount(axes, type: stored, bytes: bytes, compressed: compressed)
    try checkAxes(axes)
    var image = HDUDescription(
      number: number, kind: .image, tiles: compressed ? TileCompression(header, axes: axes) : nil,
      header: header, axes: axes, storedType: stored, fullAxes: axes, scaling: scaling)
    if !compressed {
      image.parameters = header.reading("PCOUNT")?.integer ?? 0
      image.groups = header.reading("GCOUNT")?.integer ?? 1
    }
    return image
  }

  /// The cards as they stand, from the bytes of the header: cfitsio ends a card at its first NUL.
  ///
  /// Control characters, which no card may hold (FITS 4.0, section 4.1.2.3), become blanks, so that the card keeps
  /// its length, quote and comment; bytes beyond ASCII become question marks.
  private func readCards() throws -> Header {
    var (start, data, end): (LONGLONG, LONGLONG, LONGLONG) = (0, 0, 0)
    var status: Int32 = 0
    ffghadll(handle, &start, &data, &end, &status)
    try check(status, "cannot read its header")
    var bytes = [UInt8](repeating: 0, count: max(0, Int(data - start)))
    ffmbyt(handle, start, 0, &status)
    ffgbyt(handle, LONGLONG(bytes.count), &bytes, &status)
    try check(status, "cannot read its header")
    var cards: [String] = []
    for first in stride(from: 0, to: bytes.count - 79, by: 80) {
      let text = bytes[first..<first + 80].map { byte -> UInt8 in
        byte < 32 || byte == 127 ? 32 : byte < 127 ? byte : UInt8(ascii: "?")
      }
      var card = String(decoding: text, as: UTF8.self)
      while card.hasSuffix(" ") { card.removeLast() }
      if card == "END" { break }
      cards.append(card)
    }
    // Blank cards before END are room for more.
    while cards.last?.isEmpty == true { cards.removeLast() }
    return Header(cards: cards)
  }

  private func axisLengths(_ header: Header, key: String) throws -> [Int] {
    let count = header.integer(key) ?? 0
    guard (0...99).contains(count) else { throw bad("\(key) is \(count)", "0 to 99") }
    return try (0..<count).map { axis in
      guard let length = header.integer("\(key)\(axis + 1)"), (0...Int(Int32.max)).contains(length) else {
        throw bad("\(key)\(axis + 1) is not a usable length", "0 to \(Int32.max)")
      }
      return length
    }
  }

  /// Bytes of the data unit as declared, checked against what the file holds.
  private func declaredBytes(_ header: Header) throws -> Int {
    guard let bitpix = header.integer("BITPIX"), [8, 16, 32, 64, -32, -64].contains(bitpix) else {
      throw bad("BITPIX is not valid", "8, 16, 32, 64, -32 or -64")
    }
    var axes = try axisLengths(header, key: "NAXIS")
    if axes.isEmpty { return 0 }
    if header["GROUPS"] == .logical(true), axes[0] == 0 { axes.removeFirst() }
    let extra = header.integer("PCOUNT") ?? 0
    let groups = header.integer("GCOUNT") ?? 1
    guard extra >= 0, groups >= 0 else { throw bad("PCOUNT or GCOUNT is negative", "at least 0") }
    var total = 1
    var overflow = false
    for factor in axes {
      let (product, over) = total.multipliedReportingOverflow(by: factor)
      total = product
      overflow = overflow || over
    }
    let (sum, over1) = total.addingReportingOverflow(extra)
    let (all, over2) = sum.multipliedReportingOverflow(by: groups)
    let (bytes, over3) = all.multipliedReportingOverflow(by: abs(bitpix) / 8)
    var start: LONGLONG = 0
    var data: LONGLONG = 0
    var end: LONGLONG = 0
    var status: Int32 = 0
    ffghadll(handle, &start, &data, &end, &status)
    try check(status, "cannot read its header")
    let available = max(0, size - Int(data))
    guard !overflow, !over1, !over2, !over3, bytes <= available else {
      let axesText = axes.map(String.init).joined(separator: "x")
      throw CRSError.file(
        "the file is cut short: NAXISn \(axesText) and BITPIX \(bitpix) need more bytes than the \(available) it has",
        file: path, hdu: currentHDU, expected: "a complete data unit")
    }
    return bytes
  }

  /// cfitsio ends a card at a NUL, and has no memory for the scaling of an image without axes.
  private func checkAxes(_ axes: [Int]) throws {
    var (count, status): (Int32, Int32) = (0, 0)
    ffgidm(handle, &count, &status)
    try check(status, "cannot read its header")
    guard Int(count) == axes.count else {
      throw bad(
        "NAXIS is not readable without doubt: \(axes.count) or \(count)", "a header without NUL bytes")
    }
  }

  private func checkPixelCount(_ axes: [Int], type: PixelType, bytes: Int, compressed: Bool) throws {
    var count = abs(type.bitpix) / 8
    for factor in axes {
      let (product, overflow) = count.multipliedReportingOverflow(by: factor)
      // Tile compression may pack about 1:1000; far more cannot be meant.
      guard !overflow,
        !compressed || product <= (bytes + 2880).multipliedReportingOverflow(by: 8192).partialValue
      else {
        throw bad(
          "ZNAXISn \(axes.map(String.init).joined(separator: "x")) has more pixels than the compressed data can contain",
          "fewer")
      }
      count = product
    }
  }

  private func checkTiles(_ header: Header) throws {
    let axes = try axisLengths(header, key: "ZNAXIS")
    var pixels = 1
    for (axis, length) in axes.enumerated() {
      let tile = header.integer("ZTILE\(axis + 1)") ?? (axis == 0 ? length : 1)
      let (product, overflow) = pixels.multipliedReportingOverflow(by: tile)
      guard tile >= 1, !overflow, product <= 1 << 28 else {
        throw bad("ZTILE\(axis + 1) is \(tile)", "1 to ZNAXIS\(axis + 1)")
      }
      pixels = product
    }
  }

  private func bad(_ message: String, _ expected: String) -> CRSError {
    CRSError.file(message, file: path, hdu: currentHDU, expected: expected)
  }
}
