/// The pixels of a tile in the order of their expectations, so that eight neighbours in that order are drawn by one
/// method from tables of one length.
///
/// Whole electrons that a diagram counts do not tell where they were drawn: the order is free.
struct ExpectationOrder {
  /// Pixel numbers, one for each pixel of the tile.
  private(set) var pixels: [Int32]

  private static let (classes, low) = (512, 128)

  /// - Parameter rate: expected electrons of a pixel.
  init(_ tile: Range<Int>, rate: (Int) -> Float) {
    var first = [Int](repeating: 0, count: Self.classes + 1)
    let keys = tile.map { pixel in
      let key = Self.key(rate(pixel))
      first[key + 1] += 1
      return Int16(key)
    }
    for k in 0..<Self.classes { first[k + 1] += first[k] }
    pixels = [Int32](repeating: 0, count: tile.count)
    for (offset, key) in keys.enumerated() {
      pixels[first[Int(key)]] = Int32(tile.lowerBound + offset)
      first[Int(key)] += 1
    }
  }

  /// Classes end where the method changes; above it they are an eighth of a standard deviation wide.
  private static func key(_ rate: Float) -> Int {
    let limit = PoissonLanes.normalMethodFrom
    if rate >= limit {
      let steps = (rate.squareRoot() - limit.squareRoot()) * 4
      return low + Int(min(max(steps, 0), Float(classes - low - 1)))
    }
    return rate > 0 ? Int(rate * (Float(low) / limit)) : 0
  }
}
