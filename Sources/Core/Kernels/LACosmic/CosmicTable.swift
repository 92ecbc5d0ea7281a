/// The cosmic rays found so far and the values that replace them, close together in memory.
///
/// Values stand in the order of the pixels, so that only found pixels cost memory; a table never changes once it
/// is filled, each cleaning makes the next.
final class CosmicTable: @unchecked Sendable {
  /// C.
  let bits: BitPlane
  /// The number of flagged pixels before each word of `bits`.
  private let before: UnsafeMutablePointer<UInt32>
  /// Cleaned pixel [electron] and variance [electron^2].
  let values: UnsafeMutablePointer<SIMD2<Float>>
  let count: Int

  /// A table with room for the flags of `bits`, which must not change any more.
  init(_ bits: BitPlane) {
    self.bits = bits
    let words = bits.words * bits.height
    before = .allocate(capacity: words + 1)
    var total = 0
    let source = UnsafeRawPointer(bits.bytes)
    for word in 0..<words {
      before[word] = UInt32(truncatingIfNeeded: total)
      total &+= source.loadUnaligned(fromByteOffset: word &* 8, as: UInt64.self).nonzeroBitCount
    }
    before[words] = UInt32(truncatingIfNeeded: total)
    count = total
    values = .allocate(capacity: max(1, total))
    values.initialize(repeating: .zero, count: max(1, total))
  }

  deinit {
    before.deallocate()
    values.deallocate()
  }

  /// Where the first flagged pixel of a word stands.
  @inline(__always) func start(row: Int, word: Int) -> Int { Int(before[row &* bits.words &+ word]) }

  /// Where a flagged pixel stands.
  @inline(__always) func position(_ x: Int, _ y: Int) -> Int {
    let below = bits[row: y, word: x &>> 6] & ((1 &<< UInt64(truncatingIfNeeded: x & 63)) &- 1)
    return start(row: y, word: x &>> 6) &+ below.nonzeroBitCount
  }
}
