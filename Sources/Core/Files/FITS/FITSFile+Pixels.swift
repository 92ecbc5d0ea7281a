internal import CCFITSIO
import Kernels

extension FITSFile {
  /// The pixels of the current HDU, which must be the described one, or of its part, converted to `type`.
  ///
  /// - Parameters:
  ///   - null: what BLANK pixels (and NaN in compressed data) become; nil to keep them as stored.
  ///   - scaling: how stored numbers become values; nil for that of the HDU.
  /// - Throws: `CRSError` (file), or interrupted between chunks of about a million pixels.
  func readPixels<Element: Sendable>(
    _ hdu: HDUDescription, as type: Int32, null: Element?, scaling: Scaling? = nil, work: Work?
  ) throws -> [Element] {
    let scaling = scaling ?? hdu.scaling
    if let tiles = hdu.tiles {
      try checkReadable(tiles, of: hdu)
      if tiles.areStoredPlain {
        let plain = try plainCopy(of: hdu, tiles, work: work)
        return try plain.file.readPixels(plain.hdu, as: type, null: null, scaling: scaling, work: work)
      }
      return try unpackPixels(hdu, as: type, null: null, scaling: scaling, work: work)
    }
    // cfitsio would look for the pixels behind the parameters, other programs do not.
    guard hdu.parameters == 0, hdu.groups == 1 else {
      throw CRSError.file(
        "PCOUNT is \(hdu.parameters) and GCOUNT \(hdu.groups): where its pixels begin is not certain",
        file: path,
        hdu: hdu.number, expected: "PCOUNT = 0 and GCOUNT = 1, as images have them",
        hint: "correct the cards, or remove them from a primary header")
    }
    // The header is read in one way (`Scaling`), which need not be cfitsio's.
    var status: Int32 = 0
    ffpscl(handle, scaling.scale, scaling.zero, &status)
    if let blank = scaling.blank { ffpnul(handle, LONGLONG(blank), &status) }
    try check(status, "cannot read its pixels")
    guard let part = hdu.part else {
      return try readRun(from: hdu.firstPixel, count: hdu.axes.reduce(1, *), as: type, null: null, work: work)
    }
    let (width, planeSize) = (hdu.axes[0], hdu.axes[0] * hdu.axes[1])
    let planes = hdu.axes.dropFirst(2).reduce(1, *)
    if planes == 1, part.isRun(width: width) {
      return try readRun(
        from: hdu.firstPixel + (part.y.start - 1) * width, count: part.y.count * width, as: type, null: null,
        work: work)
    }
    return try FITSFile.rows(of: part, width: width, planes: planes, planeSize: planeSize) {
      first, count, out in
      out += try readRun(from: hdu.firstPixel + first, count: count, as: type, null: null, work: work)
    }
  }

  /// Pixels of the current HDU that follow one another, from one that counts from 0.
  private func readRun<Element: Sendable>(
    from first: Int, count: Int, as type: Int32, null: Element?, work: Work?
  ) throws -> [Element] {
    let step = 1 << 20
    var status: Int32 = 0
    return try [Element](unsafeUninitializedCapacity: count) { buffer, initialised in
      guard let base = buffer.baseAddress else { return }
      var start = 0
      var anyNull: Int32 = 0  // cfitsio writes to it whenever it looks for nulls
      while start < count {
        try work?.checkCancelled()
        let length = min(step, count - start)
        if let null {
          withUnsafePointer(to: null) { pointer in
            _ = ffgpv(
              handle, type, LONGLONG(first + start + 1), LONGLONG(length),
              UnsafeMutableRawPointer(mutating: pointer), base + start, &anyNull, &status)
          }
        } else {
          ffgpv(
            handle, type, LONGLONG(first + start + 1), LONGLONG(length), nil, base + start, &anyNull, &status)
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
    let isSmall = [.uint8, .int8, .int16, .uint16, .float32].contains(hdu.storedType)
    // Tiles are unpacked into memory that two processes share, and copied.
    let bytes = (isSmall ? 4.0 : 12) + (hdu.tiles == nil ? 0 : isSmall ? 4 : 8)
    do {
      try (work ?? Work()).require(
        bytes: Double(width) * Double(height) * bytes + Double(hdu.bandPixels) * (isSmall ? 4 : 8),
        for: "\(path): \(shape) pixels")
    } catch var error as CRSError {
      error.hint = "a section reads less: '\(path)[\(hdu.number)][1:1000,1:1000]'"
      throw error
    }
    let missing = hdu.storedType.isInteger ? hdu.blank != nil : hdu.isScaled || hdu.isCompressed
    switch hdu.storedType {
    case .uint8, .int8, .int16, .uint16, .float32:
      var values: [Float] = try readPixels(hdu, as: TFLOAT, null: missing ? .nan : nil, work: work)
      try checkRange(values, of: hdu)
      // cfitsio finds the BLANK of tiles in one spelling only.
      if hdu.isCompressed, let blank = hdu.blank.flatMap(hdu.scaling.value).map({ Float($0) }) {
        for i in values.indices where values[i] == blank { values[i] = .nan }
      }
      return (Plane(width: width, height: height, pixels: values), nil)
    case .float64:
      let values: [Double] = try readPixels(hdu, as: TDOUBLE, null: missing ? .nan : nil, work: work)
      return (FITSFile.single(values, shape) { Float($0) }, .float64(values))
    case .int64 where hdu.isScaled && (hdu.scaling.bitpix <= 32 || hdu.tiles?.areStoredPlain ?? true):
      // cfitsio reckons in float64, where whole numbers beyond 2^53 and their neighbours are one.
      let stored = try readStored(hdu, work: work)
      let scaling = hdu.scaling
      let blank = hdu.blank.map { Int64($0) }
      guard !stored.contains(where: { $0 != blank && scaling.value(Int($0)) == nil }) else {
        // Sums beyond 64 bits.
        let values = stored.map { $0 == blank ? .nan : Double($0) * scaling.scale + scaling.zero }
        return (FITSFile.single(values, shape) { Float($0) }, .float64(values))
      }
      let values = stored.map { scaling.value(Int($0)) ?? 0 }
      var plane = FITSFile.single(values, shape) { Float($0) }
      for i in stored.indices where stored[i] == blank { plane.pixels[i] = .nan }
      return (plane, .int64(values))
    case .int32, .uint32, .int64:
      let values = try readIntegers(hdu, work: work)
      let blank = hdu.blank.flatMap(hdu.scaling.value)
      let plane =
        if let blank {
          FITSFile.single(values, shape) { $0 == blank ? .nan : Float($0) }
        } else {
          FITSFile.single(values, shape) { Float($0) }
        }
      return (plane, .int64(values))
    case .uint64:
      guard hdu.tiles?.areStoredPlain ?? true else { throw packed64(hdu) }
      // cfitsio 4.2 reports an overflow above 2^63, so the stored numbers are read and their top bit turned.
      let stored: [Int64] = try readPixels(hdu, as: TLONGLONG, null: nil, scaling: Scaling(), work: work)
      let values = stored.map { UInt64(bitPattern: $0) ^ (1 << 63) }
      let blank = hdu.blank.map { UInt64(bitPattern: Int64($0)) ^ (1 << 63) }
      return (FITSFile.single(values, shape) { $0 == blank ? .nan : Float($0) }, .uint64(values))
    }
  }

  /// Damaged tiles unpack to numbers that the type of the image does not have.
  private func checkRange(_ values: [Float], of hdu: HDUDescription) throws {
    guard hdu.isCompressed, let range = hdu.storedType.smallRange else { return }
    let (low, high) = (Float(range.lowerBound), Float(range.upperBound))
    guard let position = values.firstIndex(where: { $0 < low || $0 > high }) else { return }
    let place = hdu.place(of: position)
    throw CRSError.file(
      "the compressed data are damaged: pixel [\(place.x), \(place.y)] unpacks to "
        + "\(values[position])", file: path, hdu: hdu.number,
      expected: "\(range.lowerBound) to \(range.upperBound), as \(hdu.storedType)",
      hint: "get a fresh copy of the file")
  }

  /// Integers up to 64 bits; cfitsio unpacks tile-compressed ones only into 32 bits.
  private func readIntegers(_ hdu: HDUDescription, work: Work?) throws -> [Int64] {
    guard hdu.isCompressed, hdu.tiles?.areStoredPlain != true else {
      return try readPixels(hdu, as: TLONGLONG, null: nil, work: work)
    }
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

  /// Whole numbers as they are stored.
  private func readStored(_ hdu: HDUDescription, work: Work?) throws -> [Int64] {
    guard hdu.isCompressed, hdu.tiles?.areStoredPlain != true else {
      return try readPixels(hdu, as: TLONGLONG, null: nil, scaling: Scaling(), work: work)
    }
    let values: [Int32] = try readPixels(hdu, as: TINT, null: nil, scaling: Scaling(), work: work)
    return values.map { Int64($0) }
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

extension PixelType {
  /// The values of the integers that float32 holds exactly; nil for other types.
  fileprivate var smallRange: ClosedRange<Int>? {
    switch self {
    case .uint8: 0...255
    case .int8: -128...127
    case .int16: -32768...32767
    case .uint16: 0...65535
    default: nil
    }
  }
}
