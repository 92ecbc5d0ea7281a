/// Tells sources that lie a little elsewhere, or are sharper, in one exposure from cosmic rays.
///
/// A cosmic ray adds its charge to an exposure: the sum over its surroundings exceeds that of the others by as much as
/// its pixel does. A star that is sampled by few pixels, displaced or blurred gives one exposure's pixel what it takes
/// from the neighbours: the sums stay the same. The minimum would take its light away.
struct SharedFlux {
  /// Scale of flux factor 1 [ADU], NaN where a value does not count.
  private let exposures: [Plane<Float>]
  private let minimum: Plane<Float>
  private let median: Plane<Float>
  private let noise: StackNoise
  private let isWide: Bool
  private var shape: Shape { minimum.shape }

  /// Pixels to each side whose flux is compared, and those where the difference is far beyond their noise: the light of
  /// bright sources is seen farther out.
  private static let (reach, farReach, bright): (Int, Int, Float) = (2, 3, 40)
  /// The same where sources are blurred over many pixels.
  private static let wideReach = 6
  /// Part of the difference that the surroundings of a hit keep at least.
  private static let kept: Float = 0.5
  /// A sum over a group that is a hit's for sure [standard deviations].
  private static let significant: Float = 5
  /// Part of the difference that the lowest exposure must show nearby, so that there is a source at all: the light that a
  /// narrow one lacks in a pixel lies beside it, and a hit two pixels beside a star is none.
  private var source: Float { isWide ? 0.1 : 0.3 }

  /// - Parameters:
  ///   - planes: of the exposures.
  ///   - isWide: looks at the light of sources that are blurred over many pixels, of which faint ones are lost in the
  ///     noise, instead of narrow ones.
  init(_ exposures: [Plane<Float>], planes: StackPlanes, noise: StackNoise, isWide: Bool) {
    (self.exposures, minimum, median) = (exposures, planes.minimum, planes.median)
    (self.noise, self.isWide) = (noise, isWide)
  }

  /// What was found among the groups of a mask.
  struct Finding {
    /// Groups, and those of them whose flux all exposures share.
    var groups = 0
    var shared = 0
    /// How many chance would make look so.
    var byChance = 0.0
    /// Pixels of the shared groups.
    var pixels: Mask

    /// Whether more groups are shared than chance explains.
    var isEvident: Bool { Double(shared) > 3 * byChance + 5 }

    mutating func join(_ other: Finding) {
      groups += other.groups
      shared += other.shared
      byChance += other.byChance
    }
  }

  /// Looks at the groups of a mask of spoilt medians, or of the hits of one exposure.
  ///
  /// - Parameters:
  ///   - exposure: the one that the mask belongs to, from 0; nil: the median's.
  ///   - byTotals: looks also at the sums over whole groups. Where it is known that there are such sources, the wings of
  ///     bright ones, lost in the noise of the sum pixel by pixel, need not outvote their core.
  func find(in mask: Mask, exposure: Int? = nil, byTotals: Bool = false) -> Finding {
    let groups = ConnectedRuns(of: mask.plane, connectivity: .eight)
    var members = [[Int]](repeating: [], count: groups.count)
    for (run, group) in zip(groups.runs, groups.groups) {
      let row = Int(run.row) * shape.width
      members[Int(group)].append(contentsOf: row + Int(run.start)..<row + Int(run.end))
    }
    var finding = Finding(pixels: Mask(shape: shape))
    for pixels in members {
      finding.groups += 1
      var (shared, judged) = (0, 0)
      var brightest: Test?
      for pixel in pixels {
        guard let test = test(pixel, exposure) else { continue }
        judged += 1
        if isShared(test) { shared += 1 }
        if test.difference > brightest?.difference ?? 0 { brightest = test }
      }
      if let brightest { finding.byChance += chance(brightest) }
      guard let brightest, 2 * shared > judged || byTotals && isShared(pixels, as: brightest) else {
        continue
      }
      finding.shared += 1
      for pixel in pixels { finding.pixels.plane.pixels[pixel] = 1 }
    }
    return finding
  }

  /// The same of some pixels of the hits of one exposure, each for itself: a first impression.
  func impression(of mask: Mask, exposure: Int, most: Int) -> Finding {
    var flagged: [Int] = []
    mask.plane.pixels.withUnsafeBufferPointer { pixels in
      for i in 0..<pixels.count where pixels[i] != 0 { flagged.append(i) }
    }
    var finding = Finding(pixels: Mask(shape: Shape(width: 0, height: 0)))
    for k in stride(from: 0, to: flagged.count, by: max(1, flagged.count / max(1, most))) {
      guard let test = test(flagged[k], exposure) else { continue }
      finding.groups += 1
      if isShared(test) { finding.shared += 1 }
      finding.byChance += chance(test)
    }
    return finding
  }

  /// The exposures of a pixel that are high and low, and by how much.
  private struct Test {
    let pixel: Int
    let high: Int
    let low: [Int]
    let difference: Float
    let reach: Int
    /// Standard deviation of a sum over the surroundings.
    let tolerance: Float
  }

  private func test(_ pixel: Int, _ exposure: Int?) -> Test? {
    let there = exposures.indices.filter { exposures[$0].pixels[pixel].isFinite }
      .sorted { exposures[$0].pixels[pixel] < exposures[$1].pixels[pixel] }
    guard there.count >= 2 else { return nil }
    let high: Int
    var low: [Int]
    if let exposure {
      guard exposures[exposure].pixels[pixel].isFinite else { return nil }
      high = exposure
      low = there.filter { $0 != exposure && exposures[$0].pixels[pixel] < exposures[exposure].pixels[pixel] }
    } else {
      high = there[there.count / 2]
      low = Array(there[..<(there.count / 2)])
    }
    guard !low.isEmpty else { return nil }
    let level = low.reduce(Float(0)) { $0 + exposures[$1].pixels[pixel] } / Float(low.count)
    let difference = exposures[high].pixels[pixel] - level
    // Exposures that agree within their noise tell nothing.
    let (perSignal, readout) = noise.typical.at(pixel)
    let square = max(level, 0) * perSignal + readout
    guard difference * difference > 16 * square, difference > 0 else { return nil }
    let isBright = difference * difference > Self.bright * Self.bright * square
    let reach = isWide ? Self.wideReach : isBright ? Self.farReach : Self.reach
    return Test(
      pixel: pixel, high: high, low: low, difference: difference, reach: reach,
      tolerance: isWide ? Float(2 * reach + 1) * (square * (1 + 1 / Float(low.count))).squareRoot() : 0)
  }

  private func isShared(_ test: Test) -> Bool {
    let (x, y) = (test.pixel % shape.width, test.pixel / shape.width)
    guard hasSource(x, y, test.difference) else { return false }
    let (high, low) = (exposures[test.high], test.low.map { exposures[$0] })
    return sum(x, y, test.reach) { i in
      high.pixels[i] - low.reduce(Float(0)) { $0 + $1.pixels[i] } / Float(low.count)
    } < Self.kept * test.difference - test.tolerance
  }

  /// Whether the exposures of a group's brightest pixel share its flux: what tells them apart inside the group is gone in
  /// the sum over the group and its surroundings, within the noise.
  private func isShared(_ group: [Int], as test: Test) -> Bool {
    guard hasSource(test.pixel % shape.width, test.pixel / shape.width, test.difference) else { return false }
    let (high, low) = (exposures[test.high], test.low.map { exposures[$0] })
    func excess(_ i: Int) -> Float {
      let value = high.pixels[i] - low.reduce(Float(0)) { $0 + $1.pixels[i] } / Float(low.count)
      return value.isFinite ? value : 0
    }
    var (left, right, top, bottom) = (shape.width, 0, shape.height, 0)
    var inside: Float = 0
    for i in group {
      // One exposure may be the brighter one at one side of a core, and another at the other.
      inside += max(excess(i), 0)
      (left, right) = (min(left, i % shape.width), max(right, i % shape.width))
      (top, bottom) = (min(top, i / shape.width), max(bottom, i / shape.width))
    }
    var (total, variance): (Float, Float) = (0, 0)
    for y in max(0, top - Self.farReach)...min(shape.height - 1, bottom + Self.farReach) {
      for x in max(0, left - Self.farReach)...min(shape.width - 1, right + Self.farReach) {
        let i = y * shape.width + x
        guard median.pixels[i].isFinite else { continue }
        let (perSignal, readout) = noise.typical.at(i)
        total += excess(i)
        variance += max(median.pixels[i], 0) * perSignal + readout
      }
    }
    let deviation = (variance * (1 + 1 / Float(low.count))).squareRoot()
    return abs(total) < min(Self.kept * inside - deviation, Self.significant * deviation)
  }

  /// How often unrelated surroundings look shared: those of the same exposures a little away.
  private func chance(_ test: Test) -> Double {
    let (x, y) = (test.pixel % shape.width, test.pixel / shape.width)
    var (alike, looked) = (0, 0)
    for (dx, dy) in [(13, 9), (-9, 13), (-13, -9), (9, -13)] {
      let (column, row) = (x + dx, y + dy)
      guard column >= 0, column < shape.width, row >= 0, row < shape.height else { continue }
      looked += 1
      guard hasSource(column, row, test.difference) else { continue }
      let low = test.low.map { exposures[$0] }
      let excess = sum(column, row, test.reach) { i in
        low.reduce(Float(0)) { $0 + $1.pixels[i] } / Float(low.count) - median.pixels[i]
      }
      if excess > (1 - Self.kept) * test.difference + test.tolerance { alike += 1 }
    }
    return looked > 0 ? Double(alike) / Double(looked) : 0
  }

  private func sum(_ x: Int, _ y: Int, _ reach: Int, _ value: (Int) -> Float) -> Float {
    var sum: Float = 0
    for j in max(0, y - reach)...min(shape.height - 1, y + reach) {
      for i in max(0, x - reach)...min(shape.width - 1, x + reach) {
        let here = value(j * shape.width + i)
        if here.isFinite { sum += here }
      }
    }
    return sum
  }

  /// Whether even the lowest values show something beside the pixel that stands out of what lies farther away.
  private func hasSource(_ x: Int, _ y: Int, _ difference: Float) -> Bool {
    var peak = -Float.infinity
    for j in max(0, y - 1)...min(shape.height - 1, y + 1) {
      for i in max(0, x - 1)...min(shape.width - 1, x + 1) {
        let value = minimum.pixels[j * shape.width + i]
        if value > peak { peak = value }
      }
    }
    let around = withUnsafeTemporaryAllocation(of: Float.self, capacity: 32) { ring -> Float? in
      var count = 0
      for j in y - 4...y + 4 where j >= 0 && j < shape.height {
        // Whole rows at the ends, their ends in between.
        for i in stride(from: x - 4, through: x + 4, by: abs(j - y) == 4 ? 1 : 8)
        where i >= 0 && i < shape.width {
          let value = minimum.pixels[j * shape.width + i]
          guard value.isFinite else { continue }
          ring[count] = value
          count += 1
        }
      }
      guard count > 0, let base = ring.baseAddress else { return nil }
      return Selection.value(base, count, at: count / 2)
    }
    guard let background = around, peak > -.infinity else { return false }
    let (perSignal, readout) = noise.typical.at(y * shape.width + x)
    let deviation = (max(background, 0) * perSignal + readout).squareRoot()
    return peak - background > max(source * difference, 3 * deviation)
  }
}
