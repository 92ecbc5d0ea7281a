import Kernels

extension Image {
  /// The pixels in a number type, exact where the image holds exact values of them, and the stored BLANK value
  /// when pixels without data had to be written as integers.
  ///
  /// Numbers are rounded to the nearest integer (halves away from zero) and limited to the type's range; pixels without
  /// data get a number that no other pixel has.
  func pixels(as type: PixelType) throws -> (StoredPixels, blank: Int64?) {
    if let count = exactPixels?.count, count != pixels.count {
      throw CRSError.data("\(count) exact values for \(pixels.count) pixels")
    }
    switch type {
    case .float32: return (.float32(pixels), nil)
    case .float64: return (.float64(doubles), nil)
    case .uint8: return try integers(type, 0) { .uint8($0) }
    case .int8: return try integers(type, 128) { .int8($0) }
    case .int16: return try integers(type, 0) { .int16($0) }
    case .uint16: return try integers(type, -32768) { .uint16($0) }
    case .int32: return try integers(type, 0) { .int32($0) }
    case .uint32: return try integers(type, -(1 << 31)) { .uint32($0) }
    case .int64: return try integers(type, 0) { .int64($0) }
    case .uint64: return try integers(type, 0) { .uint64($0) }
    }
  }

  /// How many pixels have no number in a type, and the first of them in memory; NaN is written as BLANK.
  package func misfits(_ type: PixelType) -> (count: Int, first: Int?) {
    guard let limits = type.limits else { return (0, nil) }
    func found(_ isOutside: (Int) -> Bool) -> (count: Int, first: Int?) {
      var (count, first) = (0, Int?.none)
      for i in pixels.pixels.indices where isOutside(i) {
        count += 1
        if first == nil { first = i }
      }
      return (count, first)
    }
    let single = pixels.pixels
    switch exactPixels {
    case .int64(let exact) where exact.count == single.count:
      switch type {
      case .int64: return (0, nil)
      case .uint64: return found { exact[$0] < 0 && !single[$0].isNaN }
      default: return found { !limits.contains(Double(exact[$0])) && !single[$0].isNaN }
      }
    case .uint64(let exact) where exact.count == single.count:
      switch type {
      case .uint64: return (0, nil)
      case .int64: return found { exact[$0] > Int64.max && !single[$0].isNaN }
      default: return found { !limits.contains(Double(exact[$0])) && !single[$0].isNaN }
      }
    case .float64(let exact) where exact.count == single.count:
      return found { !exact[$0].isNaN && !(exact[$0].isFinite && limits.contains(exact[$0].rounded())) }
    default:
      return found {
        !single[$0].isNaN && !(single[$0].isFinite && limits.contains(Double(single[$0].rounded())))
      }
    }
  }

  /// Makes sure that every pixel has a number in a type.
  ///
  /// - Throws: `CRSError` (data) with the number of pixels that have none, and the first of them.
  func checkFits(_ type: PixelType, isAsked: Bool) throws {
    let (count, first) = misfits(type)
    guard let first else { return }
    let value =
      if case .float64(let exact)? = exactPixels { exact[first] } else { Double(pixels.pixels[first]) }
    let one = "pixel [\(first % width + 1), \(first / width + 1)] is \(value.plain)"
    throw CRSError.data(
      (count == 1 ? "one value does not fit \(type): " : "\(count) values do not fit \(type): ") + one,
      parameter: isAsked ? "bitpix" : nil,
      hint: (isAsked ? "clip=yes writes the nearest number of the type, " : "")
        + "bitpix=-32 saves real numbers")
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
  /// - Throws: `CRSError` (data) when pixels without data need a number and every one is in use.
  private func integers<Value: FixedWidthInteger & Sendable>(
    _ type: PixelType, _ zero: Int64, _ wrap: (Plane<Value>) -> StoredPixels
  ) throws -> (StoredPixels, blank: Int64?) {
    let single = pixels.pixels
    var values: [Value]
    var gaps = false
    switch exactPixels {
    case .int64(let exact):
      values = exact.indices.map { i in
        if single[i].isNaN { gaps = true }
        return single[i].isNaN ? 0 : Value(clamping: exact[i])
      }
    case .uint64(let exact):
      values = exact.indices.map { i in
        if single[i].isNaN { gaps = true }
        return single[i].isNaN ? 0 : Value(clamping: exact[i])
      }
    case .float64(let exact):
      values = exact.map {
        if $0.isNaN { gaps = true }
        return $0.isNaN ? 0 : Value(limiting: $0)
      }
    case nil where Value.bitWidth <= 16:
      // float32 holds the limits of these types, so that the range check is a minimum and a maximum.
      let (low, high) = (Float(Value.min), Float(Value.max))
      gaps = single.contains(where: \.isNaN)
      values = single.map {
        $0.isNaN ? 0 : Value(truncatingIfNeeded: Int32(min(max($0.rounded(), low), high)))
      }
    case nil:
      gaps = single.contains(where: \.isNaN)
      values = single.map { $0.isNaN ? 0 : Value(limiting: Double($0)) }
    }
    guard gaps else { return (wrap(Plane(width: width, height: height, pixels: values)), nil) }
    guard let gap = gapValue(of: type, among: values) else {
      throw CRSError.data(
        "pixels without data need a number of their own (BLANK), and every number of \(type) is in use",
        parameter: "bitpix", hint: "a wider type such as bitpix=-32 has room")
    }
    for i in values.indices where isGap(i) { values[i] = gap }
    let stored: Int64 =
      switch type {
      case .uint64: Int64(bitPattern: UInt64(truncatingIfNeeded: gap) ^ (1 << 63))
      default: Int64(truncatingIfNeeded: gap) &+ zero
      }
    return (wrap(Plane(width: width, height: height, pixels: values)), stored)
  }

  private func isGap(_ i: Int) -> Bool {
    if case .float64(let exact)? = exactPixels { return exact[i].isNaN }
    return pixels.pixels[i].isNaN
  }

  /// What pixels without data become: the BLANK of the file where the type is the file's, otherwise the smallest number
  /// of signed and the largest of unsigned types, or any other that no pixel has; nil when there is none.
  private func gapValue<Value: FixedWidthInteger>(of type: PixelType, among values: [Value]) -> Value? {
    var wanted: [Value] = Value.isSigned ? [.min, .max] : [.max, .min]
    if type == storedType || type == inputType, let blank = fileBlank(of: type, Value.self) {
      wanted.insert(blank, at: 0)
    }
    func isFree(_ number: Value) -> Bool { !values.indices.contains { values[$0] == number && !isGap($0) } }
    if let free = wanted.first(where: isFree) { return free }
    var used: Set<Value> = []
    for i in values.indices where !isGap(i) { used.insert(values[i]) }
    var number = Value.min
    while used.contains(number) {
      guard number < .max else { return nil }
      number += 1
    }
    return number
  }

  private func fileBlank<Value: FixedWidthInteger>(of type: PixelType, _: Value.Type) -> Value? {
    guard let blank = header.reading("BLANK")?.integer else { return nil }
    return switch type {
    case .uint64: Value(truncatingIfNeeded: UInt64(bitPattern: Int64(blank)) ^ (1 << 63))
    case .uint16: Value(exactly: blank.addingReportingOverflow(32768).partialValue)
    case .uint32: Value(exactly: blank.addingReportingOverflow(1 << 31).partialValue)
    case .int8: Value(exactly: blank.addingReportingOverflow(-128).partialValue)
    default: Value(exactly: blank)
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
