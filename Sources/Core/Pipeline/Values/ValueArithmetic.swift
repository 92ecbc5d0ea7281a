import Files
import Foundation
import Kernels

/// Operators of the language on values.
package enum ValueArithmetic {
  /// - Throws: `CRSError` (usage) for kinds that an operator does not take, (data) for different shapes and results
  ///   that do not fit.
  package static func binary(_ symbol: String, _ a: Value, _ b: Value, work: Work) throws -> Value {
    if let result = try SeriesArithmetic.binary(symbol, a, b, work: work) { return result }
    if symbol == "&" || symbol == "|" { return try logical(symbol, a, b, work: work) }
    if let comparison = PixelArithmetic.Comparison(rawValue: symbol) {
      return try compare(comparison, a, b, work: work)
    }
    guard let operation = PixelArithmetic.Operation(rawValue: symbol) else {
      throw CRSError.usage("'\(symbol)' is not an operator")
    }
    if case .text(let x) = a, case .text(let y) = b, operation == .add {
      try work.requireText(x.utf8.count + y.utf8.count)
      return .text(x + y)
    }
    if a.double != nil, b.double != nil { return try NumberArithmetic.binary(operation, a, b) }
    try checkRoom([a, b], work)
    return .image(try ImageArithmetic(operation, a, b).image(work: work))
  }

  package static func unary(_ symbol: String, _ a: Value, work: Work) throws -> Value {
    switch (symbol, a) {
    case (_, .list(let items)): return .list(try items.map { try unary(symbol, $0, work: work) })
    case ("!", .mask(let mask)): return .mask(!mask)
    case ("!", .bool(let flag)): return .bool(!flag)
    case ("-", .integer(let number)):
      let (result, overflow) = (0).subtractingReportingOverflow(number)
      guard !overflow else { throw NumberArithmetic.tooLarge }
      return .integer(result)
    case ("-", .number(let number)): return .number(-number)
    case ("-", .image), ("-", .stack): return try binary("*", a, .integer(-1), work: work)
    default: throw CRSError.usage("'\(symbol)' does not apply to a value of kind \(a.kindName)")
    }
  }

  // MARK: - Comparisons

  private static func compare(
    _ comparison: PixelArithmetic.Comparison, _ a: Value, _ b: Value, work: Work
  ) throws -> Value {
    let isEquality = comparison == .equal || comparison == .notEqual
    switch (a, b) {
    case (.text(let x), .text(let y)): return .bool(PixelArithmetic.holds(comparison, x, y))
    case (.bool(let x), .bool(let y)) where isEquality: return .bool((x == y) == (comparison == .equal))
    // Tables of before had yes and no as texts.
    case (.bool(let flag), .text(let text)) where isEquality && (text == "yes" || text == "no"),
      (.text(let text), .bool(let flag)) where isEquality && (text == "yes" || text == "no"):
      return .bool((flag == (text == "yes")) == (comparison == .equal))
    case (.none, _) where isEquality, (_, .none) where isEquality:
      if case (.none, .none) = (a, b) { return .bool(comparison == .equal) }
      return .bool(comparison == .notEqual)
    case (.mask(let x), .mask(let y)) where isEquality:
      try checkShapes(x.shape, y.shape, "masks")
      return .mask((x & y | !x & !y).inverted(unless: comparison == .equal))
    case (.mask, _), (_, .mask):
      throw CRSError.usage(
        "a Mask does not compare with a value of kind \(a.isMask ? b.kindName : a.kindName)",
        expected: "two masks and == or !=", hint: "a mask is one itself: m, !m")
    default: break
    }
    if a.double != nil, b.double != nil { return .bool(NumberOrder.holds(comparison, a, b)) }
    return .mask(try ImageComparison(comparison, a, b).mask(work: work))
  }

  // MARK: - Logic and bits

  private static func logical(_ symbol: String, _ a: Value, _ b: Value, work: Work) throws -> Value {
    switch (a, b) {
    case (.mask(let a), .mask(let b)):
      try checkShapes(a.shape, b.shape, "masks")
      return .mask(symbol == "&" ? a & b : a | b)
    case (.bool(let a), .bool(let b)): return .bool(symbol == "&" ? a && b : a || b)
    case (.integer(let a), .integer(let b)): return .integer(symbol == "&" ? a & b : a | b)
    case (.image, .image), (.image, .integer), (.integer, .image):
      return .image(try BitArithmetic(isAnd: symbol == "&", a, b).image(work: work))
    default:
      throw CRSError.usage(
        "'\(symbol)' joins masks, not values of kind \(a.kindName) and \(b.kindName)", expected: "two masks")
    }
  }

  /// Makes sure that there is room for a calculated image and what is held on the way.
  ///
  /// - Throws: `CRSError` (data) with the needed and the available amount.
  static func checkRoom(_ operands: [Value], _ work: Work) throws {
    let images = operands.compactMap { if case .image(let image) = $0 { image } else { nil } }
    guard let shape = images.first?.shape else { return }
    var bytes = 4.0
    if images.contains(where: { $0.exactPixels != nil }) { bytes += 12 + 8 * Double(operands.count) }
    if images.contains(where: { $0.uncertainty != nil }) { bytes += 16 }
    try work.require(
      bytes: bytes * Double(shape.width) * Double(shape.height), for: "\(shape) pixels")
  }

  static func checkShapes(_ a: Shape, _ b: Shape, _ things: String) throws {
    guard a == b else { throw CRSError.data("\(things) of \(a) and \(b)", expected: "equal shapes") }
  }
}

extension Value {
  var isMask: Bool { if case .mask = self { true } else { false } }
}

extension Mask {
  fileprivate func inverted(unless holds: Bool) -> Mask { holds ? self : !self }
}

// MARK: - Pixels

extension ValueArithmetic {
  /// A rectangle of an image, stack or mask.
  package static func section(_ value: Value, _ section: Section, work: Work = Work()) throws -> Value {
    switch value {
    case .image(let image):
      let section = try section.validated(inside: image.shape)
      return .image(image.moved(.section(section)) { work.remark?($0) })
    case .mask(let mask): return .mask(mask.section(try section.validated(inside: mask.shape)))
    case .stack(let stack):
      // Remarks are made for the first exposure only.
      var work = work
      return try SeriesArithmetic.joined(
        stack.exposures.map { exposure in
          defer { work.remark = nil }
          return try self.section(.image(exposure), section, work: work)
        }, of: [value])
    default: throw CRSError.usage("a value of kind \(value.kindName) has no sections")
    }
  }

  /// One pixel, FITS numbering: a number, of a mask yes or no.
  package static func pixel(_ value: Value, _ x: Int, _ y: Int) throws -> Value {
    let section = try Section(x1: x, x2: x, y1: y, y2: y)
    switch value {
    case .image(let image):
      let section = try section.validated(inside: image.shape)
      let place = section.rows.lowerBound * image.width + section.columns.lowerBound
      let pixel = image.pixels.pixels[place]
      if pixel.isNaN { return .number(.nan) }
      switch image.exactPixels {
      case .float64(let values): return .number(values[place])
      case .int64(let values): return .integer(Int(values[place]))
      case .uint64(let values):
        return Int(exactly: values[place]).map { .integer($0) } ?? .number(Double(values[place]))
      case nil:
        return image.storedType.isInteger
          ? Int(exactly: pixel).map { .integer($0) } ?? .number(Double(pixel)) : .number(Double(pixel))
      }
    case .mask(let mask):
      return .bool(mask.plane[try section.validated(inside: mask.shape)].pixels[0] != 0)
    default: throw CRSError.usage("a value of kind \(value.kindName) has no pixels")
    }
  }
}
