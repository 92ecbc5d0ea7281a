import Kernels

/// How stored numbers become pixel values: value = zero + scale * stored, and the stored number of no value.
///
/// Read in one way from the header, for types, pixels and messages: keywords in lower case count, and so do numbers in
/// quotes; of several cards the last counts. Nothing else is guessed.
struct Scaling: Equatable {
  /// BSCALE, not 0.
  var scale = 1.0
  /// BZERO.
  var zero = 0.0
  /// BLANK (or ZBLANK of tiles); nil without one and for real numbers.
  var blank: Int?
  /// BITPIX (or ZBITPIX) of the stored numbers.
  var bitpix = 8

  init() {}

  /// - Throws: `CRSError` (file) quoting a BSCALE or BZERO that is no number.
  init(_ header: Header, bitpix: Int, file: String, hdu: Int) throws {
    func number(_ keyword: String, _ usual: Double) throws -> Double {
      guard let found = Scaling.last(keyword, in: header) else { return usual }
      guard let number = found.number, number.isFinite, keyword != "BSCALE" || number != 0 else {
        throw CRSError.file(
          "\(keyword) is not a usable number: '\(found.card)'", file: file, hdu: hdu,
          expected: keyword == "BSCALE" ? "a number other than 0" : "a number",
          hint: "mend or remove the card")
      }
      return number
    }
    self.bitpix = bitpix
    scale = try number("BSCALE", 1)
    zero = try number("BZERO", 0)
    if bitpix > 0 {
      blank = (Scaling.last("BLANK", in: header) ?? Scaling.last("ZBLANK", in: header))?.integer
    }
  }

  /// A sentence for BSCALE and BZERO that are numbers in quotes.
  static func textNotes(_ header: Header) -> [String] {
    ["BSCALE", "BZERO"].compactMap { keyword in
      guard let found = last(keyword, in: header), found.isText, let number = found.number else { return nil }
      return "\(keyword) is text, '\(found.literal)': its number \(number.plain) is used"
    }
  }

  /// The last card whose first eight characters are the keyword.
  private static func last(_ keyword: String, in header: Header) -> CardReading? {
    let cards = header.cards.filter { $0.prefix(8).trimmingBlanks().uppercased() == keyword }
    return Header(cards: Array(cards.suffix(1))).reading(keyword)
  }

  /// Whether BSCALE and BZERO do more than make integers unsigned or signed.
  var isScaled: Bool {
    guard scale == 1, let type, type.bitpix == bitpix else { return scale != 1 || zero != 0 }
    return zero != 0 && zero != type.zero.flatMap { Double($0) }
  }

  /// The whole number that a stored one stands for; nil beyond 64 bits.
  func value(_ stored: Int) -> Int64? {
    if scale == 1, zero == 0 { return Int64(stored) }
    if let scale = Int64(exactly: scale), let zero = Int64(exactly: zero) {
      let (product, isTooLarge) = Int64(stored).multipliedReportingOverflow(by: scale)
      let (sum, isBeyond) = product.addingReportingOverflow(zero)
      if !isTooLarge, !isBeyond { return sum }
    }
    return Int64(exactly: Double(stored) * scale + zero)
  }

  /// The type of the pixel values, the smallest that holds whole ones; nil for a BITPIX that FITS does not have.
  var type: PixelType? {
    let plain: PixelType
    switch bitpix {
    case 8: plain = .uint8
    case 16: plain = .int16
    case 32: plain = .int32
    case 64: plain = .int64
    case -32: return fitsSingle ? .float32 : .float64
    case -64: return .float64
    default: return nil
    }
    if scale == 1, zero == 0 { return plain }
    if scale == 1, bitpix == 64, zero == 0x1p63 { return .uint64 }
    guard scale == scale.rounded(), zero == zero.rounded(), abs(scale) < 0x1p63, abs(zero) < 0x1p63 else {
      return bitpix <= 16 && fitsSingle ? .float32 : .float64
    }
    let (least, most) = (ends.lowerBound, ends.upperBound)
    if least == -128, most == 127 { return .int8 }
    if least >= 0, most <= 255 { return .uint8 }
    if least >= -32768, most <= 32767 { return .int16 }
    if least >= 0, most <= 65535 { return .uint16 }
    if least >= -0x1p31, most <= 0x1p31 - 1 { return .int32 }
    if least >= 0, most <= 0x1p32 - 1 { return .uint32 }
    // Numbers of 64 bits that are moved may leave them, which few do (`FITSFile.readImage`).
    return least >= -0x1p63 && most < 0x1p63 || bitpix == 64 && scale == 1 && abs(zero) < 0x1p62
      ? .int64 : .float64
  }

  /// The values of the smallest and the largest stored whole number.
  private var ends: ClosedRange<Double> {
    let half = Double(sign: .plus, exponent: bitpix - 1, significand: 1)
    let (low, high) = bitpix == 8 ? (0, 255) : (-half, half - 1)
    let (first, last) = (zero + scale * low, zero + scale * high)
    return min(first, last)...max(first, last)
  }

  /// Whether single precision holds scaled values: exactly, or so that rounding is small beside a step of the stored
  /// numbers.
  private var fitsSingle: Bool {
    guard abs(scale) >= 0x1p-100, abs(scale) <= 0x1p100 else { return false }
    // Real numbers have no smallest step: what is added to them may cost any digit.
    if bitpix < 0 { return zero == 0 && abs(scale) >= 0x1p-24 && abs(scale) <= 0x1p24 }
    let largest = max(abs(ends.lowerBound), abs(ends.upperBound))
    let unit = zero == 0 ? scale.lowestBit : min(scale.lowestBit, zero.lowestBit)
    return largest <= 0x1p24 * unit || largest <= 0x1p20 * abs(scale)
  }
}

extension Double {
  /// What its last bit that is set counts; not of 0.
  fileprivate var lowestBit: Double {
    Double(sign: .plus, exponent: Int(exponent) - significandWidth, significand: 1)
  }
}
