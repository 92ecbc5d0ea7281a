internal import CCFITSIO
import Kernels

extension FITSFile {
  /// All pixels of the current HDU, which must be the described one, converted to `type`.
  ///
  /// - Parameter null: what BLANK pixels (and NaN in compressed data) become; nil to keep them as stored.
  /// - Throws: `CRSError` (file), or interrupted between chunks of about a million pixels.
  func readPixels<Element: Sendable>(
    _ hdu: HDUDescription, as type: Int32, null: Element?, work: Work?
  ) throws -> [Element] {
    if hdu.isCompressed { return try unpackPixels(hdu, as: type, null: null, work: work) }
    let count = hdu.axes.reduce(1, *)
    let step = 1 << 20
    return try [Element](unsafeUninitializedCapacity: count) { buffer, initialised in
      guard let base = buffer.baseAddress else { return }
      var start = 0
      var status: Int32 = 0
      var anyNull: Int32 = 0  // cfitsio writes to it whenever it looks for nulls
      while start < count {
        try work?.checkCancelled()
        let length = min(step, count - start)
        if let null {
          withUnsafePointer(to: null) { pointer in
            _ = ffgpv(
              handle, type, LONGLONG(hdu.firstPixel + start + 1), LONGLONG(length),
              UnsafeMutableRawPointer(mutating: pointer), base + start, &anyNull, &status)
          }
        } else {
          ffgpv(
            handle, type, LONGLONG(hdu.firstPixel + start + 1), LONGLONG(length), nil, base + start, &anyNull,
            &status)
        }
        try check(status, "cannot read its pixels", hint: "the file may be damaged or cut short")
        start += length
      }
      initialised = count
    }
  }

  /// The pixels in single precision, BLANK ones NaN, and the exact values where float32 cannot hold them.
  func readImage(_ hdu: HDUDescription, shape: Shape, work: Work?) throws -> (Plane<Float>, ExactPixels?) {
    let (width, height) = (shape.width, shape.height)
    let missing = hdu.storedType.isInteger ? hdu.blank != nil : hdu.isScaled || hdu.isCompressed
    switch hdu.storedType {
    case .uint8, .int8, .int16, .uint16, .float32:
      let values: [Float] = try readPixels(hdu, as: TFLOAT, null: missing ? .nan : nil, work: work)
      return (Plane(width: width, height: height, pixels: values), nil)
    case .float64:
      let values: [Double] = try readPixels(hdu, as: TDOUBLE, null: missing ? .nan : nil, work: work)
      return (FITSFile.single(values, shape) { Float($0) }, .float64(values))
    case .int32, .uint32, .int64:
      let values = try readIntegers(hdu, work: work)
      let blank = hdu.blank.map { Int64($0) &+ (hdu.storedType == .uint32 ? 1 << 31 : 0) }
      let plane =
        if let blank {
          FITSFile.single(values, shape) { $0 == blank ? .nan : Float($0) }
        } else {
          FITSFile.single(values, shape) { Float($0) }
        }
      return (plane, .int64(values))
    case .uint64:
      guard !hdu.isCompressed else { throw packed64(hdu) }
      // cfitsio 4.2 reports an overflow above 2^63, so the stored numbers are read and their top bit turned.
      var status: Int32 = 0
      ffpscl(handle, 1, 0, &status)
      let stored: [Int64] = try readPixels(hdu, as: TLONGLONG, null: nil, work: work)
      let values = stored.map { UInt64(bitPattern: $0) ^ (1 << 63) }
      let blank = hdu.blank.map { UInt64(bitPattern: Int64($0)) ^ (1 << 63) }
      return (FITSFile.single(values, shape) { $0 == blank ? .nan : Float($0) }, .uint64(values))
    }
  }

  /// Integers up to 64 bits; cfitsio unpacks tile-compressed ones only into 32 bits.
  private func readIntegers(_ hdu: HDUDescription, work: Work?) throws -> [Int64] {
    guard hdu.isCompressed else { return try readPixels(hdu, as: TLONGLONG, null: nil, work: work) }
    switch hdu.storedType {
    case .uint32:
      let values: [UInt32] = try readPixels(hdu, as: TUINT, null: nil, work: work)
      return values.map { Int64($0) }
    case .int32:
      let values: [Int32] = try readPixels(hdu, as: TINT, null: nil, work: work)
      return values.map { Int64($0) }
    default: throw packed64(hdu)
    }
  }

  private func packed64(_ hdu: HDUDescription) -> CRSError {
    .file(
      "tile-compressed 64-bit integers cannot be unpacked by cfitsio", file: path, hdu: hdu.number,
      expected: "8, 16 or 32 bits, or floats", hint: "unpack the file with the program that made it")
  }

  @inline(__always)
  private static func single<Element: Sendable>(
    _ values: [Element], _ shape: Shape, _ convert: (Element) -> Float
  ) -> Plane<Float> {
    Plane(width: shape.width, height: shape.height) { target in
      values.withUnsafeBufferPointer { source in
        for i in 0..<target.count { target[i] = convert(source[i]) }
      }
    }
  }
}
