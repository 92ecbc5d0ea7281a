/// Values in their order, of a few.
enum Selection {
  /// The lower middle of `count` values, which change places; 0 without any.
  @inline(__always)
  static func middle<Number: Comparable & ExpressibleByIntegerLiteral>(
    _ values: UnsafeMutablePointer<Number>, _ count: Int
  )
    -> Number
  {
    guard count > 0 else { return 0 }
    return value(values, count, at: (count - 1) / 2)
  }

  /// The value of a rank from 0, below `count`; the smaller ones come to lie before it.
  @inline(__always)
  static func value<Number: Comparable & ExpressibleByIntegerLiteral>(
    _ values: UnsafeMutablePointer<Number>, _ count: Int, at wanted: Int
  ) -> Number {
    var (low, high) = (0, count - 1)
    while low < high {
      let pivot = values[(low + high) / 2]
      var (i, j) = (low, high)
      while i <= j {
        while values[i] < pivot { i += 1 }
        while pivot < values[j] { j -= 1 }
        if i <= j {
          (values[i], values[j]) = (values[j], values[i])
          i += 1
          j -= 1
        }
      }
      if wanted <= j { high = j } else if wanted >= i { low = i } else { break }
    }
    return values[wanted]
  }
}
