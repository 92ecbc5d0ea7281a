import Files
import Glibc
import Kernels

/// Reads and writes .npy files by descriptor.
enum NumpyFile {
  // MARK: - Writing

  /// - Returns: 0, or errno.
  static func write(_ plane: NumpyPlane, to descriptor: Int32) -> Int32 {
    switch plane {
    case .flags(let plane): write(plane, .bool, descriptor)
    case .numbers(let pixels): write(pixels, descriptor)
    }
  }

  private static func write(_ pixels: StoredPixels, _ descriptor: Int32) -> Int32 {
    switch pixels {
    case .int8(let plane): write(plane, .int8, descriptor)
    case .uint8(let plane): write(plane, .uint8, descriptor)
    case .int16(let plane): write(plane, .int16, descriptor)
    case .uint16(let plane): write(plane, .uint16, descriptor)
    case .int32(let plane): write(plane, .int32, descriptor)
    case .uint32(let plane): write(plane, .uint32, descriptor)
    case .int64(let plane): write(plane, .int64, descriptor)
    case .uint64(let plane): write(plane, .uint64, descriptor)
    case .float32(let plane): write(plane, .float32, descriptor)
    case .float64(let plane): write(plane, .float64, descriptor)
    }
  }

  private static func write<Number>(
    _ plane: Plane<Number>, _ element: NumpyHeader.Element, _ descriptor: Int32
  ) -> Int32 {
    let head = NumpyHeader.bytes(element, width: plane.width, height: plane.height)
    let code = head.withUnsafeBytes { write($0, descriptor) }
    return code != 0 ? code : plane.pixels.withUnsafeBytes { write($0, descriptor) }
  }

  static func write(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32) -> Int32 {
    guard let start = bytes.baseAddress else { return 0 }
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, start + done, min(bytes.count - done, 1 << 30))
      if count < 0, errno != EINTR { return errno }
      done += max(0, count)
    }
    return 0
  }

  // MARK: - Reading

  /// - Parameter size: of the file.
  /// - Throws: `CRSError` (data) for what is no array of numbers in two dimensions, and for one that is cut.
  static func read(_ descriptor: Int32, size: Int) throws -> NumpyPlane {
    var start = [UInt8](repeating: 0, count: min(size, 1 << 16))
    let got = start.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    let header = try NumpyHeader(Array(start.prefix(max(0, got))))
    let bytes = try header.size()
    guard size - header.offset >= bytes else {
      throw NumpyHeader.wrong(
        "is cut: \(size - header.offset) bytes of the \(bytes) that \(header.height) x \(header.width) pixels need"
      )
    }
    // A file may have holes and claim more than the machine has.
    try Work().require(bytes: Double(bytes), for: "holds \(header.height) x \(header.width) pixels, which")
    if header.element == .bool {
      var plane: Plane<UInt8> = try integers(descriptor, header)
      for i in 0..<plane.count where plane.pixels[i] > 1 { plane.pixels[i] = 1 }
      return .flags(plane)
    }
    return .numbers(try pixels(descriptor, header))
  }

  private static func pixels(_ descriptor: Int32, _ header: NumpyHeader) throws -> StoredPixels {
    switch header.element {
    case .int8: return .int8(try integers(descriptor, header))
    case .uint8, .bool: return .uint8(try integers(descriptor, header))
    case .int16: return .int16(try integers(descriptor, header))
    case .uint16: return .uint16(try integers(descriptor, header))
    case .int32: return .int32(try integers(descriptor, header))
    case .uint32: return .uint32(try integers(descriptor, header))
    case .int64: return .int64(try integers(descriptor, header))
    case .uint64: return .uint64(try integers(descriptor, header))
    case .float16:
      let bits: Plane<UInt16> = try integers(descriptor, header)
      return .float32(bits.map(single))
    case .float32:
      guard header.isBigEndian || header.isColumnMajor else { return .float32(try plane(descriptor, header)) }
      let bits: Plane<UInt32> = try integers(descriptor, header)
      return .float32(bits.map { Float(bitPattern: $0) })
    case .float64:
      guard header.isBigEndian || header.isColumnMajor else { return .float64(try plane(descriptor, header)) }
      let bits: Plane<UInt64> = try integers(descriptor, header)
      return .float64(bits.map { Double(bitPattern: $0) })
    }
  }

  /// The elements as they lie in the file, read into memory of their own.
  private static func plane<Number: BitwiseCopyable & Sendable>(
    _ descriptor: Int32, _ header: NumpyHeader
  ) throws -> Plane<Number> {
    let (width, height) =
      header.isColumnMajor ? (header.height, header.width) : (header.width, header.height)
    return try Plane<Number>(width: width, height: height) { pixels in
      let bytes = UnsafeMutableRawBufferPointer(pixels)
      guard let start = bytes.baseAddress else { return }
      let target = SharedPointer(start.assumingMemoryBound(to: UInt8.self))
      let count = bytes.count
      // Copying is the better part of a call's time.
      try Work().forTiles(count, size: 8 << 20) { tile in
        var done = tile.lowerBound
        while done < tile.upperBound {
          let got = pread(descriptor, target.base + done, tile.upperBound - done, off_t(header.offset + done))
          if got < 0, errno == EINTR { continue }
          // Somebody may cut the file meanwhile.
          guard got > 0 else { throw NumpyHeader.wrong("became shorter while it was read") }
          done += got
        }
      }
    }
  }

  private static func integers<Number: FixedWidthInteger & BitwiseCopyable & Sendable>(
    _ descriptor: Int32, _ header: NumpyHeader
  ) throws -> Plane<Number> {
    var plane: Plane<Number> = try plane(descriptor, header)
    if header.isBigEndian {
      plane.pixels.withUnsafeMutableBufferPointer { for i in $0.indices { $0[i] = $0[i].byteSwapped } }
    }
    guard header.isColumnMajor else { return plane }
    // What was read are columns.
    let columns = plane
    return Plane(width: header.width, height: header.height) { pixels in
      columns.pixels.withUnsafeBufferPointer { source in
        for y in 0..<header.height {
          for x in 0..<header.width { pixels[y * header.width + x] = source[x * header.height + y] }
        }
      }
    }
  }

  /// The number of 16 bits in 32.
  private static func single(_ bits: UInt16) -> Float {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let (exponent, fraction) = (Int(bits >> 10 & 0x1F), UInt32(bits & 0x3FF))
    switch exponent {
    case 0: return sign * Float(fraction) * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return Float(bitPattern: UInt32(bits & 0x8000) << 16 | UInt32(exponent + 112) << 23 | fraction << 13)
    }
  }
}
