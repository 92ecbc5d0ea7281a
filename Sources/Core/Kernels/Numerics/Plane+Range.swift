extension Plane where Element == Float {
  /// The smallest and the largest finite pixel; nil without any.
  ///
  /// - Throws: `CRSError.interrupted`.
  func finiteRange(work: Work) throws -> ClosedRange<Float>? {
    let size = 1 << 17
    let parts = OrderedResults<(Float, Float)>((count + size - 1) / size)
    try pixels.withUnsafeBufferPointer { pixels in
      nonisolated(unsafe) let pixels = pixels
      try work.forTiles(count, size: size) { tile in
        let empty = (SIMD8<Float>(repeating: .infinity), SIMD8<Float>(repeating: -.infinity))
        var (low, high) = empty
        let whole = tile.lowerBound + tile.count / 8 * 8
        if let base = pixels.baseAddress {
          for i in stride(from: tile.lowerBound, to: whole, by: 8) {
            let value = base.lanes(i)
            // NaN and infinities fail this comparison.
            let isFinite = value - value .== 0
            low = lower(low, empty.0.replacing(with: value, where: isFinite))
            high = upper(high, empty.1.replacing(with: value, where: isFinite))
          }
        }
        var range = (low.min(), high.max())
        for i in whole..<tile.upperBound where pixels[i].isFinite {
          range = (Swift.min(range.0, pixels[i]), Swift.max(range.1, pixels[i]))
        }
        parts.set(tile.lowerBound / size, range)
      }
    }
    let low = parts.values.map(\.0).min() ?? .infinity
    let high = parts.values.map(\.1).max() ?? -.infinity
    return low <= high ? low...high : nil
  }

  /// Whether all pixels are finite.
  ///
  /// - Throws: `CRSError.interrupted`.
  package func isFinite(work: Work) throws -> Bool {
    let size = 1 << 17
    let parts = OrderedResults<Bool>((count + size - 1) / size)
    try pixels.withUnsafeBufferPointer { pixels in
      nonisolated(unsafe) let pixels = pixels
      try work.forTiles(count, size: size) { tile in
        // A difference of a value from itself is 0 only where the value is finite.
        var rest = Lanes.zero
        let whole = tile.lowerBound + tile.count / 8 * 8
        if let base = pixels.baseAddress {
          for i in stride(from: tile.lowerBound, to: whole, by: 8) {
            let value = base.lanes(i)
            rest += value - value
          }
        }
        let isPlain = rest == .zero && (whole..<tile.upperBound).allSatisfy { pixels[$0].isFinite }
        parts.set(tile.lowerBound / size, isPlain)
      }
    }
    return parts.values.allSatisfy { $0 }
  }

  /// The plane with 0 in place of negative and not finite pixels.
  ///
  /// - Throws: `CRSError.interrupted`.
  func nonNegative(work: Work) throws -> Plane<Float> {
    try pixels.withUnsafeBufferPointer { source in
      nonisolated(unsafe) let source = source
      return try .byRows(shape, work: work) { y, row in
        let start = y * width
        for x in 0..<width {
          let value = source[start + x]
          row[x] = value > 0 && value < .infinity ? value : 0
        }
      }
    }
  }
}
