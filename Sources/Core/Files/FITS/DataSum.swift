/// The checksum of FITS (4.0, appendix J): the ones' complement sum of 32-bit words, the highest byte first.
struct DataSum: Equatable {
  /// The words added so far, carries not yet folded in.
  private var total: UInt64 = 0

  /// The sum as DATASUM gives it.
  var value: UInt32 {
    var sum = total
    while sum >> 32 != 0 { sum = (sum & 0xFFFF_FFFF) + sum >> 32 }
    return UInt32(sum)
  }

  static func + (a: DataSum, b: DataSum) -> DataSum {
    var sum = a
    sum.total = UInt64(a.value) + UInt64(b.value)
    return sum
  }

  /// Adds bytes as they stand in a file; what does not fill a word is filled with zeros.
  mutating func add(bytes: UnsafeRawBufferPointer) {
    let words = bytes.count / 4
    var sum: UInt64 = 0
    // Fewer than 2^32 words at a time cannot overflow.
    for word in 0..<words {
      sum &+= UInt64(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4 * word, as: UInt32.self)))
    }
    var last: UInt32 = 0
    for (position, byte) in bytes[(4 * words)...].enumerated() {
      last |= UInt32(byte) << UInt32(24 - 8 * position)
    }
    fold(sum &+ UInt64(last))
  }

  /// Adds numbers as a file would hold them, the highest byte first, followed by zeros.
  ///
  /// 8- and 16-bit numbers may be added in pieces whose lengths are multiples of four bytes.
  mutating func add(_ values: UnsafeBufferPointer<UInt8>) { add(bytes: UnsafeRawBufferPointer(values)) }

  mutating func add(_ values: UnsafeBufferPointer<Int16>) {
    var (high, low): (UInt64, UInt64) = (0, 0)
    let pairs = values.count / 2
    for pair in 0..<pairs {
      high &+= UInt64(UInt16(bitPattern: values[2 * pair]))
      low &+= UInt64(UInt16(bitPattern: values[2 * pair + 1]))
    }
    if values.count % 2 == 1 { high &+= UInt64(UInt16(bitPattern: values[values.count - 1])) }
    fold(high << 16)
    fold(low)
  }

  mutating func add(_ values: UnsafeBufferPointer<Int32>) {
    var sum: UInt64 = 0
    for value in values { sum &+= UInt64(UInt32(bitPattern: value)) }
    fold(sum)
  }

  mutating func add(_ values: UnsafeBufferPointer<Int64>) {
    var (high, low): (UInt64, UInt64) = (0, 0)
    for value in values {
      high &+= UInt64(bitPattern: value) >> 32
      low &+= UInt64(bitPattern: value) & 0xFFFF_FFFF
    }
    fold(high)
    fold(low)
  }

  mutating func add(_ values: UnsafeBufferPointer<Float>) {
    var sum: UInt64 = 0
    for value in values { sum &+= UInt64(value.bitPattern) }
    fold(sum)
  }

  mutating func add(_ values: UnsafeBufferPointer<Double>) {
    var (high, low): (UInt64, UInt64) = (0, 0)
    for value in values {
      high &+= value.bitPattern >> 32
      low &+= value.bitPattern & 0xFFFF_FFFF
    }
    fold(high)
    fold(low)
  }

  private mutating func fold(_ sum: UInt64) {
    total = (total & 0xFFFF_FFFF) + total >> 32 + (sum & 0xFFFF_FFFF) + sum >> 32
  }
}
