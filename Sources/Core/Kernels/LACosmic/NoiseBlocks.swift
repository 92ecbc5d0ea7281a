/// Noise, expected noise and level in small blocks spread evenly over an image.
struct NoiseBlocks {
  struct Block: Sendable {
    /// Noise from the second differences [ADU].
    var measured: Double
    /// Noise from level, readout noise and gain [ADU].
    var expected: Double
    /// Median above the background [ADU].
    var level: Double
    /// Whether the median variance is below the floor of L.A.Cosmic.
    var isAtFloor: Bool
  }

  let blocks: [Block]
  private static let side = 14
  private static let across = 20

  /// - Throws: `CRSError.interrupted`.
  init(
    _ pixels: Plane<Float>, gain: Double, readNoise: Double, mask: Mask?, background: Plane<Float>?,
    variance: Plane<Float>?, work: Work
  ) throws {
    let side = min(Self.side, pixels.width, pixels.height)
    guard side >= 5 else {
      blocks = []
      return
    }
    let columns = min(Self.across, pixels.width / side)
    let rows = min(Self.across, pixels.height / side)
    let found = OrderedResults<Block?>(rows * columns)
    let (width, height) = (pixels.width, pixels.height)
    try withMemory(pixels) { pixels in
      try withMemory(mask?.plane) { mask in
        try withMemory(background) { background in
          try withMemory(variance) { variance in
            guard let pixels else { return }
            let input = Input(
              width: width, pixels: pixels, mask: mask, background: background, variance: variance)
            try work.forTiles(rows * columns, size: 8) { range in
              for index in range {
                let x = Self.place(index % columns, of: columns, length: width, side: side)
                let y = Self.place(index / columns, of: rows, length: height, side: side)
                found.set(
                  index, Self.measure(input, x: x, y: y, side: side, gain: gain, readNoise: readNoise))
              }
            }
          }
        }
      }
    }
    blocks = found.values.compactMap { $0 }
  }

  private static func place(_ index: Int, of count: Int, length: Int, side: Int) -> Int {
    count < 2 ? (length - side) / 2 : index * (length - side) / (count - 1)
  }

  /// The median level of all blocks [ADU].
  var level: Double { Self.middle(blocks.map(\.level)) ?? 0 }

  /// Fraction of blocks without positive variance.
  var floorFraction: Double {
    blocks.isEmpty ? 0 : Double(blocks.count { $0.isAtFloor }) / Double(blocks.count)
  }

  /// The block at the lowest quarter of measured by expected noise: structure raises the ratio of others.
  ///
  /// nil with fewer than four blocks, or when most blocks show no noise at all, as coarsely rounded data do.
  var quietest: Block? {
    let usable = blocks.filter { $0.measured > 0 && $0.expected > 0 }
    guard usable.count >= 4, 2 * usable.count >= blocks.count else { return nil }
    let sorted = usable.sorted { $0.measured / $0.expected < $1.measured / $1.expected }
    return sorted[sorted.count / 4]
  }

  static func middle(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.sorted()[(values.count - 1) / 2]
  }

  /// Measures one block; nil when too few of its pixels can be used.
  private static func measure(
    _ input: Input, x: Int, y: Int, side: Int, gain: Double, readNoise: Double
  ) -> Block? {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * side * side) { scratch in
      let width = input.width
      let values = UnsafeMutableBufferPointer(rebasing: scratch[0..<side * side])
      let variances = UnsafeMutableBufferPointer(rebasing: scratch[side * side..<2 * side * side])
      let differences = UnsafeMutableBufferPointer(rebasing: scratch[2 * side * side..<3 * side * side])
      var (count, different) = (0, 0)
      for j in y..<y + side {
        for i in x..<x + side {
          let index = j * width + i
          let pixel = input.pixels + index
          let level = input.background.map { $0[index] } ?? 0
          let value = pixel[0] - level
          let variance = input.variance.map { $0[index] - level } ?? 0
          guard value.isFinite, variance.isFinite, input.mask.map({ $0[index] == 0 }) ?? true else {
            continue
          }
          values[count] = value
          variances[count] = variance
          count += 1
          guard i > x, j > y, i < x + side - 1, j < y + side - 1 else { continue }
          let corners = pixel[-width - 1] + pixel[1 - width] + pixel[width - 1] + pixel[width + 1]
          let sides = pixel[-width] + pixel[width] + pixel[-1] + pixel[1]
          let difference = abs(corners - 2 * sides + 4 * pixel[0])
          guard difference.isFinite else { continue }
          differences[different] = difference
          different += 1
        }
      }
      guard different >= 9 else { return nil }
      func middle(_ list: UnsafeMutableBufferPointer<Float>, _ count: Int) -> Double {
        Double(lowMedian(reordering: UnsafeMutableBufferPointer(rebasing: list[0..<count])))
      }
      let level = middle(values, count)
      var square = level * gain + readNoise * readNoise
      if input.variance != nil { square = middle(variances, count) * gain * gain }
      // The filter has 36 times the variance of a pixel; the median absolute value is 0.6745 sigma.
      return Block(
        measured: middle(differences, different) / 6 / 0.6745, expected: max(0, square).squareRoot() / gain,
        level: level, isAtFloor: square < Double(DetectionSetup.varianceFloor))
    }
  }

  /// The planes in memory.
  private struct Input: @unchecked Sendable {
    let width: Int
    let pixels: UnsafePointer<Float>
    let mask: UnsafePointer<UInt8>?
    let background: UnsafePointer<Float>?
    let variance: UnsafePointer<Float>?
  }
}

/// Calls `body` with the memory of a plane, if there is one.
private func withMemory<Element, Result>(
  _ plane: Plane<Element>?, _ body: (UnsafePointer<Element>?) throws -> Result
) rethrows -> Result {
  guard let plane else { return try body(nil) }
  return try plane.pixels.withUnsafeBufferPointer { try body($0.baseAddress) }
}
