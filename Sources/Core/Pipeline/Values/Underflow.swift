import Files
import Foundation
import Kernels

/// What an operation makes of numbers that are too small for the number type of its result: 0, or a number of fewer digits.
package enum Underflow {
  /// Values of results that are 0, or short of digits, although they are neither.
  package struct Count: Sendable, Equatable {
    /// In single precision, below 1.2e-38.
    package var single = 0
    /// In double precision, below 4.9e-324.
    package var double = 0

    package init(single: Int = 0, double: Int = 0) { (self.single, self.double) = (single, double) }

    package static func += (a: inout Count, b: Count) {
      a.single += b.single
      a.double += b.double
    }
  }

  /// Sums and differences are exact down there.
  private enum Operation: String { case product = "*", quotient = "/", power = "**", exp }

  /// - Parameter operation: an operator or a function; only some make numbers smaller.
  package static func arisen(in result: Value, by operation: String, from operands: [Value]) -> Count {
    guard let known = Operation(rawValue: operation) else { return Count() }
    var sum = Count()
    result.forEachPart(from: operands) { part, operands in
      switch part {
      case .number(0):
        let numbers = operands.compactMap(\.double)
        if numbers.count == operands.count, isLost(0, known, numbers) { sum.double += 1 }
      // The exponent of 0 and of numbers below the normal ones has no bit.
      case .image(let image) where image.pixels.hasExponent(0):
        sum += arisen(in: image, by: known, from: operands)
      default: break
      }
    }
    return sum
  }

  private static func arisen(in image: Image, by operation: Operation, from operands: [Value]) -> Count {
    let sources = operands.compactMap { Source($0, count: image.pixels.count) }
    guard sources.count == operands.count else { return Count() }
    let flags = image.mask?.plane.pixels ?? []
    var exact: [Double] = []
    if case .float64(let values) = image.exactPixels { exact = values }
    var count = Count()
    image.pixels.pixels.withUnsafeBufferPointer { pixels in
      for k in 0..<pixels.count where !pixels[k].isNormal && pixels[k].isFinite {
        if !flags.isEmpty, flags[k] != 0 { continue }
        if exact.isEmpty {
          let truth = calculated(operation, sources, k)
          if truth == 0, isLost(k, operation, sources) {
            // Double precision does not hold it either.
            count.double += 1
          } else if abs(Double(pixels[k]) - truth) > 1e-6 * abs(truth) {
            count.single += 1
          }
        } else if exact[k] == 0, isLost(k, operation, sources) {
          count.double += 1
        }
      }
    }
    return count
  }

  /// The result in double precision.
  private static func calculated(_ operation: Operation, _ sources: [Source], _ k: Int) -> Double {
    switch operation {
    case .product: sources[0][k] * sources[1][k]
    case .quotient: sources[0][k] / sources[1][k]
    case .power: pow(sources[0][k], sources[1][k])
    case .exp: Foundation.exp(sources[0][k])
    }
  }

  private static func isLost(_ k: Int, _ operation: Operation, _ sources: [Source]) -> Bool {
    isLost(k, operation, sources.map { $0[k] })
  }

  /// Whether a result of 0 is none of these numbers.
  private static func isLost(_ k: Int, _ operation: Operation, _ numbers: [Double]) -> Bool {
    guard let first = numbers.first, let last = numbers.last, first.isFinite, last.isFinite else {
      return false
    }
    return switch operation {
    case .product: first != 0 && last != 0
    case .quotient, .power: first != 0
    case .exp: true
    }
  }

  /// An operand, pixel by pixel.
  private enum Source {
    case number(Double)
    case single([Float])
    case exact([Double])
    case flags([UInt8])

    init?(_ value: Value, count: Int) {
      switch value {
      case .image(let image) where image.pixels.count == count:
        switch image.exactPixels {
        case .float64(let values): self = .exact(values)
        case .int64, .uint64: self = .exact(image.exactValues.pixels)
        case nil: self = .single(image.pixels.pixels)
        }
      case .mask(let mask) where mask.plane.count == count: self = .flags(mask.plane.pixels)
      default:
        guard let number = value.double else { return nil }
        self = .number(number)
      }
    }

    subscript(_ k: Int) -> Double {
      switch self {
      case .number(let number): number
      case .single(let values): Double(values[k])
      case .exact(let values): values[k]
      case .flags(let values): Double(values[k])
      }
    }
  }
}
