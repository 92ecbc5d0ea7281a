internal import CCFITSIO
import Kernels

/// What the header of one HDU says about its data, checked against the size of the file.
struct HDUDescription {
  enum Kind: Equatable { case image, asciiTable, binaryTable }

  let number: Int
  let kind: Kind
  /// Whether a table holds a tile-compressed image; `kind` is then `image`.
  let isCompressed: Bool
  /// Every card as it stands in the file.
  var header: Header
  /// Lengths of the axes of an image, NAXIS1 first; of a table rows and columns.
  var axes: [Int]
  let storedType: PixelType
  /// Pixels of the HDU before those that are meant: more than 0 for one plane of a cube.
  var firstPixel = 0
  /// Whether BSCALE and BZERO do more than make integers unsigned.
  let isScaled: Bool

  /// The axes without trailing ones of length 1 behind the second.
  var usedAxes: [Int] {
    var axes = axes
    while axes.count > 2, axes.last == 1 { axes.removeLast() }
    return axes
  }
  var hasPixels: Bool { kind == .image && !axes.isEmpty && !axes.contains(0) }
  var is2D: Bool { hasPixels && usedAxes.count == 2 }
  var shape: Shape? { is2D ? Shape(width: usedAxes[0], height: usedAxes[1]) : nil }
  var name: String { (header.text("EXTNAME") ?? header.text("HDUNAME") ?? "").trimmingBlanks() }
  /// `BLANK` of integers that are not scaled.
  var blank: Int? {
    storedType.isInteger && !isScaled ? header.integer("BLANK") ?? header.integer("ZBLANK") : nil
  }
  /// The cards that an image keeps.
  var keptCards: Header {
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
    return Header(cards: shown.cards + scaling + keptCards.cards)
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
        number: number, kind: type == ASCII_TBL ? .asciiTable : .binaryTable, isCompressed: false,
        header: header, axes: [Int(rows), Int(columns)], storedType: .uint8, isScaled: false)
    }
    let axes = try axisLengths(header, key: compressed ? "ZNAXIS" : "NAXIS")
    var equivalent: Int32 = BYTE_IMG
    ffgiet(handle, &equivalent, &status)
    var bitpix: Int32 = BYTE_IMG
    ffgidt(handle, &bitpix, &status)
    try check(status, "cannot understand its pixel type")
    var stored = try pixelType(equivalent)
    // cfitsio 4.2 does not know unsigned 64-bit integers by their BZERO.
    if bitpix == LONGLONG_IMG, header.number("BSCALE") ?? 1 == 1, header.number("BZERO") == 0x1p63 {
      stored = .uint64
    }
    try checkPixelCount(axes, type: stored, bytes: bytes, compressed: compressed)
    let scale = header.number("BSCALE") ?? 1
    let zero = header.number("BZERO") ?? 0
    let unsigned = [.int8, .uint16, .uint32, .uint64].contains(stored)
    return HDUDescription(
      number: number, kind: .image, isCompressed: compressed, header: header, axes: axes, storedType: stored,
      isScaled: scale != 1 || (zero != 0 && !unsigned))
  }

  private func readCards() throws -> Header {
    var status: Int32 = 0
    var count: Int32 = 0
    ffghsp(handle, &count, nil, &status)
    try check(status, "cannot read its header")
    var cards: [String] = []
    cards.reserveCapacity(Int(count))
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 96) { text in
      for number in 0..<max(0, count) {
        text.initialize(repeating: 0)
        ffgrec(handle, number + 1, text.baseAddress, &status)
        var card = String(bytesOf: text)
        while card.hasSuffix(" ") { card.removeLast() }
        cards.append(card)
      }
    }
    try check(status, "cannot read its header")
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

  private func checkPixelCount(_ axes: [Int], type: PixelType, bytes: Int, compressed: Bool) throws {
    var count = abs(type.bitpix) / 8
    for factor in axes {
      let (product, overflow) = count.multipliedReportingOverflow(by: factor)
      // Tile compression may pack about 1:1000; far more cannot be meant.
      guard !overflow,
        !compressed || product <= (bytes + 2880).multipliedReportingOverflow(by: 8192).partialValue
      else {
        throw bad(
          "ZNAXISn \(axes.map(String.init).joined(separator: "x")) is absurd", "what the data can hold")
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

  private func pixelType(_ code: Int32) throws -> PixelType {
    switch code {
    case BYTE_IMG: .uint8
    case SBYTE_IMG: .int8
    case SHORT_IMG: .int16
    case USHORT_IMG: .uint16
    case LONG_IMG: .int32
    case ULONG_IMG: .uint32
    case LONGLONG_IMG: .int64
    case ULONGLONG_IMG: .uint64
    case FLOAT_IMG: .float32
    case DOUBLE_IMG: .float64
    default: throw bad("pixel type \(code) is not known", "a FITS BITPIX")
    }
  }

  private func bad(_ message: String, _ expected: String) -> CRSError {
    CRSError.file(message, file: path, hdu: currentHDU, expected: expected)
  }
}
