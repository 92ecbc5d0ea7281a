/// Touching pixels in which so many exposures dropped out that the middle of their values is too low: lost packets, zeroed
/// or dead pixels that several exposures share, two dead columns at one place.
///
/// Neighbours say nothing about such pixels, because their medians are as low. What lies beyond the block does, in the
/// directions in which it ends nearby. Hits only raise values: where coincident ones touch, the lowest value agrees with what
/// lies around.
struct LowBlocks {
  /// Values to be left out; whole pixels where no value fits.
  let findings: [LowValues.Finding]

  /// Values that lie so far above the middle one make a pixel part of a block [standard deviations].
  private static let split: Float = 4.5
  /// Where more of the image is split the exposures differ as a whole, and no block lies in anything.
  private static let most = 0.5
  /// Pixels from which on a block tells in which direction the image continues, and how many must fit for one that does
  /// not.
  private static let (fewest, fits) = (6, 6)
  /// A large block in which one exposure is right nearly everywhere keeps its values where nothing around tells them.
  private static let (large, right) = (12, 3)

  /// - Parameters:
  ///   - isUnlike: whether exposures differ where the image is steep: beside their lines and stars those that are sharper have
  ///     less light than a blurred one, and none of them is wrong.
  ///   - others: as `LowValues`.
  /// - Throws: `CRSError.interrupted`.
  init(
    in exposures: [Plane<Float>], factors: [Double], noise: StackNoise, planes: StackPlanes,
    isUnlike: Bool = false, work: Work
  ) throws {
    let shape = exposures[0].shape
    let places = try Self.splitPixels(exposures, factors, noise, planes, work)
    guard !places.isEmpty else {
      findings = []
      return
    }
    let sets = LowSets(places, shape: shape)
    let whole = try withPixels(of: exposures + [planes.median]) { sources in
      try BlockBorders(
        values: StackValues(
          sources: Array(sources.dropLast()), scales: factors.map { Float($0) }, noise: noise, shape: shape),
        median: sources[sources.count - 1], sets: sets
      ).findings(work: work)
    }
    let majorities = LowMajorities(exposures, factors: factors, noise: noise, isUnlike: isUnlike)
    guard Double(places.count) < Self.most * Double(shape.count) else {
      findings = majorities.believed(whole?.findings ?? [])
      return
    }
    let isSplit = Mask(plane: sets.numbers)
    let blocks = ConnectedRuns(of: isSplit.plane, connectivity: .eight)
    let size = 64
    let parts = OrderedResults<[Judged]>((blocks.runs.count + size - 1) / size)
    try withPixels(of: exposures + [planes.median]) { sources in
      try isSplit.plane.pixels.withUnsafeBufferPointer { flags in
        nonisolated(unsafe) let (sources, flags) = (sources, flags)
        let values = StackValues(
          sources: Array(sources.dropLast()), scales: factors.map { Float($0) }, noise: noise, shape: shape)
        let search = BlockSearch(values: values, median: sources[sources.count - 1], isSplit: flags)
        try work.forTiles(blocks.runs.count, size: size) { tile in
          var found: [Judged] = []
          for r in tile {
            let (run, block) = (blocks.runs[r], Int(blocks.groups[r]))
            for x in run.columns where whole?.decided[x, Int(run.row)] != true {
              let pixel = search.pixel(x, Int(run.row), isLarge: blocks.sizes[block] >= Self.fewest)
              if let pixel { found.append(Judged(block: block, pixel: pixel)) }
            }
          }
          parts.set(tile.lowerBound / size, found)
        }
      }
    }
    findings = majorities.believed(
      (whole?.findings ?? []) + Self.findings(parts.values.flatMap { $0 }, blocks: blocks.count))
  }

  /// A pixel of a block some of whose values may be too low.
  private struct Judged {
    let block: Int
    let pixel: BlockSearch.Pixel
  }

  /// Joins what the pixels of a block say about the directions and about each other.
  private static func findings(_ judged: [Judged], blocks: Int) -> [LowValues.Finding] {
    let directions = BlockSearch.directions.count / 2
    var (fitting, other) = (
      [Int](repeating: 0, count: blocks * directions), [Int](repeating: 0, count: blocks * directions)
    )
    for one in judged {
      for fit in one.pixel.fits { fitting[one.block * directions + fit.direction] += 1 }
      for d in 0..<directions { other[one.block * directions + d] += Int(one.pixel.differs[d]) }
    }
    // The direction along which the values that are left continue what lies around, such as that of a fibre's trace.
    let trusted = (0..<blocks).map { block in
      (block * directions..<(block + 1) * directions).filter {
        fitting[$0] >= Self.fewest && fitting[$0] >= Self.fits * other[$0]
      }.max { fitting[$0] < fitting[$1] }
    }
    func verdict(_ one: Judged) -> BlockSearch.Verdict? {
      if let direction = trusted[one.block], let low = one.pixel.low(along: direction % directions) {
        return BlockSearch.Verdict(low: low, isDecided: true)
      }
      return one.pixel.verdict
    }
    var (kept, open) = ([Int](repeating: 0, count: blocks), [Int](repeating: 0, count: blocks))
    for one in judged {
      guard let verdict = verdict(one) else { continue }
      if verdict.isDecided { kept[one.block] += 1 } else { open[one.block] += 1 }
    }
    return judged.flatMap { one -> [LowValues.Finding] in
      guard let verdict = verdict(one) else { return [] }
      let (kept, open) = (kept[one.block], open[one.block])
      let isRight = verdict.isDecided || (kept + open >= Self.large && kept >= Self.right * open)
      guard isRight else { return [LowValues.Finding(pixel: one.pixel.index, exposure: nil)] }
      return verdict.low.map { LowValues.Finding(pixel: one.pixel.index, exposure: $0) }
    }
  }

  /// Pixels whose values fall apart so that the middle one, of an even number the lower one, is far below the highest, with
  /// the exposures that lie low.
  private static func splitPixels(
    _ exposures: [Plane<Float>], _ factors: [Double], _ noise: StackNoise, _ planes: StackPlanes, _ work: Work
  ) throws -> [(pixel: Int, low: UInt64)] {
    let shape = exposures[0].shape
    let size = 32
    let rows = OrderedResults<[(pixel: Int, low: UInt64)]>((shape.height + size - 1) / size)
    // The mean of two central values lies half as far from either.
    let least = split * (exposures.count % 2 == 0 || planes.used != nil ? 0.5 : 1)
    try withPixels(of: exposures + [planes.median]) { sources in
      nonisolated(unsafe) let sources = sources
      let n = sources.count - 1
      let values = StackValues(
        sources: Array(sources.dropLast()), scales: factors.map { Float($0) }, noise: noise, shape: shape)
      let constants = noise.isCommon && noise[0].isUniform ? noise[0].lanes(0, 8) : nil
      try work.forTiles(shape.height, size: size) { tile in
        var found: [(pixel: Int, low: UInt64)] = []
        guard let centre = sources[n].baseAddress else { return }
        for y in tile {
          for x in stride(from: 0, to: shape.width, by: 8) {
            let (i, here) = (y * shape.width + x, shape.width - x)
            let level = centre.lanes(i, here, filler: .nan)
            let signal = upper(level, .zero)
            var isHigh = SIMDMask<SIMD8<Int32>>(repeating: false)
            for k in 0..<n {
              guard let base = sources[k].baseAddress else { continue }
              let (perSignal, readout) = constants ?? noise[k].lanes(i, here)
              let scale = values.scales[k]
              let square = signal * perSignal / scale + readout / (scale * scale)
              let difference = base.lanes(i, here, filler: .nan) - level
              isHigh = isHigh .| ((difference .> 0) .& (difference * difference .> least * least * square))
            }
            var candidates = bits(isHigh)
            while candidates != 0 {
              let lane = candidates.trailingZeroBitCount
              candidates &= candidates - 1
              if let low = values.split(i + lane, by: split) { found.append((i + lane, low)) }
            }
          }
        }
        rows.set(tile.lowerBound / size, found)
      }
    }
    return rows.values.flatMap { $0 }
  }
}
