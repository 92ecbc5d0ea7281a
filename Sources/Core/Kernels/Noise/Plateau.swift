import Synchronization

/// Bright pixels whose surroundings are flatter than photon noise allows: a saturated star.
struct Plateau {
  /// Centres of 3x3 squares on a plateau below the saturation level.
  let pixels: Int
  /// The highest of them [ADU].
  let level: Double
  /// Fewer may be chance.
  static let fewest = 4

  /// - Parameters:
  ///   - above: only pixels above this level [ADU] are looked at.
  ///   - sharpness: the largest range of the nine pixels, in units of their photon noise.
  ///   - mask: pixels that are no centre of a square.
  /// - Throws: `CRSError.interrupted`.
  init(
    in plane: Plane<Float>, gain: Double, satlevel: Double, above: Double, sharpness: Double,
    mask: Mask? = nil,
    work: Work
  ) throws {
    let (width, height) = (plane.width, plane.height)
    guard width >= 3, height >= 3, above.isFinite else {
      (pixels, level) = (0, 0)
      return
    }
    // Below nine electrons squared of photon noise a step of the converter could hide the noise.
    let threshold = Float(max(above, 9 * gain))
    let limit = Float(satlevel / gain)
    let tolerance = Float(sharpness * sharpness / gain)
    let band = 32
    let found = OrderedResults<(Int, Float)>((height + band - 1) / band)
    try plane.pixels.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      let input = SharedPointer(UnsafeMutablePointer(mutating: base))
      try work.forTiles(height, size: band) { rows in
        var (count, highest) = (0, -Float.infinity)
        for y in max(1, rows.lowerBound)..<max(1, min(height - 1, rows.upperBound)) {
          let row = input.base + y * width
          var x = 1
          while x &+ 8 < width {
            if any(row.lanes(x) .> threshold) {
              for column in x..<x &+ 8 where mask.map({ !$0[column, y] }) ?? true {
                Self.look(row + column, width, threshold, limit, tolerance, &count, &highest)
              }
            }
            x &+= 8
          }
          for column in x..<max(x, width - 1) where mask.map({ !$0[column, y] }) ?? true {
            Self.look(row + column, width, threshold, limit, tolerance, &count, &highest)
          }
        }
        found.set(rows.lowerBound / band, (count, highest))
      }
    }
    pixels = found.values.reduce(0) { $0 + $1.0 }
    level = Double(found.values.map(\.1).max() ?? 0)
  }

  @inline(__always)
  private static func look(
    _ pixel: UnsafeMutablePointer<Float>, _ width: Int, _ threshold: Float, _ limit: Float,
    _ tolerance: Float,
    _ count: inout Int, _ highest: inout Float
  ) {
    let value = pixel[0]
    guard value > threshold, value < limit else { return }
    // The range squared is compared with the photon noise squared, value / gain.
    let allowed = tolerance * value
    let side = pixel[1] - value
    guard side * side <= allowed else { return }
    var (low, high) = (value, value)
    for j in -1...1 {
      for i in -1...1 {
        low = min(low, pixel[j * width + i])
        high = max(high, pixel[j * width + i])
      }
    }
    guard (high - low) * (high - low) <= allowed else { return }
    count += 1
    highest = max(highest, value)
  }
}
