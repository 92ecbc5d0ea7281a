import Glibc

// Arithmetic in double precision, for images whose numbers single precision cannot hold.
extension PixelArithmetic {
  /// - Throws: `CRSError` (data) for planes of different shapes, `CRSError.interrupted`.
  package static func apply(
    _ operation: Operation, _ a: Elements<Double>, _ b: Elements<Double>, work: Work
  ) throws -> Plane<Double> {
    switch operation {
    case .add: try Elementwise.map(a, b, work) { $0 + $1 }
    case .subtract: try Elementwise.map(a, b, work) { $0 - $1 }
    case .multiply: try Elementwise.map(a, b, work) { $0 * $1 }
    case .divide: try Elementwise.map(a, b, work) { $0 / $1 }
    case .power: try Elementwise.map(a, b, work) { pow($0, $1) }
    case .floorDivide: try Elementwise.map(a, b, work) { floorQuotient($0, $1) }
    case .remainder: try Elementwise.map(a, b, work) { remainder($0, $1) }
    }
  }

  /// Flags where a comparison holds; a NaN holds in none.
  ///
  /// - Throws: as `apply`.
  package static func compare(
    _ comparison: Comparison, _ a: Elements<Double>, _ b: Elements<Double>, work: Work
  ) throws -> Mask {
    Mask(plane: try Elementwise.map(a, b, work) { holds(comparison, $0, $1) ? 1 : 0 })
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

  /// Bits that both whole numbers have, or one of them.
  ///
  /// - Throws: as `apply`.
  package static func bits(
    and: Bool, _ a: Elements<Int>, _ b: Elements<Int>, work: Work
  ) throws -> Plane<Int> {
    if and { return try Elementwise.map(a, b, work) { $0 & $1 } }
    return try Elementwise.map(a, b, work) { $0 | $1 }
  }
}
