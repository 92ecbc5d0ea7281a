import Glibc

/// Arithmetic on planes, pixel by pixel, in single precision.
package enum PixelArithmetic {
  package enum Operation: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case power = "**"
  }
  package enum Comparison: String, Sendable, CaseIterable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="
  }

  /// One side of an operation.
  package enum Operand: Sendable {
    case plane(Plane<Float>)
    case scalar(Double)

    @inline(__always) func value(_ index: Int) -> Float {
      switch self {
      case .plane(let plane): plane.pixels[index]
      case .scalar(let number): Float(number)
      }
    }
  }

  /// - Throws: `CRSError` (data) for planes of different shapes.
  package static func apply(_ operation: Operation, _ a: Operand, _ b: Operand, work: Work) throws -> Plane<
    Float
  > {
    let shape = try shape(a, b)
    return try Plane(width: shape.width, height: shape.height) { out in
      nonisolated(unsafe) let out = out
      try work.forTiles(shape.count, size: 65536) { tile in
        switch operation {
        case .add: for i in tile { out[i] = a.value(i) + b.value(i) }
        case .subtract: for i in tile { out[i] = a.value(i) - b.value(i) }
        case .multiply: for i in tile { out[i] = a.value(i) * b.value(i) }
        case .divide: for i in tile { out[i] = a.value(i) / b.value(i) }
        case .power: for i in tile { out[i] = pow(a.value(i), b.value(i)) }
        }
      }
    }
  }

  /// - Throws: `CRSError` (data) for planes of different shapes.
  package static func compare(_ comparison: Comparison, _ a: Operand, _ b: Operand, work: Work) throws -> Mask
  {
    let shape = try shape(a, b)
    return Mask(
      plane: try Plane(width: shape.width, height: shape.height) { out in
        nonisolated(unsafe) let out = out
        try work.forTiles(shape.count, size: 65536) { tile in
          for i in tile { out[i] = holds(comparison, a.value(i), b.value(i)) ? 1 : 0 }
        }
      })
  }

  package static func holds<Number: Comparable>(_ comparison: Comparison, _ a: Number, _ b: Number) -> Bool {
    switch comparison {
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    case .equal: a == b
    case .notEqual: a != b
    }
  }

  private static func shape(_ a: Operand, _ b: Operand) throws -> Shape {
    switch (a, b) {
    case (.plane(let a), .plane(let b)):
      guard a.shape == b.shape else {
        throw CRSError.data("images of \(a.shape) and \(b.shape)", expected: "equal shapes")
      }
      return a.shape
    case (.plane(let plane), _), (_, .plane(let plane)): return plane.shape
    default: return Shape(width: 0, height: 0)
    }
  }
}
