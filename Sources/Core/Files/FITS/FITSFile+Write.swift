internal import CCFITSIO
import Kernels

extension FITSFile {
  /// Adds an HDU at the end; `hdu` 0 is the primary one.
  ///
  /// - Throws: `CRSError` (file), or interrupted between chunks of about a million pixels.
  func append(_ output: FITSOutputHDU, hdu: Int, of count: Int, work: Work?) throws {
    if case .carried(let carried) = output.content {
      return try appendCarried(carried)
    }
    var status: Int32 = 0
    if hdu > 0 { ffcrhd(handle, &status) }
    try check(status, "cannot add an HDU")
    var cards = FITSFile.structure(of: output.content, isPrimary: hdu == 0, isAlone: count == 1)
    let kept = StructuralCards.removed(from: output.header.cards, isCompressed: false, keepsBlank: true)
    if let name = output.name, !name.isEmpty, output.header.text("EXTNAME") != name {
      cards.append(HeaderCard.text("EXTNAME", .text(name), comment: ""))
      cards += Header(cards: kept).without("EXTNAME").cards
    } else {
      cards += kept
    }
    // fitsverify wants long text announced.
    if cards.contains(where: { $0.hasPrefix("CONTINUE  ") }), output.header["LONGSTRN"] == nil {
      cards.append(
        HeaderCard.text("LONGSTRN", .text("OGIP 1.0"), comment: "text may go on in CONTINUE cards"))
    }
    try write(cards)
    ffrdef(handle, &status)
    try check(status, "cannot write the header")
    switch output.content {
    case .empty, .carried: break
    case .image(let pixels): try write(pixels, work: work)
    case .table(let columns): try write(columns)
    }
    ffflsh(handle, 0, &status)
    try check(status, "cannot write the data")
  }

  private func write(_ cards: [String]) throws {
    var status: Int32 = 0
    for card in cards {
      if ffprec(handle, card, &status) == 0 { continue }
      // A card that breaks the standard is kept as a comment, so that the file obeys it.
      ffcmsg()
      status = 0
      let printable = String(decoding: card.utf8.map { $0 >= 32 && $0 < 127 ? $0 : 63 }, as: UTF8.self)
      for part in [printable.prefix(72), printable.dropFirst(72)] where !part.isEmpty {
        ffprec(handle, "COMMENT " + part, &status)
      }
      try check(status, "cannot write the header")
    }
  }

  private func appendCarried(_ carried: CarriedHDU) throws {
    let source = try FITSFile.inMemory(carried.bytes, path: path)
    guard try source.move(to: 1) else { throw CRSError.file("a carried HDU is damaged", file: path) }
    var status: Int32 = 0
    _ = withExtendedLifetime(source) { ffcopy(source.handle, handle, 0, &status) }
    try check(status, "cannot write HDU \(carried.name)")
  }

  private func write(_ pixels: FITSPixels, work: Work?) throws {
    // BZERO of the shifted types turns the top bit; done here, cfitsio copies the numbers as they are, which
    // is five times faster and exact for 64 bits.
    var status: Int32 = 0
    ffpscl(handle, 1, 0, &status)
    switch pixels {
    case .uint8(let plane): try write(plane.pixels, TBYTE, work)
    case .int8(let plane): try write(plane.pixels.map { UInt8(bitPattern: $0) ^ 0x80 }, TBYTE, work)
    case .int16(let plane): try write(plane.pixels, TSHORT, work)
    case .uint16(let plane): try write(plane.pixels.map { Int16(bitPattern: $0 ^ (1 << 15)) }, TSHORT, work)
    case .int32(let plane): try write(plane.pixels, TINT, work)
    case .uint32(let plane): try write(plane.pixels.map { Int32(bitPattern: $0 ^ (1 << 31)) }, TINT, work)
    case .int64(let plane): try write(plane.pixels, TLONGLONG, work)
    case .uint64(let plane):
      try write(plane.pixels.map { Int64(bitPattern: $0 ^ (1 << 63)) }, TLONGLONG, work)
    case .float32(let plane): try write(plane.pixels, TFLOAT, work)
    case .float64(let plane): try write(plane.pixels, TDOUBLE, work)
    }
  }

  private func write<Element>(_ values: [Element], _ type: Int32, _ work: Work?) throws {
    try values.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      var start = 0
      var status: Int32 = 0
      while start < buffer.count {
        try work?.checkCancelled()
        let length = min(1 << 20, buffer.count - start)
        ffppr(
          handle, type, LONGLONG(start + 1), LONGLONG(length),
          UnsafeMutableRawPointer(mutating: base + start),
          &status)
        try check(status, "cannot write the pixels")
        start += length
      }
    }
  }

  private func write(_ columns: [FITSOutputHDU.IntegerColumn]) throws {
    var status: Int32 = 0
    for (index, column) in columns.enumerated() {
      column.values.withUnsafeBytes { buffer in
        _ = ffpcl(
          handle, TLONGLONG, Int32(index + 1), 1, 1, LONGLONG(column.values.count),
          UnsafeMutableRawPointer(mutating: buffer.baseAddress), &status)
      }
    }
    try check(status, "cannot write the table")
  }

  /// The cards that say how the HDU is stored.
  private static func structure(of content: FITSOutputHDU.Content, isPrimary: Bool, isAlone: Bool) -> [String]
  {
    var cards: [String] = []
    func add(_ keyword: String, _ value: Header.Value, _ comment: String) {
      cards.append(HeaderCard.text(keyword, value, comment: comment))
    }
    func begin(_ extension: String, bitpix: Int, axes: [Int]) {
      if isPrimary {
        add("SIMPLE", .logical(true), "conforms to FITS standard")
      } else {
        add(
          "XTENSION", .text(`extension`),
          `extension` == "IMAGE" ? "image extension" : "binary table extension")
      }
      add("BITPIX", .integer(bitpix), "array data type")
      add("NAXIS", .integer(axes.count), "number of array dimensions")
      for (axis, length) in axes.enumerated() { add("NAXIS\(axis + 1)", .integer(length), "") }
      if isPrimary {
        if !isAlone { add("EXTEND", .logical(true), "") }
      } else {
        add("PCOUNT", .integer(0), "number of parameters")
        add("GCOUNT", .integer(1), "number of groups")
      }
    }
    switch content {
    case .empty, .carried: begin("IMAGE", bitpix: 8, axes: [])
    case .image(let pixels):
      begin("IMAGE", bitpix: pixels.type.bitpix, axes: [pixels.shape.width, pixels.shape.height])
      if let zero = pixels.type.zero {
        cards.append("BSCALE  =                    1")
        cards.append("BZERO   = " + String(repeating: " ", count: 20 - zero.count) + zero)
      }
    case .table(let columns):
      begin("BINTABLE", bitpix: 8, axes: [8 * columns.count, columns.first?.values.count ?? 0])
      add("TFIELDS", .integer(columns.count), "number of columns")
      for (index, column) in columns.enumerated() {
        add("TTYPE\(index + 1)", .text(column.name), "")
        add("TFORM\(index + 1)", .text("K"), "")
      }
    }
    return cards
  }
}

extension PixelType {
  /// BZERO of the types that FITS stores shifted.
  var zero: String? {
    switch self {
    case .int8: "-128"
    case .uint16: "32768"
    case .uint32: "2147483648"
    case .uint64: "9223372036854775808"
    default: nil
    }
  }
}

extension Header {
  func without(_ keyword: String) -> Header {
    var copy = self
    copy.remove(keyword)
    return copy
  }
}
