/// Values at or above the level from which their exposure is saturated. They are lower limits, and the good value of another
/// exposure would pass for one that is too low, or for a cosmic ray.
package struct SaturatedValues: Sendable {
  /// Values that do not count because another exposure has a good one, a mask for each exposure; empty for none.
  package private(set) var masks: [Mask] = []
  /// How many these are.
  package private(set) var counts: [Int]
  /// Pixels all of whose values are saturated: they count as they are.
  package private(set) var everywhere = 0
  /// Exposures whose level is below so many of their pixels that it cannot be theirs.
  package private(set) var unbelievable: [Int] = []

  /// A good value tells of a saturated source when its light is at least this part of the level.
  private static let near: Float = 0.5
  /// Touching pixels that are saturated in half of the exposures or more: no cosmic rays are as many.
  private static let block = 25
  /// A level below a larger part of the pixels is none.
  private static let most = 0.2

  /// - Parameters:
  ///   - exposures: as read; values that are masked or not finite do not count.
  ///   - levels: from which values are saturated, in the unit of the pixels; nil where nobody knows.
  ///   - relative: level of the same sky in each exposure.
  package init(
    in exposures: [ExposurePlanes], levels: [Float?], relative: [Double]
  ) {
    counts = exposures.map { _ in 0 }
    var limits = levels.map { $0 ?? .infinity }
    var saturated: [[Int]] = exposures.map { _ in [] }
    for (k, exposure) in exposures.enumerated() where limits[k] < .infinity {
      let found = Self.pixels(of: exposure, from: limits[k])
      if Double(found.count) > Self.most * Double(exposure.pixels.count) {
        unbelievable.append(k)
        limits[k] = .infinity
      } else {
        saturated[k] = found
      }
    }
    guard saturated.contains(where: { !$0.isEmpty }) else { return }
    let shape = exposures[0].shape
    var isLeft = [Mask](repeating: Mask(shape: shape), count: exposures.count)
    var crowded = Mask(shape: shape)
    var seen = Set<Int>()
    for i in saturated.joined() where seen.insert(i).inserted {
      let there = exposures.indices.filter { exposures[$0].counts(i) }
      let full = there.filter { exposures[$0].pixels.pixels[i] >= limits[$0] }
      guard full.count < there.count else {
        everywhere += 1
        continue
      }
      // The light that good values tell of.
      let light =
        there.filter { !full.contains($0) }
        .map { exposures[$0].light(i) / Float(relative[$0]) }.max() ?? 0
      for k in full
      where light * Float(relative[k]) >= Self.near * (limits[k] - exposures[k].bias(i)) {
        isLeft[k].plane.pixels[i] = 1
        counts[k] += 1
      }
      if 2 * full.count >= there.count { crowded.plane.pixels[i] = 1 }
    }
    let blocks = ConnectedRuns(of: crowded.plane, connectivity: .eight)
    for (run, group) in zip(blocks.runs, blocks.groups) where blocks.sizes[Int(group)] >= Self.block {
      for x in run.columns {
        let i = Int(run.row) * shape.width + x
        for k in exposures.indices
        where exposures[k].counts(i) && exposures[k].pixels.pixels[i] >= limits[k]
          && isLeft[k].plane.pixels[i] == 0
        {
          isLeft[k].plane.pixels[i] = 1
          counts[k] += 1
        }
      }
    }
    if counts.contains(where: { $0 > 0 }) { masks = isLeft }
  }

  /// Pixels whose value counts and reaches a level.
  private static func pixels(of exposure: ExposurePlanes, from limit: Float) -> [Int] {
    var found: [Int] = []
    exposure.pixels.pixels.withUnsafeBufferPointer { pixels in
      for start in stride(from: 0, to: pixels.count, by: 64) {
        let end = min(start + 64, pixels.count)
        var highest = -Float.infinity
        for i in start..<end { highest = pixels[i] > highest ? pixels[i] : highest }
        guard highest >= limit else { continue }
        for i in start..<end where pixels[i] >= limit && exposure.counts(i) { found.append(i) }
      }
    }
    return found
  }
}

extension SaturatedValues {
  /// The level on which the brightest pixels of an exposure lie, flatter than the noise of their photons allows; nil where
  /// there is none.
  ///
  /// - Parameter gain: [electron/unit]; nil: only equal values are flat.
  /// - Throws: `CRSError.interrupted`.
  package static func plateau(of plane: Plane<Float>, gain: Double?, work: Work) throws -> Float? {
    let step = max(1, plane.count / 20_000) | 1
    let values = stride(from: 0, to: plane.count, by: step).map { plane.pixels[$0] }.filter(\.isFinite)
    guard let middle = lowMedian(values), let scatter = lowMedian(values.map { abs($0 - middle) }),
      scatter > 0
    else { return nil }
    let found = try Plateau(
      in: plane, gain: gain ?? 1, satlevel: .infinity, above: Double(middle + 75 * scatter),
      sharpness: gain == nil ? 0 : sharpness, work: work)
    guard found.pixels >= Plateau.fewest else { return nil }
    let level = Float(found.level)
    let spare = gain.map { Float(sharpness * (found.level / $0).squareRoot()) } ?? 0
    // What lies higher was not cut off.
    let isHighest = !plane.pixels.withUnsafeBufferPointer { pixels in
      pixels.contains { $0 > level + spare && $0 < .infinity }
    }
    return isHighest ? level - spare : nil
  }

  /// The range of nine pixels of a plateau, in units of their photon noise.
  private static let sharpness = 0.3
}

extension ExposurePlanes {
  fileprivate func bias(_ i: Int) -> Float { Float(detector.bias.value(at: i)) }
  fileprivate func light(_ i: Int) -> Float { pixels.pixels[i] - bias(i) }
}
