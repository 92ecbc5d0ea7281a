import Foundation
import Kernels

/// Operators on single numbers: whole ones stay whole and exact, or it is an error.
enum NumberArithmetic {
  static let tooLarge = CRSError.data(
    "the result does not fit 64 bits", expected: "whole numbers of \(Int.min)...\(Int.max)",
    hint: "a number with a fraction, such as 2.0, has no such end")

  static func binary(_ operation: PixelArithmetic.Operation, _ a: Value, _ b: Value) throws -> Value {
    if case .integer(let x) = a, case .integer(let y) = b, let whole = try whole(operation, x, y) {
      return .integer(whole)
    }
    guard let x = a.double, let y = b.double else { return Value.none }
    switch operation {
    case .add: return .number(x + y)
    case .subtract: return .number(x - y)
    case .multiply: return .number(x * y)
    case .divide: return .number(x / y)
    case .power: return .number(pow(x, y))
    case .floorDivide: return .number(PixelArithmetic.floorQuotient(x, y))
    case .remainder: return .number(PixelArithmetic.remainder(x, y))
    }
  }

  /// nil where the result has a fraction.
  private static func whole(_ operation: PixelArithmetic.Operation, _ x: Int, _ y: Int) throws -> Int? {
    let result: (partialValue: Int, overflow: Bool)
    switch operation {
    case .add: result = x.addingReportingOverflow(y)
    case .subtract: result = x.subtractingReportingOverflow(y)
    case .multiply: result = x.multipliedReportingOverflow(by: y)
    case .divide:
      // Without a rest no digit needs to be lost.
      guard Value.integer(x).isBeyondDouble || Value.integer(y).isBeyondDouble, y != 0 else { return nil }
      let (quotient, overflow) = x.dividedReportingOverflow(by: y)
      return overflow || quotient * y != x ? nil : quotient
    case .power:
      guard y >= 0 else { return nil }
      result = power(x, y)
    case .floorDivide, .remainder:
      guard y != 0 else {
        throw CRSError.data("\(x) \(operation.rawValue) 0 has no value", expected: "a divisor other than 0")
      }
      let (quotient, overflow) = x.dividedReportingOverflow(by: y)
      guard !overflow else {
        if operation == .remainder { return 0 }
        throw tooLarge
      }
      let rest = x - quotient * y
      let isBelow = rest != 0 && (rest < 0) != (y < 0)
      return operation == .remainder ? (isBelow ? rest + y : rest) : (isBelow ? quotient - 1 : quotient)
    }
    guard !result.overflow else { throw tooLarge }
    return result.partialValue
  }

  private static func power(_ base: Int, _ exponent: Int) -> (partialValue: Int, overflow: Bool) {
    if base == 0 || base == 1 { return (exponent == 0 ? 1 : base, false) }
    if base == -1 { return (exponent % 2 == 0 ? 1 : -1, false) }
    guard exponent < 64 else { return (0, true) }
    var (result, overflow) = (1, false)
    for _ in 0..<exponent {
      let step = result.multipliedReportingOverflow(by: base)
      result = step.partialValue
      overflow = overflow || step.overflow
    }
    return (result, overflow)
  }
}
