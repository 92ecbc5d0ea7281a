import Glibc

/// Arithmetic on planes, pixel by pixel, in single precision.
package enum PixelArithmetic {
  package enum Operation: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case power = "**"
    case floorDivide = "//"
    case remainder = "%"
  }
  package enum Comparison: String, Sendable, CaseIterable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="
  }

  /// - Throws: `CRSError` (data) for planes of different shapes, `CRSError.interrupted`.
  package static func apply(
    _ operation: Operation, _ a: Elements<Float>, _ b: Elements<Float>, work: Work
  ) throws -> Plane<Float> {
    switch operation {
    case .add: try Elementwise.map(a, b, work) { $0 + $1 }
    case .subtract: try Elementwise.map(a, b, work) { $0 - $1 }
    case .multiply: try Elementwise.map(a, b, work) { $0 * $1 }
    case .divide: try Elementwise.map(a, b, work) { $0 / $1 }
    case .power: try Elementwise.map(a, b, work) { pow($0, $1) }
    case .floorDivide: try Elementwise.map(a, b, work) { wholeQuotient($0, $1) }
    case .remainder: try Elementwise.map(a, b, work) { Float(remainder(Double($0), Double($1))) }
    }
  }

  /// Flags where a comparison holds; a NaN holds in none.
  ///
  /// - Throws: as `apply`.
  package static func compare(
    _ comparison: Comparison, _ a: Elements<Float>, _ b: Elements<Float>, work: Work
  ) throws -> Mask {
    Mask(plane: try Elementwise.map(a, b, work) { holds(comparison, $0, $1) ? 1 : 0 })
  }

  package static func holds<Number: Comparable>(_ comparison: Comparison, _ a: Number, _ b: Number) -> Bool {
    switch comparison {
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    case .equal: a == b
    // A NaN differs from everything, but is not known to be another number.
    case .notEqual: a < b || a > b
    }
  }
}
