/// What the exposures show without cosmic rays, on the scale of flux factor 1 [ADU].
struct CleanModel {
  /// Clean mean in the frame of zero offset, finite everywhere.
  let mean: Plane<Float>
  /// The same seen by each exposure; one plane for all of them when they lie on each other.
  let references: [Plane<Float>]
  let isMoved: Bool
  /// Pixels in which no exposure has a value, so that `mean` is made up; nil for none.
  let empty: Mask?

  /// The clean mean as exposure `k` sees it.
  func reference(_ k: Int) -> Plane<Float> { references.count == 1 ? references[0] : references[k] }

  /// Mean distance of the smallest of n normal values from their mean [standard deviations].
  private static func depth(_ n: Int) -> Float {
    switch n {
    case 1: 0
    case ...2: 0.564
    case 3: 0.846
    case 4: 1.029
    case 5: 1.163
    case 6: 1.267
    case 7: 1.352
    case 8: 1.424
    case 9: 1.485
    default: 1.55
    }
  }

  /// - Parameters:
  ///   - exposures: divided by their flux factors [ADU]; NaN where a value does not count.
  ///   - offsets: their displacements [pixel].
  ///   - hasMasked: whether there is any NaN.
  /// - Throws: `CRSError.interrupted`.
  init(
    _ exposures: [Plane<Float>], factors: [Double], offsets: [Offset], noise: StackNoise, hasMasked: Bool,
    work: Work
  ) throws {
    isMoved = offsets.contains { $0 != .zero }
    let isAlike = noise.isCommon || Self.isAlike(noise, in: exposures, factors: factors)
    let isPlain = !hasMasked && isAlike
    let scales = factors.map { Float($0) }
    guard isMoved else {
      var found =
        isPlain
        ? try Self.mean(exposures, noise: noise.typical, clip: 3.5, work: work)
        : try Self.meanOfThere(
          exposures, scales, noise, isAlike: isAlike, clip: 3.5, slack: nil, isShifted: false, work: work)
      empty = hasMasked ? found.fillGaps() : nil
      mean = found
      references = [found]
      return
    }
    // What lies beyond the border of one exposure another one may show: the common frame is larger.
    let margin = Self.margin(offsets, exposures[0].shape)
    let exposures = exposures.map { $0.surrounded(by: margin, with: .nan) }
    let noise = noise.reflected(by: margin)
    // Interpolation would ring around cosmic rays and gaps, so they are cut off and filled first.
    let whole = try FilledExposures.filled(exposures, work: work)
    // Each is cut off at what the others show nearby, so those that lie farther apart are moved by whole pixels first.
    let steps = Self.wholeSteps(offsets)
    let near = try zip(whole, steps).map {
      try CubicShift.shifted($0, by: Offset(x: -$1.x, y: -$1.y), work: work)
    }
    var there = near
    for k in there.indices {
      there[k].leaveOut(gapsOf: exposures[k], movedBy: Offset(x: -steps[k].x, y: -steps[k].y))
    }
    let capped = try CosmicRayCap.capped(near, noise: noise, reach: 1, sigmas: 1, gaps: there, work: work)
    var aligned = try capped.indices.map { k in
      let rest = Offset(x: steps[k].x - offsets[k].x, y: steps[k].y - offsets[k].y)
      return try CubicShift.shifted(capped[k], by: rest, work: work)
    }
    let lowest = try Self.lowest(aligned, work)
    let steep = try lowest.gradientLength(work: work)
    for k in aligned.indices {
      // Both pixels that a value is interpolated between must be there.
      for x in Set([-offsets[k].x.rounded(.down), -offsets[k].x.rounded(.up)]) {
        for y in Set([-offsets[k].y.rounded(.down), -offsets[k].y.rounded(.up)]) {
          aligned[k].leaveOut(gapsOf: exposures[k], movedBy: Offset(x: x, y: y))
        }
      }
    }
    // What is left out by chance would make all other exposures expect too little there.
    let n = Float(exposures.count)
    let clip = 3.5 * (n / max(1, n - 1)).squareRoot()
    var common = try Self.meanOfThere(
      aligned, scales, noise, isAlike: isAlike, clip: clip, slack: steep, isShifted: true, work: work)
    let gaps = common.fillGaps().map { Mask(plane: $0.plane.cropped(by: margin)) }
    empty = gaps.flatMap { $0.flagged > 0 ? $0 : nil }
    mean = common.cropped(by: margin)
    references = try offsets.map {
      try CubicShift.shifted(common, by: $0, work: work).cropped(by: margin)
    }
  }

  /// The same with what each exposure is expected to show, one plane for each.
  func shown(as references: [Plane<Float>]) -> CleanModel {
    CleanModel(mean: mean, references: references, isMoved: isMoved, empty: empty)
  }

  private init(mean: Plane<Float>, references: [Plane<Float>], isMoved: Bool, empty: Mask?) {
    (self.mean, self.references, self.isMoved, self.empty) = (mean, references, isMoved, empty)
  }

  /// Whole pixels of each displacement; none where all lie within a pixel of each other, more or less.
  private static func wholeSteps(_ offsets: [Offset]) -> [Offset] {
    guard offsets.spread > 1.5 else { return offsets.map { _ in .zero } }
    return offsets.map { Offset(x: $0.x.rounded(), y: $0.y.rounded()) }
  }

  /// Pixels beyond the borders that the common frame holds: offsets of more are no dithers.
  private static let mostMargin = 64.0

  private static func margin(_ offsets: [Offset], _ shape: Shape) -> Int {
    let farthest = offsets.map { max($0.x.magnitude, $0.y.magnitude) }.max() ?? 0
    return min(Int(min(mostMargin, farthest + 2).rounded(.up)), max(0, min(shape.width, shape.height) - 1))
  }

  private static func lowest(_ planes: [Plane<Float>], _ work: Work) throws -> Plane<Float> {
    try .byRows(planes[0].shape, work: work) { y, row in
      let width = planes[0].width
      for x in 0..<width {
        var low = planes[0].pixels[y * width + x]
        for other in planes.dropFirst() { low = min(low, other.pixels[y * width + x]) }
        row[x] = low
      }
    }
  }

  /// The mean of the values that are not far above what the smallest one makes likely.
  private static func mean(
    _ exposures: [Plane<Float>], noise: PixelNoise, clip: Float, work: Work
  ) throws -> Plane<Float> {
    let shape = exposures[0].shape
    let depth = depth(exposures.count)
    return try withPixels(of: exposures) { sources in
      nonisolated(unsafe) let sources = sources
      return try .byRows(shape, work: work) { y, row in
        for x in 0..<shape.width {
          let i = y * shape.width + x
          var low = sources[0][i]
          for k in 1..<sources.count { low = min(low, sources[k][i]) }
          let limit = limit(above: low, depth: depth, noise.at(i), clip: clip, isShifted: false)
          var (sum, count): (Float, Float) = (0, 0)
          for k in 0..<sources.count where sources[k][i] < limit {
            sum += sources[k][i]
            count += 1
          }
          row[x] = count > 0 ? sum / count : low
        }
      }
    }
  }

  /// Variances of the sky's noise that are no more unlike are taken for one.
  private static let unlike: Float = 1.7

  /// Whether the exposures' noise differs so little that one model stands for all: a little more sky in one of them.
  private static func isAlike(_ noise: StackNoise, in exposures: [Plane<Float>], factors: [Double]) -> Bool {
    let variances = exposures.indices.map { k in
      let (perSignal, readout) = noise[k].at(0)
      let factor = Float(factors[k])
      let sky = max(WholeDisplacement.level(of: exposures[k]), 0)
      return sky * perSignal / factor + readout / (factor * factor)
    }
    guard let least = variances.min(), let most = variances.max() else { return true }
    return noise.detectors.allSatisfy { $0.readoutNoise.uniform != nil } && most <= unlike * least
  }

  /// The same of the values that are there; NaN without any. Where the exposures' noise differs, of several levels
  /// that one is taken from which hits alone make values deviate, and values weigh as much as they know.
  private static func meanOfThere(
    _ exposures: [Plane<Float>], _ factors: [Float], _ noise: StackNoise, isAlike: Bool, clip: Float,
    slack: Plane<Float>?, isShifted: Bool, work: Work
  ) throws -> Plane<Float> {
    let shape = exposures[0].shape
    return try withPixels(of: exposures) { sources in
      nonisolated(unsafe) let sources = sources
      return try .byRows(shape, work: work) { y, row in
        for x in 0..<shape.width {
          let i = y * shape.width + x
          let spare = slack.map { 0.1 * $0.pixels[i] } ?? 0
          row[x] =
            isAlike
            ? lowestAgreeing(sources, i, noise.typical, clip: clip, spare: spare, isShifted: isShifted)
            : likeliest(sources, i, factors, noise, clip: clip, spare: spare)
        }
      }
    }
  }

  /// Up to where values agree with the smallest one.
  @inline(__always)
  private static func limit(
    above low: Float, depth: Float, _ noise: (perSignal: Float, readout: Float), clip: Float, isShifted: Bool
  ) -> Float {
    func deviation(_ level: Float) -> Float { (max(level, 0) * noise.perSignal + noise.readout).squareRoot() }
    let middle =
      isShifted
      ? low + depth * deviation(max(low, 0) + noise.readout.squareRoot())
      : low + depth * deviation(low + depth * noise.readout.squareRoot())
    return middle + clip * deviation(middle)
  }

  private static func lowestAgreeing(
    _ sources: [UnsafeBufferPointer<Float>], _ i: Int, _ noise: PixelNoise, clip: Float, spare: Float,
    isShifted: Bool
  ) -> Float {
    var (low, there) = (Float.infinity, 0)
    for source in sources where source[i].isFinite {
      low = min(low, source[i])
      there += 1
    }
    guard there > 0 else { return .nan }
    let limit =
      limit(above: low, depth: depth(there), noise.at(i), clip: clip, isShifted: isShifted) + spare
    var (sum, count): (Float, Float) = (0, 0)
    for source in sources where source[i] < limit {
      sum += source[i]
      count += 1
    }
    return count > 0 ? sum / count : low
  }

  private static func likeliest(
    _ sources: [UnsafeBufferPointer<Float>], _ i: Int, _ factors: [Float], _ noise: StackNoise, clip: Float,
    spare: Float
  ) -> Float {
    func square(_ k: Int, _ level: Float) -> Float {
      let (perSignal, readout) = noise[k].at(i)
      return max(level, 0) * perSignal / factors[k] + readout / (factors[k] * factors[k]) + spare * spare
    }
    var best: (cost: Float, level: Float)?
    for centre in sources where centre[i].isFinite {
      let level = centre[i]
      var cost: Float = 0
      for k in sources.indices where sources[k][i].isFinite {
        let d = sources[k][i] - level
        cost += min(d * d / square(k, level), d > 0 ? 9 : 36)
      }
      if best.map({ cost < $0.cost }) ?? true { best = (cost, level) }
    }
    guard let best else { return .nan }
    var (sum, weights): (Float, Float) = (0, 0)
    for k in sources.indices where sources[k][i].isFinite {
      let (d, own) = (sources[k][i] - best.level, square(k, best.level))
      guard d * d < clip * clip * own else { continue }
      sum += sources[k][i] / own
      weights += 1 / own
    }
    return weights > 0 ? sum / weights : best.level
  }
}
