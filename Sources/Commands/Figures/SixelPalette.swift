/// Few colours that stand for the many of a picture: the box of all colours is cut until there are enough boxes.
struct SixelPalette {
  private(set) var colors: [UInt32] = []
  private var numbers = [UInt8](repeating: 0, count: 1 << 15)

  /// - Parameter most: colours at most, up to 256.
  init(_ pixels: [UInt32], most: Int) {
    var counts = [Int](repeating: 0, count: 1 << 15)
    for pixel in pixels { counts[Self.bin(pixel)] += 1 }
    var boxes = [Box(bins: counts.indices.filter { counts[$0] > 0 }, counts)]
    while boxes.count < most, let widest = boxes.indices.max(by: { boxes[$0].weight < boxes[$1].weight }),
      boxes[widest].bins.count > 1
    {
      let (low, high) = boxes[widest].halves(counts)
      boxes[widest] = low
      boxes.append(high)
    }
    for (number, box) in boxes.enumerated() {
      // The most frequent one: white paper stays white.
      colors.append(Self.color(box.bins.max { counts[$0] < counts[$1] } ?? 0))
      for bin in box.bins { numbers[bin] = UInt8(number) }
    }
  }

  func number(of pixel: UInt32) -> UInt8 { numbers[Self.bin(pixel)] }

  /// Colours of 32 levels a channel that share a place of the palette.
  private struct Box {
    var bins: [Int]
    /// How much a cut would gain.
    let weight: Int
    private let axis: Int

    init(bins: [Int], _ counts: [Int]) {
      self.bins = bins
      var (low, high) = (SIMD3(repeating: 31), SIMD3<Int>.zero)
      var count = 0
      for bin in bins {
        low = pointwiseMin(low, SixelPalette.levels(bin))
        high = pointwiseMax(high, SixelPalette.levels(bin))
        count += counts[bin]
      }
      let sides = high &- low
      axis = sides.x >= sides.y && sides.x >= sides.z ? 0 : sides.y >= sides.z ? 1 : 2
      weight =
        bins.count > 1 ? sides[axis] * sides[axis] * (1 + count.bitWidth - count.leadingZeroBitCount) : 0
    }

    func halves(_ counts: [Int]) -> (Box, Box) {
      let (low, high) = bins.reduce(into: (31, 0)) { range, bin in
        range.0 = min(range.0, SixelPalette.levels(bin)[axis])
        range.1 = max(range.1, SixelPalette.levels(bin)[axis])
      }
      let middle = (low + high) / 2
      return (
        Box(bins: bins.filter { SixelPalette.levels($0)[axis] <= middle }, counts),
        Box(bins: bins.filter { SixelPalette.levels($0)[axis] > middle }, counts)
      )
    }
  }

  private static func bin(_ pixel: UInt32) -> Int {
    Int(pixel >> 19 & 31) << 10 | Int(pixel >> 11 & 31) << 5 | Int(pixel >> 3 & 31)
  }

  private static func levels(_ bin: Int) -> SIMD3<Int> { SIMD3(bin >> 10, bin >> 5 & 31, bin & 31) }

  private static func color(_ bin: Int) -> UInt32 {
    let full = levels(bin) &* 255 / 31
    return UInt32(full.x << 16 | full.y << 8 | full.z)
  }
}
