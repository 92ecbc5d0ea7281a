import Files
import Kernels

/// Functions of the language on values: element by element on images, stacks, lists and numbers.
package enum ValueFunctions {
  /// - Throws: `CRSError` (usage) for kinds that the function does not take, interrupted.
  package static func apply(_ function: PixelFunction, _ value: Value, work: Work) throws -> Value {
    try work.checkCancelled()
    if let elements = value.elements {
      // What is left out is told once.
      var work = work
      return try SeriesArithmetic.joined(
        elements.map {
          defer { work.remark = nil }
          return try apply(function, $0, work: work)
        }, of: [value])
    }
    switch value {
    case .integer(let number): return try whole(function, number)
    case .number(let number): return .number(function.value(of: number))
    case .image(let image):
      tellErrors([image], function.rawValue, work)
      let unit = function.keepsUnit ? image.unit : function == .sqrt ? image.unit.power(0.5) : .none
      var result: Image
      if image.exactPixels != nil {
        result = image
        result.setExactValues(try function.applied(to: image.exactValues, work: work))
        result = derived(result, from: [image], unit, isChoice: function.keepsUnit)
      } else {
        result = derived(
          Image(pixels: try function.applied(to: image.pixels, work: work), unit: .none), from: [image], unit,
          isChoice: function.keepsUnit)
      }
      return .image(result)
    default: throw mismatch(function.rawValue, value)
    }
  }

  /// Whole numbers stay whole where the function keeps them so.
  private static func whole(_ function: PixelFunction, _ number: Int) throws -> Value {
    switch function {
    case .abs:
      guard number != .min else { throw NumberArithmetic.tooLarge }
      return .integer(Swift.abs(number))
    case .floor, .ceil, .round: return .integer(number)
    case .sign: return .integer(number.signum())
    case .sqrt, .exp, .log, .log10: return .number(function.value(of: Double(number)))
    }
  }

  /// Where values are numbers: a mask of an image, a list of masks of a stack, yes or no of a number.
  ///
  /// - Throws: `CRSError` (usage) for kinds without numbers.
  package static func isFinite(_ value: Value, work: Work) throws -> Value {
    if let elements = value.elements { return .list(try elements.map { try isFinite($0, work: work) }) }
    switch value {
    case .integer: return .bool(true)
    case .number(let number): return .bool(number.isFinite)
    case .image(let image):
      let finite =
        if case .float64 = image.exactPixels {
          try PixelFunction.finite(image.exactValues, work: work)
        } else {
          try PixelFunction.finite(image.pixels, work: work)
        }
      return .mask(image.mask.map { finite & !$0 } ?? finite)
    default: throw mismatch("isfinite", value)
    }
  }

  /// The smaller or larger of two values.
  ///
  /// - Throws: `CRSError` (usage) for kinds that have none, (data) for different shapes and numbers.
  package static func extreme(_ extreme: Extreme, _ a: Value, _ b: Value, work: Work) throws -> Value {
    try self.extreme(extreme, a, b, called: extreme == .minimum ? "minimum" : "maximum", work: work)
  }

  /// - Parameter name: of the function that was called, for messages.
  private static func extreme(
    _ extreme: Extreme, _ a: Value, _ b: Value, called name: String, work: Work
  ) throws -> Value {
    if let results = try each(
      [a, b], name: name, { try self.extreme(extreme, $0[0], $0[1], called: name, work: work) })
    {
      return results
    }
    if case .integer(let x) = a, case .integer(let y) = b {
      return .integer(extreme == .minimum ? min(x, y) : max(x, y))
    }
    if let x = a.double, let y = b.double {
      // A whole number of more digits than the other kind has stays one.
      if let order = NumberOrder.of(a, b), order != 0 {
        let chosen = (order < 0) == (extreme == .minimum) ? a : b
        if chosen.isBeyondDouble { return chosen }
      }
      return .number(extreme.of(x, y))
    }
    let images = [a, b].images
    let unit = try images.commonUnit(of: name)
    tellErrors(images, name, work)
    switch try PixelOperands(a, b, name: name) {
    case .single(let x, let y): return derived(try extreme.of(x, y, work: work), from: images, unit)
    case .exact(let x, let y): return derived(try extreme.of(x, y, work: work), from: images, unit)
    }
  }

  /// Values held between two limits.
  ///
  /// - Throws: as `extreme`; (usage) for limits in the wrong order, and for those that are NaN.
  package static func clip(_ a: Value, _ low: Value, _ high: Value, work: Work) throws -> Value {
    if let order = NumberOrder.of(low, high), order > 0 {
      throw CRSError.usage(
        "the lower limit \(low.summary) is above the upper limit \(high.summary)",
        expected: "clip(a, low, high)")
    }
    for (limit, name) in [(low, "lower"), (high, "upper")] where limit.double?.isNaN ?? false {
      throw CRSError.usage(
        "the \(name) limit is nan, which nothing lies above or below", expected: "a number",
        hint: "\(name == "lower" ? "-inf" : "inf") is no limit")
    }
    for (value, name) in [(a, "a"), (low, "low"), (high, "high")] where !value.hasNumbers {
      var error = mismatch("clip", value)
      error.parameter = name
      throw error
    }
    _ = try [a, low, high].images.commonUnit(of: "clip")
    let raised = try naming("low") { try extreme(.maximum, a, low, called: "clip", work: work) }
    return try naming("high") { try extreme(.minimum, raised, high, called: "clip", work: work) }
  }

  /// Errors name the parameter that does not go with the others.
  private static func naming(_ parameter: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch var error as CRSError where error.kind != .interrupted {
      error.parameter = error.parameter ?? parameter
      throw error
    }
  }

  /// `a` where the condition holds, else `b`.
  ///
  /// - Throws: as `extreme`.
  package static func choose(_ condition: Value, _ a: Value, _ b: Value, work: Work) throws -> Value {
    if case .bool(let holds) = condition { return holds ? a : b }
    if let results = try each(
      [condition, a, b], name: "where", { try choose($0[0], $0[1], $0[2], work: work) })
    {
      return results
    }
    guard case .mask(let mask) = condition else {
      throw CRSError.usage(
        "where chooses by a value of kind \(condition.kindName)", expected: "a mask, or yes or no",
        hint: "a comparison gives one: where(x > 5, x, 0)")
    }
    if let x = a.flags, let y = b.flags {
      return .mask(try PixelChoice.of(mask, x, y, work: work))
    }
    let unit = try [a, b].images.commonUnit(of: "where")
    tellErrors([a, b].images, "where", work)
    var image: Image
    switch try PixelOperands(a, b, name: "where") {
    case .single(let x, let y):
      image = Image(pixels: try PixelChoice.of(mask, x, y, work: work), unit: .none)
    case .exact(let x, let y):
      let values = try PixelChoice.of(mask, x, y, work: work)
      image = Image(pixels: values.map { Float($0) }, unit: .none)
      image.setExactValues(values)
    }
    // The masks of both stay: a condition says no of a masked pixel, and what it chooses then is no better.
    return .image(derived(image, from: [a, b].images, unit))
  }

  // MARK: - Images

  /// A result with what it takes over from the images that it was made of.
  private static func derived(_ plane: Plane<Float>, from images: [Image], _ unit: PixelUnit) -> Value {
    .image(derived(Image(pixels: plane, unit: .none), from: images, unit))
  }

  private static func derived(_ values: Plane<Double>, from images: [Image], _ unit: PixelUnit) -> Value {
    var image = Image(pixels: values.map { Float($0) }, unit: .none)
    image.setExactValues(values)
    return .image(derived(image, from: images, unit))
  }

  /// Says that errors are not carried on.
  private static func tellErrors(_ images: [Image], _ name: String, _ work: Work) {
    work.tellLostDigits(of: images, in: "'\(name)'")
    guard images.contains(where: { $0.uncertainty != nil }) else { return }
    work.remark?("the uncertainties are left out: they are not known behind '\(name)'")
  }

  /// Header and masks of the images that a result was made of; their noise no longer holds.
  ///
  /// - Parameter isChoice: whether values are those of the images, limited or rounded.
  private static func derived(
    _ result: Image, from images: [Image], _ unit: PixelUnit, isChoice: Bool = true
  ) -> Image {
    guard let first = images.first else { return result }
    let areOne = isChoice && images.dropFirst().allSatisfy(first.describes)
    let reason = "a function of images"
    var image = first.calculated(
      result.pixels, by: areOne ? .chosen(reason) : .other(reason), with: Array(images.dropFirst()),
      uncertainty: nil,
      unit: unit)
    image.exactPixels = result.exactPixels
    image.storedType = result.exactPixels == nil ? .float32 : .float64
    return image
  }

  // MARK: - Series

  /// Applies a function to each element where one of the values is a list or stack; nil where none is.
  private static func each(
    _ values: [Value], name: String, _ body: ([Value]) throws -> Value
  ) throws -> Value? {
    let counts = Set(values.compactMap { $0.elements?.count })
    guard let count = counts.first else { return nil }
    guard counts.count == 1 else {
      throw CRSError.data(
        "\(name) of \(counts.sorted().map { "\($0)" }.joined(separator: " and ")) elements",
        expected: "equal numbers")
    }
    let series = values.map(\.elements)
    let results = try (0..<count).map { k in
      try body(zip(series, values).map { $0?[k] ?? $1 })
    }
    return try SeriesArithmetic.joined(results, of: values)
  }

  private static func mismatch(_ name: String, _ value: Value) -> CRSError {
    CRSError.usage(
      "\(name) does not apply to a value of kind \(value.kindName)",
      expected: "images, stacks, lists and numbers")
  }
}

extension [Value] {
  fileprivate var images: [Image] { compactMap { if case .image(let image) = $0 { image } else { nil } } }
}

extension Value {
  /// Whether it is a number, or has pixels or elements that are.
  fileprivate var hasNumbers: Bool {
    if let elements { return elements.allSatisfy(\.hasNumbers) }
    switch self {
    case .image, .mask: return true
    default: return double != nil
    }
  }

  /// Flags of a mask, or yes or no for all pixels.
  fileprivate var flags: Elements<UInt8>? {
    switch self {
    case .mask(let mask): .plane(mask.plane)
    case .bool(let flag): .scalar(flag ? 1 : 0)
    default: nil
    }
  }
}
