import Glibc

/// Arithmetic on planes, pixel by pixel.
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
    try calculated(operation, a, b, work, power: { pow($0, $1) }) { Float(remainder(Double($0), Double($1))) }
  }

  /// The same in double precision, for images whose numbers single precision cannot hold.
  package static func apply(
    _ operation: Operation, _ a: Elements<Double>, _ b: Elements<Double>, work: Work
  ) throws -> Plane<Double> {
    try calculated(operation, a, b, work, power: { pow($0, $1) }) { remainder($0, $1) }
  }

  /// Flags where a comparison holds; a NaN holds in none.
  ///
  /// - Throws: as `apply`.
  package static func compare(
    _ comparison: Comparison, _ a: Elements<Float>, _ b: Elements<Float>, work: Work
  ) throws -> Mask { try flagged(comparison, a, b, work) }

  package static func compare(
    _ comparison: Comparison, _ a: Elements<Double>, _ b: Elements<Double>, work: Work
  ) throws -> Mask { try flagged(comparison, a, b, work) }

  /// Bits that both whole numbers have, or one of them.
  ///
  /// - Throws: as `apply`.
  package static func bits(
    and: Bool, _ a: Elements<Int>, _ b: Elements<Int>, work: Work
  ) throws -> Plane<Int> {
    if and { return try Elementwise.map(a, b, work) { $0 & $1 } }
    return try Elementwise.map(a, b, work) { $0 | $1 }
  }

  package static func holds<Number: Comparable>(
    _ comparison: Comparison, _ a: Number, _ b: Number
  ) -> Bool {
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

  /// What is left of a whole number of divisors; it has the sign of the divisor.
  @inline(__always) package static func remainder(_ a: Double, _ b: Double) -> Double {
    let rest = fmod(a, b)
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
  }

  package static func floorQuotient(_ a: Double, _ b: Double) -> Double { wholeQuotient(a, b) }

  /// How many whole divisors there are, with the remainder that belongs to it: `a == quotient * b + remainder`. The
  /// quotient alone may round up to a whole number (1.0 / 0.1 is 10, but nine tenths and a rest fit).
  @inline(__always) static func wholeQuotient<Number: BinaryFloatingPoint>(
    _ a: Number, _ b: Number
  ) -> Number {
    guard b != 0 else { return a / b }
    let rest = a.truncatingRemainder(dividingBy: b)
    var quotient = (a - rest) / b
    if rest != 0, (rest < 0) != (b < 0) { quotient -= 1 }
    let whole = quotient.rounded(.down)
    return quotient - whole > 0.5 ? whole + 1 : whole
  }

  @inline(__always)
  private static func calculated<Number: BinaryFloatingPoint & Sendable>(
    _ operation: Operation, _ a: Elements<Number>, _ b: Elements<Number>, _ work: Work,
    power: @Sendable (Number, Number) -> Number, remainder: @Sendable (Number, Number) -> Number
  ) throws -> Plane<Number> {
    switch operation {
    case .add: try Elementwise.map(a, b, work) { $0 + $1 }
    case .subtract: try Elementwise.map(a, b, work) { $0 - $1 }
    case .multiply: try Elementwise.map(a, b, work) { $0 * $1 }
    case .divide: try Elementwise.map(a, b, work) { $0 / $1 }
    case .power: try Elementwise.map(a, b, work, power)
    case .floorDivide: try Elementwise.map(a, b, work) { wholeQuotient($0, $1) }
    case .remainder: try Elementwise.map(a, b, work, remainder)
    }
  }

  @inline(__always)
  private static func flagged<Number: Comparable & Sendable>(
    _ comparison: Comparison, _ a: Elements<Number>, _ b: Elements<Number>, _ work: Work
  ) throws -> Mask {
    let flags: Plane<UInt8> =
      switch comparison {
      case .less: try Elementwise.map(a, b, work) { $0 < $1 ? 1 : 0 }
      case .lessOrEqual: try Elementwise.map(a, b, work) { $0 <= $1 ? 1 : 0 }
      case .greater: try Elementwise.map(a, b, work) { $0 > $1 ? 1 : 0 }
      case .greaterOrEqual: try Elementwise.map(a, b, work) { $0 >= $1 ? 1 : 0 }
      case .equal: try Elementwise.map(a, b, work) { $0 == $1 ? 1 : 0 }
      // A NaN differs from everything, but is not known to be another number.
      case .notEqual: try Elementwise.map(a, b, work) { $0 < $1 || $0 > $1 ? 1 : 0 }
      }
    return Mask(plane: flags)
  }
}
