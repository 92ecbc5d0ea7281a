/// The number type of stored pixels: FITS BITPIX together with the usual BZERO for unsigned integers.
package enum PixelType: String, Sendable, Hashable, CaseIterable, Codable {
  case uint8, int8, int16, uint16, int32, uint32, int64, uint64, float32, float64

  /// FITS BITPIX of the stored numbers.
  package var bitpix: Int {
    switch self {
    case .uint8, .int8: 8
    case .int16, .uint16: 16
    case .int32, .uint32: 32
    case .int64, .uint64: 64
    case .float32: -32
    case .float64: -64
    }
  }

  package var isInteger: Bool { bitpix > 0 }
}

extension PixelType {
  /// The range of an integer type (of 64 bits: one more than its largest number), nil for floating types.
  package var limits: ClosedRange<Double>? {
    switch self {
    case .uint8: 0...255
    case .int8: -128...127
    case .int16: -32768...32767
    case .uint16: 0...65535
    case .int32: -2_147_483_648...2_147_483_647
    case .uint32: 0...4_294_967_295
    case .int64: -0x1p63...0x1p63
    case .uint64: 0...0x1p64
    case .float32, .float64: nil
    }
  }
}
