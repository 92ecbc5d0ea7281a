/// Noise that is there because something changes between two exposures along a line of the image: a trace whose centre or
/// width moves, an edge of a slit, a sky line.
///
/// In blocks of each row and of each column the difference of two exposures, or of one from what several have in common, is
/// compared with what gain and readout noise make expect; the largest quarter, which has the hits, is left out. Where it is
/// significantly larger, in a block or in several that follow each other, the variance of these pixels grows by as much, and
/// that of the lines beside them: what moves raises one flank of a trace where it lowers the other.
struct LocalMismatch {
  /// How many times the variance of the noise is to be added, row after row; nil where nothing changes.
  let excess: Plane<Float>?
  /// Part of the pixels where something is added.
  let part: Double
  /// Along which axes lines change.
  let axes: SmoothChanges.Axes
  /// Places beside steep ones that change as these do; nil without any.
  let wings: Mask?

  static let none = LocalMismatch(excess: nil, part: 0)

  init(excess: Plane<Float>?, part: Double, axes: SmoothChanges.Axes = .none, wings: Mask? = nil) {
    (self.excess, self.part, self.axes, self.wings) = (excess, part, axes, wings)
  }

  /// Lines on either side that change with one: between two exposures nobody knows which of them is high, of several each
  /// line tells its own.
  private static let (besidePair, besideOne) = (3, 1)

  /// Of two exposures.
  ///
  /// - Parameters:
  ///   - exposures: divided by their flux factors; NaN where a value does not count.
  ///   - mismatch: variance that is known already.
  /// - Throws: `CRSError.interrupted`.
  init(
    ofPair exposures: [Plane<Float>], model: CleanModel, factors: [Double], noise: StackNoise,
    mismatch: PositionMismatch, work: Work
  ) throws {
    try self.init(
      Self.distances(exposures, model, factors, noise, mismatch, work), beside: Self.besidePair, work: work)
  }

  /// Of one of several exposures, from what is expected of it. Only steep places with light, and those beside them that
  /// change as they do, are compared: elsewhere hits are all that differs, and they are not to be taken for changes.
  ///
  /// - Parameters:
  ///   - exposure: divided by its flux factor; NaN where a value does not count.
  ///   - expected: finite.
  ///   - noise: of the exposure before.
  ///   - mismatch: variance that is known already.
  /// - Throws: `CRSError.interrupted`.
  init(
    of exposure: Plane<Float>, from expected: Plane<Float>, factor: Float, noise: PixelNoise,
    mismatch: PositionMismatch, work: Work
  ) throws {
    func deviations(_ among: Mask?) throws -> Plane<Float> {
      try Self.deviations(exposure, from: expected, among: among, factor: factor, noise, mismatch, work)
    }
    let steep = try deviations(nil)
    self = try LocalMismatch(steep, beside: Self.besideOne, work: work).withWings(steep, work, deviations)
  }

  /// - Parameters:
  ///   - distances: of two values in units of the noise of one, row after row; NaN where there are none.
  ///   - beside: lines on either side that change with one.
  init(_ distances: Plane<Float>, beside: Int, work: Work) throws {
    let shape = distances.shape
    var found: Plane<Float>?
    var (changeX, changeY) = (false, false)
    for isAlongX in [true, false] {
      let blocks = DistanceBlocks(distances: distances, isAlongX: isAlongX)
      guard blocks.length >= 2 * DistanceBlocks.least else { continue }
      for (line, own) in try blocks.excess(work).enumerated() where !own.isEmpty {
        var plane = found ?? Plane<Float>(width: shape.width, height: shape.height, repeating: 0)
        found = nil
        if isAlongX { changeX = true } else { changeY = true }
        for other in max(0, line - beside)...min(blocks.lines - 1, line + beside) {
          for k in 0..<blocks.length {
            let value = own[min(k / DistanceBlocks.size, own.count - 1)]
            let i = isAlongX ? other * shape.width + k : k * shape.width + other
            if value > plane.pixels[i] { plane.pixels[i] = value }
          }
        }
        found = plane
      }
    }
    excess = found
    axes = changeX ? (changeY ? .auto : .x) : changeY ? .y : .none
    part = found.map(Self.part) ?? 0
    wings = nil
  }

  /// The same of an image whose lines were made straight for it.
  ///
  /// - Throws: `CRSError.interrupted`.
  func restored(_ course: LineCourse, work: Work) throws -> LocalMismatch {
    let places = try wings.map { wings in
      try course.restored(wings.plane.map { Float($0) }, work: work).map { UInt8($0) }
    }
    return LocalMismatch(
      excess: try excess.map { try course.restored($0, work: work) }, part: part, axes: axes,
      wings: places.map { Mask(plane: $0) })
  }

  static func part(_ excess: Plane<Float>) -> Double {
    Double(excess.pixels.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }) / Double(max(1, excess.count))
  }

  /// How far the two values of each pixel lie from each other, in units of the noise of one exposure; NaN where one is
  /// missing.
  private static func distances(
    _ exposures: [Plane<Float>], _ model: CleanModel, _ factors: [Double], _ noise: StackNoise,
    _ mismatch: PositionMismatch, _ work: Work
  ) throws -> Plane<Float> {
    let shape = exposures[0].shape
    let steep = Float(mismatch.variance)
    let references = model.references
    let scales = factors.map { Float($0) }
    return try withPixels(of: exposures + references) { sources in
      nonisolated(unsafe) let sources = sources
      return try .byRows(shape, work: work) { y, row in
        for x in stride(from: 0, to: shape.width, by: 8) {
          let (i, here) = (y * shape.width + x, shape.width - x)
          func lanes(_ k: Int) -> Lanes { sources[k].baseAddress?.lanes(i, here, filler: .nan) ?? .zero }
          var variance = Lanes.zero
          var values = (Lanes.zero, Lanes.zero)
          for k in 0..<2 {
            let level = lanes(references.count == 1 ? 2 : 2 + k)
            let new = lanes(k) - level
            let (perSignal, readout) = noise[k].lanes(i, here)
            variance += upper(level, .zero) * perSignal / scales[k] + readout / (scales[k] * scales[k])
            if k == 0 { values.0 = new } else { values.1 = new }
          }
          variance *= 0.5
          if steep > 0 {
            for k in 0..<min(8, here) { variance[k] += steep * mismatch.gradientSquared(at: i + k) }
          }
          let d = values.1 - values.0
          let distance = upper(d, -d) / squareRoot(variance)
          if here >= 8 {
            row.setLanes(x, distance)
          } else {
            for k in 0..<here { row[x + k] = distance[k] }
          }
        }
      }
    }
  }
}

extension LocalMismatch {
  /// Electrons of a pixel whose noise is nearly normal, and slopes that are no noise [standard deviations a pixel].
  private static let (light, steep): (Float, Float) = (25, 1.5)
  /// What a line may change by: so much of a pixel to the side, and a part of its light. A long track along it is brighter.
  private static let (aside, brighter): (Float, Float) = (0.3, 0.1)

  /// How far each pixel of an exposure lies from what is expected of it, scaled as the distances of two values are; NaN
  /// where the image is not steep or dark, or outside of `among` where that is given, or a value is missing.
  private static func deviations(
    _ exposure: Plane<Float>, from expected: Plane<Float>, among: Mask?, factor: Float, _ noise: PixelNoise,
    _ mismatch: PositionMismatch, _ work: Work
  ) throws -> Plane<Float> {
    let (width, height) = (exposure.width, exposure.height)
    let position = Float(mismatch.variance)
    return try withPixels(of: [exposure, expected]) { sources in
      nonisolated(unsafe) let sources = sources
      return try .byRows(exposure.shape, work: work) { y, row in
        for x in 0..<width { row[x] = .nan }
        guard y > 0, y < height - 1, let own = sources[0].baseAddress, let mean = sources[1].baseAddress
        else { return }
        for x in stride(from: 0, to: width, by: 8) {
          let (i, here) = (y * width + x, width - x)
          func level(_ place: Int) -> Lanes { mean.lanes(place, width * height - place, filler: .nan) }
          let (perSignal, readout) = noise.lanes(i, here)
          let centre = upper(level(i), .zero)
          let plain = centre * perSignal / factor + readout / (factor * factor)
          let gx = (level(i + 1) - level(i - 1)) * 0.5
          let gy = (level(i + width) - level(i - width)) * 0.5
          let slopes = gx * gx + gy * gy
          var counts = (slopes .> steep * steep * plain) .& (centre * factor .> light * perSignal)
          if let among {
            for lane in 0..<8 { counts[lane] = lane < here && among.plane.pixels[i + lane] != 0 }
          }
          guard hasAny(counts) else { continue }
          let d = own.lanes(i, here, filler: .nan) - level(i)
          let change = aside * squareRoot(slopes) + brighter * centre + 3 * squareRoot(plain)
          let distance = lower(upper(d, -d), change) / squareRoot(0.5 * (plain + position * slopes))
          let isThere = counts .& (d - d .== 0)
          for lane in 0..<min(8, here) where isThere[lane] && x + lane > 0 && x + lane < width - 1 {
            row[x + lane] = distance[lane]
          }
        }
      }
    }
  }
}

/// Distances along the lines of one axis, block by block.
private struct DistanceBlocks {
  let distances: Plane<Float>
  let isAlongX: Bool

  var lines: Int { isAlongX ? distances.height : distances.width }
  /// Pixels of a line.
  var length: Int { isAlongX ? distances.width : distances.height }

  /// Pixels of a block, the last of a line may have nearly twice as many; and how many of them must count.
  static let (size, least) = (64, 24)
  /// A variance that exceeds the expected one by this, over the root of the number of blocks, is no chance.
  private static let evident: Float = 1.5
  /// Blocks on either side that belong to a stretch.
  private static let reach = 4
  /// Mean distance of two normal values, the largest quarter of the distances left out: hits are in it.
  private static let expected: Float = 0.735

  private var blocks: Int { max(1, length / Self.size) }

  /// What is to be added in each block of each line, in units of the noise's variance; empty for lines with nothing to add.
  ///
  /// - Throws: `CRSError.interrupted`.
  func excess(_ work: Work) throws -> [[Float]] {
    let groups = OrderedResults<[[Float]]>((lines + 7) / 8)
    let (lines, length, width) = (lines, length, distances.width)
    try distances.pixels.withUnsafeBufferPointer { pixels in
      guard let first = pixels.baseAddress else { return }
      nonisolated(unsafe) let base = first
      try work.forTiles((lines + 7) / 8, size: 2) { tile in
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: length) { memory in
          guard let values = memory.baseAddress else { return }
          let scalars = UnsafeMutableRawPointer(values).assumingMemoryBound(to: Float.self)
          for group in tile {
            let here = min(8, lines - 8 * group)
            if !isAlongX, here == 8 {
              for y in 0..<length { values[y] = base.lanes(y * width + 8 * group) }
            } else {
              for lane in 0..<8 {
                let line = 8 * group + min(lane, here - 1)
                for k in 0..<length {
                  scalars[8 * k + lane] = base[isAlongX ? line * width + k : k * width + line]
                }
              }
            }
            groups.set(group, excess(of: values, lines: here))
          }
        }
      }
    }
    return groups.values.flatMap { $0 }
  }

  private func excess(of values: UnsafePointer<Lanes>, lines: Int) -> [[Float]] {
    var ratios: [Lanes] = []
    ratios.reserveCapacity(blocks)
    for block in 0..<blocks {
      let first = block * Self.size
      let end = block == blocks - 1 ? min(length, first + 2 * Self.size) : first + Self.size
      ratios.append(Self.ratio(values + first, end - first))
    }
    guard ratios.contains(where: { hasAny($0 .> 1 + Self.evident / Float(2 * Self.reach + 1).squareRoot()) })
    else { return [[Float]](repeating: [], count: lines) }
    return (0..<lines).map { lane in
      let own = ratios.indices.map { added(ratios, $0, lane) }
      return own.contains { $0 > 0 } ? own : []
    }
  }

  private func added(_ ratios: [Lanes], _ block: Int, _ lane: Int) -> Float {
    var (sum, there): (Float, Int) = (0, 0)
    for near in max(0, block - Self.reach)...min(ratios.count - 1, block + Self.reach) {
      let ratio = ratios[near][lane]
      guard ratio.isFinite else { continue }
      // One block that changes much says nothing of the others.
      sum += min(ratio, 10)
      there += 1
    }
    func excess(_ ratio: Float, of blocks: Int) -> Float {
      ratio > 1 + Self.evident / Float(max(1, blocks)).squareRoot() ? ratio - 1 : 0
    }
    let own = ratios[block][lane]
    return max(
      there > 1 ? excess(sum / Float(there), of: there) : 0, own.isFinite ? excess(own, of: 1) : 0)
  }

  /// Variance of the smaller three quarters of a block over the expected one; NaN where too few pixels count.
  private static func ratio(_ values: UnsafePointer<Lanes>, _ count: Int) -> Lanes {
    var there = Lanes.zero
    for x in 0..<count { there += Lanes.zero.replacing(with: 1, where: values[x] .== values[x]) }
    guard hasAny(there .>= Float(least)) else { return Lanes(repeating: .nan) }
    let used = (0.75 * there).rounded(.down)
    let limit = LaneRank.value(
      values, count, at: used, in: (.zero, LaneRank.range(values, count).high),
      tolerance: Lanes(repeating: 0.002))
    var (sum, below) = (Lanes.zero, Lanes.zero)
    for x in 0..<count {
      let isBelow = values[x] .< limit
      sum += Lanes.zero.replacing(with: values[x], where: isBelow)
      below += Lanes.zero.replacing(with: 1, where: isBelow)
    }
    // Those that lie as near to the limit as it is known.
    sum += (used - below) * limit
    let scale = sum / (used * expected)
    return (scale * scale).replacing(with: .nan, where: there .< Float(least))
  }
}
