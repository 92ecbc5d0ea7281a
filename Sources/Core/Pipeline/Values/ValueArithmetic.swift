import Files
import Foundation
import Kernels

/// Operators of the language on values.
package enum ValueArithmetic {
  /// - Throws: `CRSError` (usage) for kinds that an operator does not take, (data) for different shapes.
  package static func binary(_ symbol: String, _ a: Value, _ b: Value, work: Work) throws -> Value {
    if symbol == "&" || symbol == "|" { return try logical(symbol, a, b) }
    if case .stack(let stack) = a {
      return try eachExposure(stack, work) { try binary(symbol, .image($0), b, work: $1) }
    }
    if case .stack(let stack) = b {
      return try eachExposure(stack, work) { try binary(symbol, a, .image($0), work: $1) }
    }
    if let comparison = PixelArithmetic.Comparison(rawValue: symbol) {
      if let x = a.double, let y = b.double { return .bool(PixelArithmetic.holds(comparison, x, y)) }
      if case .text(let x) = a, case .text(let y) = b {
        return .bool(PixelArithmetic.holds(comparison, x, y))
      }
      if case .bool(let x) = a, case .bool(let y) = b, comparison == .equal || comparison == .notEqual {
        return .bool((x == y) == (comparison == .equal))
      }
      let mask = try PixelArithmetic.compare(comparison, operand(a, symbol), operand(b, symbol), work: work)
      return .mask(owned(mask, by: [a, b]))
    }
    guard let operation = PixelArithmetic.Operation(rawValue: symbol) else {
      throw CRSError.usage("'\(symbol)' is not an operator")
    }
    if let x = a.double, let y = b.double { return scalar(operation, a, b, x, y) }
    let arithmetic = ImageArithmetic(operation, a, b)
    if let exact = try arithmetic.exactPixels {
      return .image(arithmetic.image(exact) { work.remark?($0) })
    }
    let plane = try PixelArithmetic.apply(operation, operand(a, symbol), operand(b, symbol), work: work)
    return .image(arithmetic.image(plane) { work.remark?($0) })
  }

  /// The mask with the cards of the first image or mask that it was made of.
  private static func owned(_ mask: Mask, by values: [Value]) -> Mask {
    for value in values {
      switch value {
      case .image(let image): return image.owning(mask)
      case .mask(let other) where other.owner != nil:
        var mask = mask
        mask.owner = other.owner
        return mask
      default: continue
      }
    }
    return mask
  }

  package static func unary(_ symbol: String, _ a: Value, work: Work) throws -> Value {
    switch (symbol, a) {
    case ("!", .mask(let mask)): return .mask(!mask)
    case ("!", .bool(let flag)): return .bool(!flag)
    case ("-", .integer(let number)): return .integer(0 &- number)
    case ("-", .number(let number)): return .number(-number)
    case ("-", .image), ("-", .stack): return try binary("*", a, .integer(-1), work: work)
    default: throw CRSError.usage("'\(symbol)' does not apply to a value of kind \(a.kindName)")
    }
  }

  private static func scalar(
    _ operation: PixelArithmetic.Operation, _ a: Value, _ b: Value, _ x: Double, _ y: Double
  ) -> Value {
    if case .integer(let i) = a, case .integer(let j) = b {
      let result: (partialValue: Int, overflow: Bool)? =
        switch operation {
        case .add: i.addingReportingOverflow(j)
        case .subtract: i.subtractingReportingOverflow(j)
        case .multiply: i.multipliedReportingOverflow(by: j)
        default: nil
        }
      if let result, !result.overflow { return .integer(result.partialValue) }
    }
    switch operation {
    case .add: return .number(x + y)
    case .subtract: return .number(x - y)
    case .multiply: return .number(x * y)
    case .divide: return .number(x / y)
    case .power: return .number(pow(x, y))
    }
  }

  private static func logical(_ symbol: String, _ a: Value, _ b: Value) throws -> Value {
    switch (a, b) {
    case (.mask(let a), .mask(let b)):
      guard a.shape == b.shape else {
        throw CRSError.data("masks of \(a.shape) and \(b.shape)", expected: "equal shapes")
      }
      return .mask(symbol == "&" ? a & b : a | b)
    case (.bool(let a), .bool(let b)): return .bool(symbol == "&" ? a && b : a || b)
    default:
      throw CRSError.usage(
        "'\(symbol)' joins masks, not values of kind \(a.kindName) and \(b.kindName)", expected: "two masks")
    }
  }

  /// Remarks are made for the first exposure only.
  private static func eachExposure(
    _ stack: Stack, _ work: Work, _ body: (Image, Work) throws -> Value
  ) throws -> Value {
    var work = work
    var images: [Image] = []
    for exposure in stack.exposures {
      let value = try body(exposure, work)
      work.remark = nil
      guard case .image(let image) = value else {
        throw CRSError.usage("comparisons of stacks have no meaning", expected: "images")
      }
      images.append(image)
    }
    return .stack(try Stack(exposures: images))
  }

  private static func operand(_ value: Value, _ symbol: String) throws -> PixelArithmetic.Operand {
    switch value {
    case .image(let image): return .plane(image.pixels)
    case .mask(let mask): return .plane(mask.plane.map { Float($0) })
    default:
      if let number = value.double { return .scalar(number) }
      throw CRSError.usage(
        "'\(symbol)' does not apply to a value of kind \(value.kindName)",
        expected: "images, masks and numbers")
    }
  }

  /// A rectangle of an image, stack or mask.
  package static func section(_ value: Value, _ section: Section, work: Work = Work()) throws -> Value {
    switch value {
    case .image(let image):
      let section = try section.validated(inside: image.shape)
      return .image(image.moved(.section(section)) { work.remark?($0) })
    case .mask(let mask): return .mask(mask.section(try section.validated(inside: mask.shape)))
    case .stack(let stack):
      return try eachExposure(stack, work) { try ValueArithmetic.section(.image($0), section, work: $1) }
    default: throw CRSError.usage("a value of kind \(value.kindName) has no sections")
    }
  }

  /// One pixel, FITS numbering.
  package static func pixel(_ value: Value, _ x: Int, _ y: Int) throws -> Value {
    let section = try Section(x1: x, x2: x, y1: y, y2: y)
    switch value {
    case .image(let image):
      return .number(Double(image.pixels[try section.validated(inside: image.shape)].pixels[0]))
    case .mask(let mask):
      return .integer(Int(mask.plane[try section.validated(inside: mask.shape)].pixels[0]))
    default: throw CRSError.usage("a value of kind \(value.kindName) has no pixels")
    }
  }
}
