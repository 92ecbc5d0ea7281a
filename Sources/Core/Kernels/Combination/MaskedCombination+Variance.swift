extension MaskedCombination {
  /// The variance of a combination's pixels.
  func variance(
    of result: Result, _ method: CombinationMethod, _ kinds: Plane<UInt8>, _ source: VarianceSource,
    work: Work
  ) throws -> Plane<Float> {
    let n = exposures.count
    let factors = (0...n).map { Float(Self.factor(method, of: $0)) }
    let shape = result.image.shape
    let masks = method.usesMasks ? masks?.exposures ?? [] : []
    let simple = source == .noise ? noise.simple : nil
    // A hit changes the variance of a median, even where it did not spoil it.
    let asksForHits = method == .mediancr || method == .median
    let hits = asksForHits && !masks.isEmpty ? [masks.dropFirst().reduce(masks[0]) { $0 | $1 }] : []
    let places = try places(of: result, method, kinds, work)
    return try withPixels(of: places + [result.image]) { values in
      try Self.withFlags(of: masks + hits) { flags in
        try withPlanes(kinds, planes.used, result.map) { kinds, used, map in
          nonisolated(unsafe) let (kinds, used, pixels) = (kinds, used, values[n + 2])
          nonisolated(unsafe) let hitAnywhere = hits.isEmpty ? nil : flags[masks.count]
          nonisolated(unsafe) let place = PixelPlaces(
            values: values, flags: Array(flags[..<masks.count]), map: map)
          return try Plane<Float>.byRows(shape, work: work) { y, row in
            for x in 0..<shape.width {
              let i = y * shape.width + x
              let (level, count) = (pixels[i], used.isEmpty ? n : Int(used[i]))
              guard count > 0, level.isFinite else {
                row[x] = .nan
                continue
              }
              let kind = PixelKind(rawValue: kinds[i]) ?? .plain
              if kind == .plain, let simple, (hitAnywhere?[i] ?? 0) == 0 {
                row[x] = CombinationNoise.variance(simple, i, level: level) * factors[count]
              } else {
                row[x] = variance(
                  place, i, level: level, kind, used: count, factor: asksForHits ? nil : factors[count],
                  source)
              }
            }
          }
        }
      }
    }
  }

  /// The exposures, the combination and their minimum; of exact ones how far they lie from the first value of a pixel.
  private func places(
    of result: Result, _ method: CombinationMethod, _ kinds: Plane<UInt8>, _ work: Work
  ) throws -> [Plane<Float>] {
    guard let exact else { return exposures + [result.image, planes.minimum] }
    let image = result.exactImage ?? result.image.map { Double($0) }
    return try exact.distances
      + [exact.distance(of: image, work: work), exact.distance(of: exact.minimum(work: work), work: work)]
  }

  /// The memory of what decides a pixel's variance.
  private struct PixelPlaces {
    /// The exposures, the combination and their minimum, all of them from one origin.
    let values: [UnsafeBufferPointer<Float>]
    /// Hits of each exposure; empty for methods without masks.
    let flags: [UnsafeBufferPointer<UInt8>]
    let map: UnsafeBufferPointer<Int16>

    @inline(__always) func isHit(_ k: Int, _ i: Int) -> Bool { !flags.isEmpty && flags[k][i] != 0 }
    @inline(__always) func isThere(_ k: Int, _ i: Int) -> Bool { values[k][i].isFinite }
  }

  /// The variance of a pixel that has values.
  ///
  /// - Parameter factor: of the mean variance of its values, for plain pixels; nil: they make a median.
  @inline(never)
  private func variance(
    _ place: PixelPlaces, _ i: Int, level: Float, _ kind: PixelKind, used: Int, factor: Float?,
    _ source: VarianceSource
  ) -> Float {
    func single(_ isUsed: (Int) -> Bool) -> Float {
      if source == .noise, let known = noise.mean(i, level: level, isUsed) { return known }
      return noise.scatter(i, least: source == .noise ? 5 : 2, isUsed) ?? .nan
    }
    /// Whether a value that is flagged stands out of the result: masks grow beyond hits, and what they flag there is noise
    /// like the rest.
    func isHit(_ k: Int, beyond deviations: Float) -> Bool {
      guard place.isHit(k, i), place.isThere(k, i) else { return false }
      guard let square = noise.variance(k, i, level: level) else { return true }
      let excess = place.values[k][i] - place.values[exposures.count][i]
      return excess > 0 && excess * excess > deviations * deviations * square
    }
    /// How many values are hit, at most all but one.
    func hits(beyond deviations: Float) -> Int {
      min(used - 1, exposures.indices.reduce(0) { $0 + (isHit($1, beyond: deviations) ? 1 : 0) })
    }
    /// The variance of the median of the values that are there.
    func median() -> Float {
      let hits = hits(beyond: Self.beyondMedian)
      let factor = Float(OrderNoise.median(of: used, hits: hits))
      let isThere = { (k: Int) in place.isThere(k, i) }
      guard source == .noise, !noise.isSimple else { return single(isThere) * factor }
      if hits == 0 { return (noise.central(i, level: level, isThere) ?? single(isThere)) * factor }
      // Hits push the median to the edge of the other values, where the mean of their variances holds.
      return single { isThere($0) && !isHit($0, beyond: Self.beyondMedian) } * factor
    }
    switch kind {
    case .plain:
      guard let factor else { return median() }
      return single { place.isThere($0, i) } * factor
    case .median: return median()
    case .unmasked:
      return single { place.isThere($0, i) && !place.isHit($0, i) } / Float(max(1, Int(place.map[i])))
    case .replaced:
      guard source == .noise else { return .nan }
      let n = exposures.count
      guard place.values[n][i] == place.values[n + 1][i] else {
        // What stands for the values is taken for one of them.
        let lowest = exposures.indices.first { place.values[$0][i] == place.values[n + 1][i] }
        return single { $0 == lowest }
      }
      // The smallest of those that are not hit: of one only, if the others are.
      let clean = used - hits(beyond: Self.beyondMinimum)
      return single { place.isThere($0, i) && !isHit($0, beyond: Self.beyondMinimum) }
        * Float(OrderNoise.minimum(of: clean))
    }
  }

  /// Flagged values that lie so far above a median or a minimum are hit [standard deviations]. Noise rarely reaches as far:
  /// the second counts from the smallest value.
  private static let (beyondMedian, beyondMinimum): (Float, Float) = (3, 4)

  /// The memory of several masks.
  private static func withFlags<Result>(
    of masks: [Mask], _ body: ([UnsafeBufferPointer<UInt8>]) throws -> Result
  ) rethrows -> Result {
    func next(_ found: [UnsafeBufferPointer<UInt8>]) throws -> Result {
      if found.count == masks.count { return try body(found) }
      return try masks[found.count].plane.pixels.withUnsafeBufferPointer { try next(found + [$0]) }
    }
    return try next([])
  }

  /// The memory of kinds, numbers of values (empty where every pixel has all) and values used.
  private func withPlanes<Result>(
    _ kinds: Plane<UInt8>, _ used: Plane<Int16>?, _ map: Plane<Int16>,
    _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<Int16>, UnsafeBufferPointer<Int16>) throws ->
      Result
  ) rethrows -> Result {
    try kinds.pixels.withUnsafeBufferPointer { kinds in
      try (used?.pixels ?? []).withUnsafeBufferPointer { used in
        try map.pixels.withUnsafeBufferPointer { try body(kinds, used, $0) }
      }
    }
  }

  /// The variance of a combination of `count` values over the mean variance of one.
  private static func factor(_ method: CombinationMethod, of count: Int) -> Double {
    switch method {
    case .mean, .meancrt, .meancr: 1 / Double(max(1, count))
    case .median, .mediancr: OrderNoise.median(of: count, hits: 0)
    case .min: OrderNoise.minimum(of: count)
    }
  }

  /// The scatter over all exposures, 0 where a value was replaced.
  func scatterOfExposures(_ kinds: Plane<UInt8>, work: Work) throws -> Plane<Float> {
    let shape = planes.mean.shape
    let divisor = Float(max(1, exposures.count - 1))
    return try .byRows(shape, work: work) { y, row in
      let start = y * shape.width
      for x in 0..<shape.width { row[x] = 0 }
      for exposure in exposures {
        exposure.pixels.withUnsafeBufferPointer { values in
          planes.mean.pixels.withUnsafeBufferPointer { mean in
            for x in 0..<shape.width {
              let difference = values[start + x] - mean[start + x]
              row[x] += difference * difference
            }
          }
        }
      }
      for x in 0..<shape.width { row[x] /= divisor }
      for x in 0..<shape.width where kinds.pixels[start + x] != PixelKind.plain.rawValue {
        let i = start + x
        let isUnmasked = kinds.pixels[i] == PixelKind.unmasked.rawValue
        let masks = isUnmasked ? masks?.exposures : nil
        row[x] =
          masks.flatMap { masks in noise.scatter(i, least: 2) { masks[$0].plane.pixels[i] == 0 } } ?? 0
      }
    }
  }
}
