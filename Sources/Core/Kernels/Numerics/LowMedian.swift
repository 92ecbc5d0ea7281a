/// The lower of the two middle values, or the middle one; nil without values.
///
/// NaN sorts above infinity.
package func lowMedian(_ values: [Float]) -> Float? {
  // Few values are selected sooner than counted.
  guard values.count > 1 << 12 else {
    guard !values.isEmpty else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: values.count) { keys in
      for (k, value) in values.enumerated() { keys.initializeElement(at: k, to: value.sortKey) }
      return keys.baseAddress.map { Float(sortKey: Selection.middle($0, keys.count)) }
    }
  }
  return lowMedian(rows: 1) { _, take in
    for value in values { take(value) }
  }
}

/// The low median of values that are too many to keep: each row is asked for twice.
///
/// - Parameter visit: hands every value of a row to the function it is given, the same ones each time.
func lowMedian(rows: Int, _ visit: (Int, (Float) -> Void) -> Void) -> Float? {
  // Two rounds of counting on the ordered bit patterns: high 16 bits, then low 16 bits.
  var high = [Int](repeating: 0, count: 1 << 16)
  var total = 0
  for row in 0..<rows {
    visit(row) { value in
      high[Int(value.sortKey >> 16)] &+= 1
      total &+= 1
    }
  }
  guard total > 0 else { return nil }
  var rank = (total - 1) / 2
  var bin = 0
  while rank >= high[bin] {
    rank -= high[bin]
    bin += 1
  }
  var low = [Int](repeating: 0, count: 1 << 16)
  for row in 0..<rows {
    visit(row) { value in
      let key = value.sortKey
      if Int(key >> 16) == bin { low[Int(key & 0xFFFF)] &+= 1 }
    }
  }
  var end = 0
  while end < 0xFFFF, rank >= low[end] {
    rank -= low[end]
    end += 1
  }
  return Float(sortKey: UInt32(bin) << 16 | UInt32(end))
}

/// The low median of values that may be reordered (Hoare's selection); `values` must not be empty, NaN not be in it.
func lowMedian(reordering values: UnsafeMutableBufferPointer<Float>) -> Float {
  let rank = (values.count - 1) / 2
  var (first, last) = (0, values.count - 1)
  while first < last {
    let pivot = values[(first + last) / 2]
    var (i, j) = (first, last)
    while i <= j {
      while values[i] < pivot { i += 1 }
      while pivot < values[j] { j -= 1 }
      if i <= j {
        values.swapAt(i, j)
        i += 1
        j -= 1
      }
    }
    if rank <= j {
      last = j
    } else if rank >= i {
      first = i
    } else {
      break
    }
  }
  return values[rank]
}
