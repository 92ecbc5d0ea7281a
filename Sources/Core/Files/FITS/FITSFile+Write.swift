internal import CCFITSIO
import Kernels

extension FITSFile {
  /// Adds an HDU at the end; `hdu` 0 is the primary one.
  ///
  /// What the file then holds is compared with what was handed over, by their data sums.
  /// - Parameter sums: whether DATASUM and CHECKSUM are written.
  /// - Throws: `CRSError` (file), or interrupted between chunks of about a million pixels.
  func append(_ output: FITSOutputHDU, hdu: Int, of count: Int, sums: Bool, work: Work?) throws {
    if case .carried(let carried) = output.content {
      return try appendCarried(carried, work: work)
    }
    var status: Int32 = 0
    if hdu > 0 { ffcrhd(handle, &status) }
    try check(status, "cannot add an HDU")
    var cards = FITSFile.structure(of: output, isPrimary: hdu == 0, isAlone: count == 1)
    var kept = StructuralCards.removed(from: output.header.cards, isCompressed: false, keepsBlank: true)
    if hdu == 0 { kept.removeAll { HeaderCard.isCard($0, of: "INHERIT") } }
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
    if sums { cards += FITSFile.emptySums }
    try write(cards.flatMap(LegalCard.legal))
    ffrdef(handle, &status)
    try check(status, "cannot write the header")
    let given: DataSum
    switch output.content {
    case .empty, .carried: given = DataSum()
    case .image(let pixels): given = try write(pixels, work: work)
    case .stored(let plane): given = try write(plane.pixels, work: work)
    case .table(let columns): given = try write(columns)
    }
    ffflus(handle, &status)
    try check(status, "cannot write the data", hint: "is the disk full?")
    let written = try dataSum(work: work)
    guard written.value == given.value else { throw differs(hdu) }
    if sums { try seal(written) }
  }

  private func differs(_ hdu: Int) -> CRSError {
    .file(
      "internal error: the data of HDU \(hdu) are not those that were to be written; nothing was saved",
      file: path, hint: "please report it with the statement and the file")
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

  private func appendCarried(_ carried: CarriedHDU, work: Work?) throws {
    let source = try FITSFile.inMemory(carried.bytes, path: path)
    guard try source.move(to: 1) else { throw CRSError.file("a carried HDU is damaged", file: path) }
    var status: Int32 = 0
    _ = withExtendedLifetime(source) { ffcopy(source.handle, handle, 0, &status) }
    ffflus(handle, &status)
    try check(status, "cannot write HDU \(carried.name)")
    guard try dataSum(work: work).value == source.dataSum(work: work).value else { throw differs(currentHDU) }
  }

  /// - Returns: the sum of the numbers handed over.
  private func write(_ pixels: StoredPixels, work: Work?) throws -> DataSum {
    // BZERO of the shifted types turns the top bit; done here, cfitsio copies the numbers as they are, which
    // is five times faster and exact for 64 bits.
    var status: Int32 = 0
    ffpscl(handle, 1, 0, &status)
    return switch pixels {
    case .uint8(let plane): try write(plane.pixels, TBYTE, work) { $0.add($1) }
    case .int8(let plane):
      try write(plane.pixels.map { UInt8(bitPattern: $0) ^ 0x80 }, TBYTE, work) { $0.add($1) }
    case .int16(let plane): try write(plane.pixels, TSHORT, work) { $0.add($1) }
    case .uint16(let plane):
      try write(plane.pixels.map { Int16(bitPattern: $0 ^ (1 << 15)) }, TSHORT, work) { $0.add($1) }
    case .int32(let plane): try write(plane.pixels, TINT, work) { $0.add($1) }
    case .uint32(let plane):
      try write(plane.pixels.map { Int32(bitPattern: $0 ^ (1 << 31)) }, TINT, work) { $0.add($1) }
    case .int64(let plane): try write(plane.pixels, TLONGLONG, work) { $0.add($1) }
    case .uint64(let plane):
      try write(plane.pixels.map { Int64(bitPattern: $0 ^ (1 << 63)) }, TLONGLONG, work) { $0.add($1) }
    case .float32(let plane): try write(plane.pixels, TFLOAT, work) { $0.add($1) }
    case .float64(let plane): try write(plane.pixels, TDOUBLE, work) { $0.add($1) }
    }
  }

  private func write<Element>(
    _ values: [Element], _ type: Int32, _ work: Work?,
    add: (inout DataSum, UnsafeBufferPointer<Element>) -> Void
  ) throws -> DataSum {
    var sum = DataSum()
    try values.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      var start = 0
      var status: Int32 = 0
      while start < buffer.count {
        try work?.checkCancelled()
        let length = min(1 << 20, buffer.count - start)
        add(&sum, UnsafeBufferPointer(rebasing: buffer[start..<start + length]))
        ffppr(
          handle, type, LONGLONG(start + 1), LONGLONG(length),
          UnsafeMutableRawPointer(mutating: base + start),
          &status)
        try check(status, "cannot write the pixels")
        start += length
      }
    }
    return sum
  }

  private func write(_ columns: [FITSOutputHDU.IntegerColumn]) throws -> DataSum {
    var status: Int32 = 0
    var sum = DataSum()
    for (index, column) in columns.enumerated() {
      column.values.withUnsafeBufferPointer { sum.add($0) }
      column.values.withUnsafeBytes { buffer in
        _ = ffpcl(
          handle, TLONGLONG, Int32(index + 1), 1, 1, LONGLONG(column.values.count),
          UnsafeMutableRawPointer(mutating: buffer.baseAddress), &status)
      }
    }
    try check(status, "cannot write the table")
    return sum
  }

  /// The cards that say how the HDU is stored.
  private static func structure(of output: FITSOutputHDU, isPrimary: Bool, isAlone: Bool) -> [String] {
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
    switch output.content {
    case .empty, .carried: begin("IMAGE", bitpix: 8, axes: [])
    case .image(let pixels):
      let further = [Int](repeating: 1, count: StructuralCards.furtherAxes(in: output.header))
      begin(
        "IMAGE", bitpix: pixels.type.bitpix, axes: [pixels.shape.width, pixels.shape.height] + further)
      if let zero = pixels.type.zero {
        cards.append("BSCALE  =                    1")
        cards.append("BZERO   = " + String(repeating: " ", count: 20 - zero.count) + zero)
      }
    case .stored(let plane):
      begin("IMAGE", bitpix: plane.pixels.type.bitpix, axes: plane.axes)
      cards += plane.scaling
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
