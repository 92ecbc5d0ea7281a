/// One look at the whole input: a copy for the result, and whether anything needs more than that.
struct InputScan {
  /// The input as it came; nil if no copy was asked for.
  let copy: Plane<Float>?
  /// Whether a pixel is NaN or infinite in electrons.
  let hasNonFinite: Bool
  /// Whether a pixel reaches the saturation level.
  let hasSaturated: Bool

  /// - Parameters:
  ///   - pixels: what is copied; nil for nothing.
  ///   - source: what is looked at: the same pixels or others of the same shape.
  ///   - scale: factor of `source` to electrons.
  ///   - limit: saturation level [electron].
  /// - Throws: `CRSError.interrupted`.
  init(copying pixels: Plane<Float>?, source: Plane<Float>, scale: Float, limit: Float, work: Work) throws {
    let band = 16384
    let flags = OrderedResults<(Bool, Bool)>((source.count + band - 1) / band)
    copy = try source.pixels.withUnsafeBufferPointer { source -> Plane<Float>? in
      guard let values = source.baseAddress else { return pixels }
      let looked = SharedPointer(UnsafeMutablePointer(mutating: values))
      guard let pixels else {
        try work.forTiles(source.count, size: band) {
          flags.set($0.lowerBound / band, Self.look(looked.base, $0, scale, limit))
        }
        return nil
      }
      return try Plane(width: pixels.width, height: pixels.height) { target in
        try pixels.pixels.withUnsafeBufferPointer { pixels in
          guard let to = target.baseAddress, let from = pixels.baseAddress else { return }
          let output = SharedPointer(to)
          let input = SharedPointer(UnsafeMutablePointer(mutating: from))
          try work.forTiles(source.count, size: band) { range in
            (output.base + range.lowerBound).update(from: input.base + range.lowerBound, count: range.count)
            flags.set(range.lowerBound / band, Self.look(looked.base, range, scale, limit))
          }
        }
      }
    }
    let found = flags.values
    hasNonFinite = found.contains { $0.0 }
    hasSaturated = found.contains { $0.1 }
  }

  /// Whether all pixels are finite.
  static func isFinite(_ plane: Plane<Float>, scale: Float, work: Work) throws -> Bool {
    let band = 65536
    let flags = OrderedResults<(Bool, Bool)>((plane.count + band - 1) / band)
    try plane.pixels.withUnsafeBufferPointer { source in
      guard let values = source.baseAddress else { return }
      let looked = SharedPointer(UnsafeMutablePointer(mutating: values))
      try work.forTiles(source.count, size: band) { range in
        flags.set(range.lowerBound / band, Self.look(looked.base, range, scale, .infinity))
      }
    }
    return !flags.values.contains { $0.0 }
  }

  private static func look(
    _ source: UnsafeMutablePointer<Float>, _ range: Range<Int>, _ scale: Float, _ limit: Float
  ) -> (nonFinite: Bool, saturated: Bool) {
    let ceiling = Lanes(repeating: min(limit, .greatestFiniteMagnitude))
    var isPlain = SIMDMask<SIMD8<Int32>>(repeating: true)
    var index = range.lowerBound
    while index &+ 8 <= range.upperBound {
      let value = source.lanes(index) * scale
      isPlain = isPlain .& (value .< ceiling) .& (value .>= -Float.greatestFiniteMagnitude)
      index &+= 8
    }
    var rest = index..<range.upperBound
    if !all(isPlain) { rest = range }
    var (nonFinite, saturated) = (false, false)
    for index in rest {
      let value = source[index] * scale
      if !value.isFinite { nonFinite = true }
      if value >= limit { saturated = true }
    }
    return (nonFinite, saturated)
  }
}
