import Kernels

/// The order of numbers, whole ones beside those with a fraction too: no digit of 64 bits is lost on the way.
enum NumberOrder {
  /// Below 0 where the first is the smaller one, 0 where both are equal; nil for NaN and for what is no number.
  static func of(_ a: Value, _ b: Value) -> Int? {
    switch (a, b) {
    case (.integer(let x), .integer(let y)): return x < y ? -1 : x > y ? 1 : 0
    case (.integer(let x), .number(let y)): return of(x, y)
    case (.number(let x), .integer(let y)): return of(y, x).map { -$0 }
    case (.number(let x), .number(let y)): return x < y ? -1 : x > y ? 1 : x == y ? 0 : nil
    default: return nil
    }
  }

  private static func of(_ whole: Int, _ number: Double) -> Int? {
    if number.isNaN { return nil }
    // Every number of these sizes is beyond the whole numbers of 64 bits.
    if number >= 0x1p63 { return -1 }
    if number < -0x1p63 { return 1 }
    let below = Int(number.rounded(.down))
    if whole != below { return whole < below ? -1 : 1 }
    return number > number.rounded(.down) ? -1 : 0
  }

  static func holds(_ comparison: PixelArithmetic.Comparison, _ a: Value, _ b: Value) -> Bool {
    // A NaN holds in none.
    guard let order = of(a, b) else { return false }
    return PixelArithmetic.holds(comparison, order, 0)
  }
}

extension Value {
  /// Whether it is a whole number that a number with a fraction cannot stand for.
  var isBeyondDouble: Bool {
    guard case .integer(let number) = self else { return false }
    return Int(exactly: Double(number)) != number
  }
}
