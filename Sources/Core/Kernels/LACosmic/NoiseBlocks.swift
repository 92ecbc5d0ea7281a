/// Noise, expected noise and level in small blocks spread evenly over an image.
struct NoiseBlocks {
  struct Block: Sendable {
    /// Noise from the second differences of neighbours [ADU].
    var measured: Double
    /// The same from every other pixel: equal where no pixel knows its neighbour's noise [ADU]; 0 in blocks too small.
    var coarse: Double
    /// Noise from level, readout noise and gain, or from the given variance [ADU].
    var expected: Double
    /// Median of all light, also that which was subtracted [ADU].
    var level: Double
    /// Whether the median variance is below the floor of L.A.Cosmic.
    var isAtFloor: Bool

    var ratio: Double { expected > 0 ? measured / expected : .infinity }
  }

  let blocks: [Block]
  private static let side = 14
  private static let across = 20

  /// - Throws: `CRSError.interrupted`.
  init(
    _ pixels: Plane<Float>, gain: Double, readNoise: Double, mask: Mask?, subtracted: Plane<Float>?,
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
        try withMemory(subtracted) { subtracted in
          try withMemory(variance) { variance in
            guard let pixels else { return }
            let input = Input(
              width: width, pixels: pixels, mask: mask, subtracted: subtracted, variance: variance)
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

  /// Blocks that show noise and have a model of it, those of least structure first; none with fewer than four, or when
  /// most blocks show no noise at all, as coarsely rounded data do.
  var byRatio: [Block] {
    let usable = blocks.filter { $0.measured > 0 && $0.expected > 0 }
    guard usable.count >= 4, 2 * usable.count >= blocks.count else { return [] }
    return usable.sorted { $0.ratio < $1.ratio }
  }

  static func middle(_ values: [Double]) -> Double? {
    values.sorted().lowerMiddle
  }

  /// Measures one block; nil when too few of its pixels can be used.
  private static func measure(
    _ input: Input, x: Int, y: Int, side: Int, gain: Double, readNoise: Double
  ) -> Block? {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * side * side) { scratch in
      let width = input.width
      let values = UnsafeMutableBufferPointer(rebasing: scratch[0..<side * side])
      let variances = UnsafeMutableBufferPointer(rebasing: scratch[side * side..<2 * side * side])
      let differences = UnsafeMutableBufferPointer(rebasing: scratch[2 * side * side..<3 * side * side])
      let coarse = UnsafeMutableBufferPointer(rebasing: scratch[3 * side * side..<4 * side * side])
      var (count, different, coarser) = (0, 0, 0)
      for j in y..<y + side {
        for i in x..<x + side {
          let index = j * width + i
          let pixel = input.pixels + index
          let value = pixel[0] + (input.subtracted.map { $0[index] } ?? 0)
          let variance = input.variance.map { $0[index] } ?? 0
          guard value.isFinite, variance.isFinite, input.mask.map({ $0[index] == 0 }) ?? true else {
            continue
          }
          values[count] = value
          variances[count] = variance
          count += 1
          /// Second difference in both directions with neighbours that many pixels away; NaN outside.
          func difference(_ step: Int) -> Float {
            guard i >= x + step, j >= y + step, i < x + side - step, j < y + side - step else { return .nan }
            let line = step * width
            // A neighbour that does not count tells nothing.
            if let mask = input.mask {
              for near in [-line - step, -line, -line + step, -step, step, line - step, line, line + step]
              where mask[index + near] != 0 { return .nan }
            }
            let corners = pixel[-line - step] + pixel[step - line] + pixel[line - step] + pixel[line + step]
            let sides = pixel[-line] + pixel[line] + pixel[-step] + pixel[step]
            return abs(corners - 2 * sides + 4 * pixel[0])
          }
          let (near, far) = (difference(1), difference(2))
          if near.isFinite {
            differences[different] = near
            different += 1
          }
          if far.isFinite {
            coarse[coarser] = far
            coarser += 1
          }
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
        measured: middle(differences, different) / 6 / 0.6745,
        coarse: coarser >= 9 ? middle(coarse, coarser) / 6 / 0.6745 : 0,
        expected: max(0, square).squareRoot() / gain,
        level: level, isAtFloor: square < Double(DetectionSetup.varianceFloor))
    }
  }

  /// The planes in memory.
  private struct Input: @unchecked Sendable {
    let width: Int
    let pixels: UnsafePointer<Float>
    let mask: UnsafePointer<UInt8>?
    let subtracted: UnsafePointer<Float>?
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
