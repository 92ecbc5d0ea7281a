/// The range and the middle of the finite pixels of a plane.
package struct FiniteSummary: Sendable, Equatable {
  /// Finite pixels.
  package let count: Int
  package let minimum: Float
  package let maximum: Float
  /// The middle value, the lower one of two.
  package let median: Float

  /// nil without a finite pixel.
  ///
  /// - Throws: `CRSError.interrupted`.
  package init?(of plane: Plane<Float>, work: Work) throws {
    let size = 1 << 20
    let parts = OrderedResults<Part>((plane.count + size - 1) / size)
    try plane.pixels.withUnsafeBufferPointer { pixels in
      nonisolated(unsafe) let pixels = pixels
      try work.forTiles(plane.count, size: size) { tile in
        parts.set(tile.lowerBound / size, Part(pixels, tile))
      }
    }
    var whole = Part()
    for part in parts.values { whole.add(part) }
    guard whole.count > 0 else { return nil }
    var rank = (whole.count - 1) / 2
    let bin = Part.place(of: &rank, in: whole.high)
    let ends = OrderedResults<[UInt32]>((plane.count + size - 1) / size)
    try plane.pixels.withUnsafeBufferPointer { pixels in
      nonisolated(unsafe) let pixels = pixels
      try work.forTiles(plane.count, size: size) { tile in
        ends.set(tile.lowerBound / size, Part.low(pixels, tile, of: bin))
      }
    }
    var low = [Int](repeating: 0, count: 1 << 16)
    for counts in ends.values { for k in low.indices { low[k] += Int(counts[k]) } }
    let end = Part.place(of: &rank, in: low)
    count = whole.count
    (minimum, maximum) = (whole.minimum, whole.maximum)
    median = number(ofOrderedBits: UInt32(bin) << 16 | UInt32(end))
  }
}

/// What is known of some pixels.
private struct Part: Sendable {
  var count = 0
  var (minimum, maximum) = (Float.infinity, -Float.infinity)
  /// How many have each of the upper 16 bits, in the order of the numbers.
  var high = [Int](repeating: 0, count: 1 << 16)

  init() {}

  init(_ pixels: UnsafeBufferPointer<Float>, _ tile: Range<Int>) {
    var (count, low, highest) = (0, Float.infinity, -Float.infinity)
    high.withUnsafeMutableBufferPointer { high in
      for i in tile {
        // A zero with a minus is the same number.
        let value = pixels[i] + 0
        guard value - value == 0 else { continue }
        count &+= 1
        if value < low { low = value }
        if value > highest { highest = value }
        high[Int(orderedBits(value) >> 16)] &+= 1
      }
    }
    (self.count, minimum, maximum) = (count, low, highest)
  }

  mutating func add(_ other: Part) {
    count += other.count
    (minimum, maximum) = (min(minimum, other.minimum), max(maximum, other.maximum))
    for k in high.indices { high[k] += other.high[k] }
  }

  /// How many of the finite pixels whose upper 16 bits are `bin` have each of the lower ones.
  static func low(_ pixels: UnsafeBufferPointer<Float>, _ tile: Range<Int>, of bin: Int) -> [UInt32] {
    var counts = [UInt32](repeating: 0, count: 1 << 16)
    counts.withUnsafeMutableBufferPointer { counts in
      for i in tile {
        let value = pixels[i] + 0
        guard value - value == 0 else { continue }
        let bits = orderedBits(value)
        if Int(bits >> 16) == bin { counts[Int(bits & 0xFFFF)] &+= 1 }
      }
    }
    return counts
  }

  /// The place at which a rank falls; the rank within it is left.
  static func place(of rank: inout Int, in counts: [Int]) -> Int {
    var place = 0
    while place < counts.count - 1, rank >= counts[place] {
      rank -= counts[place]
      place += 1
    }
    return place
  }
}
