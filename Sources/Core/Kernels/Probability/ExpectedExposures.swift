/// What each of several exposures is expected to show: the clean mean of all, with what this exposure alone changes along lines
/// of the image.
///
/// The centre of a trace that moves by a tenth of a pixel raises one flank and lowers the other along the whole trace. Where
/// lines change (`LocalMismatch`) and have light, the change is followed as that of two exposures is (`ChangeField`); what is
/// left of it is noise.
struct ExpectedExposures {
  /// What each exposure shows without hits, divided by its flux factor [ADU].
  let levels: [Plane<Float>]
  /// Whether the level of each is more than the clean mean.
  let isFollowed: [Bool]
  /// Noise that is left of the changes of each.
  let changing: [LocalMismatch]
  /// Scatter of the positions that is left.
  let mismatch: PositionMismatch

  /// Electrons from which on a change is followed: fewer are hardly more than noise.
  private static let light: Float = 25
  /// Squared scatter of the positions from which on the exposures lie beside each other as a whole [pixel^2]: no trace moved,
  /// but the offsets are others.
  private static let apart = 0.04

  /// The clean mean itself.
  ///
  /// - Parameter changing: what changes in any of them.
  init(_ count: Int, model: CleanModel, mismatch: PositionMismatch, changing: LocalMismatch) {
    levels = (0..<count).map { model.reference($0) }
    isFollowed = [Bool](repeating: false, count: count)
    self.changing = [LocalMismatch](repeating: changing, count: count)
    self.mismatch = mismatch
  }

  /// - Parameters:
  ///   - exposures: at least 3, divided by their flux factors; NaN where a value does not count.
  ///   - mismatch: scatter of the positions that the clean mean leaves.
  /// - Throws: `CRSError.interrupted`.
  init(
    _ exposures: [Plane<Float>], model: CleanModel, factors: [Double], noise: StackNoise,
    mismatch: PositionMismatch, work: Work
  ) throws {
    let plain = StraightStack(
      exposures: exposures, references: exposures.indices.map { model.reference($0) }, noise: noise)
    func changes(_ stack: StraightStack, from levels: [Plane<Float>], _ mismatch: PositionMismatch) throws
      -> [LocalMismatch]
    {
      try exposures.indices.map { k in
        try LocalMismatch(
          of: stack.exposures[k], from: levels[k], factor: Float(factors[k]), noise: stack.noise[k],
          mismatch: mismatch, work: work)
      }
    }
    var found = try changes(plain, from: plain.references, mismatch)
    let mayFollow = mismatch.variance < Self.apart
    guard mayFollow, found.contains(where: { $0.excess != nil }) else {
      isFollowed = [Bool](repeating: false, count: exposures.count)
      (levels, changing, self.mismatch) = (plain.references, found, mismatch)
      return
    }
    // Changes are looked for and followed along the axes.
    let course = try LineCourse(of: [model.mean], noise: noise.typical, work: work)
    let straight = try course.map { try plain.straightened($0, work: work) } ?? plain
    if let course {
      found = try changes(straight, from: straight.references, mismatch).map {
        try $0.restored(course, work: work)
      }
    }
    isFollowed = found.map { $0.excess != nil }
    let levels = try exposures.indices.map { k in
      try Self.level(
        plain.references[k], as: exposures[k], where: found[k], factor: factors[k], all: factors.reduce(0, +),
        noise: (noise.detector(k), noise.typicalDetector), along: course, work: work)
    }
    // What was followed is no scatter of the positions any more.
    let left = try PositionMismatch(
      exposures, model: model.shown(as: levels), factors: factors, noise: noise, given: nil,
      isFollowed: true, work: work)
    if let course {
      changing = try changes(
        straight, from: levels.map { try course.straightened($0, work: work) }, left
      ).map { try $0.restored(course, work: work) }
    } else {
      changing = try changes(plain, from: levels, left)
    }
    (self.levels, self.mismatch) = (levels, left)
  }

  /// Whether an exposure is expected to show anything but the clean mean.
  func differs(_ k: Int, from model: CleanModel) -> Bool { model.isMoved || isFollowed[k] }

  /// Exposures less what each of them is expected to show more than the clean mean in the same pixel.
  func levelled(_ exposures: [Plane<Float>], on model: CleanModel) -> [Plane<Float>] {
    exposures.enumerated().map { k, exposure in
      guard differs(k, from: model) else { return exposure }
      var out = exposure
      withPixels(of: [levels[k], model.mean]) { planes in
        for i in 0..<out.count { out.pixels[i] -= planes[0][i] - planes[1][i] }
      }
      return out
    }
  }

  /// Part of the changing places that may be missing where lines are made straight: a gap takes its surroundings along.
  private static let mostGaps = 0.05

  private static func isWhole(_ exposure: Plane<Float>, where excess: Plane<Float>) -> Bool {
    var (all, gaps) = (0, 0)
    for i in 0..<exposure.count where excess.pixels[i] > 0 {
      all += 1
      if !exposure.pixels[i].isFinite { gaps += 1 }
    }
    return Double(gaps) <= mostGaps * Double(all)
  }

  /// A clean mean with the changes of an exposure.
  ///
  /// - Parameter course: of the lines that change; nil where they are straight.
  private static func level(
    _ plain: Plane<Float>, as exposure: Plane<Float>, where found: LocalMismatch, factor: Double, all: Double,
    noise: (own: Detector, typical: Detector), along course: LineCourse?, work: Work
  ) throws -> Plane<Float> {
    guard let excess = found.excess else { return plain }
    let course = Self.isWhole(exposure, where: excess) ? course : nil
    // The mean has the noise of as much light as all exposures have.
    let both = StackNoise([noise.own, noise.typical])
    let variance = PairVariance(
      factors: [factor, all], noise: try course?.straightened(both, work: work) ?? both)
    let pair = [exposure, plain]
    let straight = try course.map { course in try pair.map { try course.interpolated($0, work: work) } }
    var field = ChangeField(straight ?? pair, variance: variance, work: work)
    _ = try field.follow(found.axes)
    let change = try course?.uninterpolated(field.change, work: work) ?? field.change
    let own = PixelNoise(noise.own)
    let wings = found.wings
    return try withPixels(of: [plain, excess, change]) { sources in
      nonisolated(unsafe) let sources = sources
      let width = plain.width
      return try .byRows(plain.shape, work: work) { y, row in
        for x in 0..<width {
          let i = y * width + x
          let (level, change) = (sources[0][i], sources[2][i])
          let isLight =
            min(level, level + change) * Float(factor) > Self.light * own.at(i).perSignal
            || wings.map { $0.plane.pixels[i] != 0 } == true
          row[x] = sources[1][i] > 0 && isLight ? level + change : level
        }
      }
    }
  }
}

/// Exposures with what all of them show, where lines may be straight that are not.
private struct StraightStack {
  let exposures: [Plane<Float>]
  /// The clean mean as each of them sees it.
  let references: [Plane<Float>]
  let noise: StackNoise

  func straightened(_ course: LineCourse, work: Work) throws -> StraightStack {
    StraightStack(
      exposures: try exposures.map { try course.straightened($0, work: work) },
      references: try references.map { try course.straightened($0, work: work) },
      noise: try course.straightened(noise, work: work))
  }
}
