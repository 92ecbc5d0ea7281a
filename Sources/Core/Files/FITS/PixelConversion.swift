import Kernels

extension Image {
  /// The pixels in a number type, exact where the image holds exact values of them, and the stored BLANK value
  /// when pixels without data had to be written as integers.
  ///
  /// Numbers are rounded to the nearest integer (halves away from zero) and limited to the type's range.
  func pixels(as type: PixelType) throws -> (FITSPixels, blank: Int64?) {
    if let count = exactPixels?.count, count != pixels.count {
      throw CRSError.data("\(count) exact values for \(pixels.count) pixels")
    }
    switch type {
    case .float32: return (.float32(pixels), nil)
    case .float64: return (.float64(doubles), nil)
    case .uint8: return integers(type, 0) { .uint8($0) }
    case .int8: return integers(type, 128) { .int8($0) }
    case .int16: return integers(type, 0) { .int16($0) }
    case .uint16: return integers(type, -32768) { .uint16($0) }
    case .int32: return integers(type, 0) { .int32($0) }
    case .uint32: return integers(type, -(1 << 31)) { .uint32($0) }
    case .int64: return integers(type, 0) { .int64($0) }
    case .uint64: return integers(type, 0) { .uint64($0) }
    }
  }

  private var doubles: Plane<Double> {
    let values: [Double] =
      switch exactPixels {
      case .float64(let values): values
      case .int64(let values): withGaps(values.map { Double($0) })
      case .uint64(let values): withGaps(values.map { Double($0) })
      case nil: pixels.pixels.map { Double($0) }
      }
    return Plane(width: width, height: height, pixels: values)
  }

  private func withGaps(_ values: [Double]) -> [Double] {
    zip(values, pixels.pixels).map { $1.isNaN ? .nan : $0 }
  }

  /// - Parameter zero: what the file adds to stored values (BZERO with its sign turned) in that type.
  private func integers<Value: FixedWidthInteger & Sendable>(
    _ type: PixelType, _ zero: Int64, _ wrap: (Plane<Value>) -> FITSPixels
  ) -> (FITSPixels, blank: Int64?) {
    let gap = gapValue(of: type, Value.self)
    let values: [Value]
    let single = pixels.pixels
    // Infinities have no number either; what is too large must not become the number of the gaps.
    var found = single.contains { !$0.isFinite }
    let lowest = found && gap == .min ? Value.min + 1 : .min
    let highest = found && gap == .max ? Value.max - 1 : .max
    switch exactPixels {
    case .int64(let exact):
      values = exact.indices.map { i in
        if single[i].isNaN { found = true }
        return single[i].isNaN ? gap : Value(clamping: exact[i])
      }
    case .uint64(let exact):
      values = exact.indices.map { i in
        if single[i].isNaN { found = true }
        return single[i].isNaN ? gap : Value(clamping: exact[i])
      }
    case .float64(let exact):
      values = exact.map {
        if !$0.isFinite { found = true }
        return $0.isFinite ? min(max(Value(limiting: $0), lowest), highest) : gap
      }
    case nil where Value.bitWidth <= 16:
      // float32 holds the limits of these types, so that the range check is a minimum and a maximum.
      let (low, high) = (Float(lowest), Float(highest))
      values = single.map {
        guard $0.isFinite else { return gap }
        return Value(truncatingIfNeeded: Int32(min(max($0.rounded(), low), high)))
      }
    case nil:
      values = single.map {
        $0.isFinite ? min(max(Value(limiting: Double($0)), lowest), highest) : gap
      }
    }
    let stored: Int64 =
      switch type {
      case .uint64: Int64(bitPattern: UInt64(truncatingIfNeeded: gap) ^ (1 << 63))
      default: Int64(truncatingIfNeeded: gap) &+ zero
      }
    return (wrap(Plane(width: width, height: height, pixels: values)), found ? stored : nil)
  }

  /// What pixels without data become: the BLANK of the file where the type is still the file's, otherwise the
  /// largest number of unsigned and the smallest of signed types.
  private func gapValue<Value: FixedWidthInteger>(of type: PixelType, _: Value.Type) -> Value {
    let usual: Value = Value.isSigned ? .min : .max
    guard type == storedType, let blank = header.integer("BLANK") else { return usual }
    switch type {
    case .uint64: return Value(truncatingIfNeeded: UInt64(bitPattern: Int64(blank)) ^ (1 << 63))
    case .uint16: return Value(exactly: blank.addingReportingOverflow(32768).partialValue) ?? usual
    case .uint32: return Value(exactly: blank.addingReportingOverflow(1 << 31).partialValue) ?? usual
    case .int8: return Value(exactly: blank.addingReportingOverflow(-128).partialValue) ?? usual
    default: return Value(exactly: blank) ?? usual
    }
  }
}

extension ExactPixels {
  /// The number of values.
  package var count: Int {
    switch self {
    case .float64(let values): values.count
    case .int64(let values): values.count
    case .uint64(let values): values.count
    }
  }
}

extension FixedWidthInteger {
  /// The nearest value of the type; NaN gives 0.
  init(limiting value: Double) {
    let rounded = value.rounded()
    if let exact = Self(exactly: rounded) {
      self = exact
    } else {
      self = rounded > 0 ? .max : rounded < 0 ? .min : 0
    }
  }
}
