/// Values of a pair that lie too low for the other exposure and for their neighbourhood: drop-outs, dead pixels, negative
/// hits. A difference cannot tell them from cosmic rays of the other exposure, whose good values they would replace.
package struct PairLowValues: Sendable {
  /// Too low in the first exposure, and in the second one, each in its own frame.
  package let first: Mask
  package let second: Mask
  /// How many of them each has, and how many pixels have no good value in either: these are in both masks.
  package let counts: (first: Int, second: Int)
  package let undecided: Int

  /// How far below all unflagged values around it a value makes a closer look worth its time [standard deviations].
  private static let suspicious: Float = 4
  /// Unflagged values around a pixel that say whether it is worth that time, and the part of their range that adds to it.
  private static let (fewest, slope): (Int, Float) = (3, 0.25)
  /// How far above all good values around it the other value is a hit itself.
  private static let hit: Float = 6
}

extension PairLowValues {
  /// Looks into the pixels that a difference flags; nil where no value is too low.
  ///
  /// - Parameters:
  ///   - flagged: runs of the overlap that are to be replaced in the first and in the second exposure.
  ///   - statistics: of the difference.
  /// - Throws: `CRSError.interrupted`.
  init?<Scalar: SortableScalar>(
    _ difference: PairDifference<Scalar>, flagged: (first: [ConnectedRuns.Run], second: [ConnectedRuns.Run]),
    statistics: RobustStatistics<Scalar>, work: Work
  ) throws {
    let deviation = statistics.standardDeviation / 2.0.squareRoot()
    guard deviation > 0, !(flagged.first.isEmpty && flagged.second.isEmpty) else { return nil }
    let overlap = difference.overlap
    let width = difference.width
    var replaced = [Mask](repeating: Mask(shape: overlap.shape), count: 2)
    for (k, runs) in [flagged.first, flagged.second].enumerated() {
      for run in runs {
        for x in run.columns { replaced[k][x, Int(run.row)] = true }
      }
    }
    // What photons add to the noise of bright pixels at most: all of the noise is theirs.
    let sky = Double(Self.middle(of: difference) ?? 0)
    let gain = sky > deviation ? sky / (deviation * deviation) : 1e9
    let isSuspicious = [flagged.first, flagged.second].enumerated().contains { k, runs in
      Self.areSuspicious(runs, difference, of: 1 - k, replaced, Float(deviation), gain: Float(gain))
    }
    guard isSuspicious else { return nil }
    try work.checkCancelled()
    let planes = try [0, 1].map { k in
      try Plane<Float>.byRows(overlap.shape, work: work) { y, row in
        for x in 0..<width {
          row[x] = difference.value(x, y, of: k) + (k == 1 ? Float(statistics.median) : 0)
        }
      }
    }
    let combined = try StackPlanes(planes, work: work)
    let noise = StackNoise([Detector(gain: .constant(gain), readoutNoise: .constant(deviation))])
    let found = try LowValues(in: planes, factors: [1, 1], noise: noise, planes: combined, work: work)
    var low = [Mask](
      repeating: Mask(shape: Shape(width: difference.stride, height: difference.rows)), count: 2)
    var (counts, neither) = ([0, 0], 0)
    let frames = [(overlap.columns, overlap.rows), (overlap.columns2, overlap.rows2)]
    func offset(_ k: Int) -> Float { k == 1 ? Float(statistics.median) : 0 }
    func leaveOut(_ pixel: Int, of k: Int) {
      low[k][pixel % width + frames[k].0.lowerBound, pixel / width + frames[k].1.lowerBound] = true
    }
    for finding in found.findings where finding.isSure {
      let isFlagged = replaced.map { $0.plane.pixels[finding.pixel] != 0 }
      if let k = finding.exposure {
        // The higher value is the one that would be replaced.
        guard isFlagged[1 - k] else { continue }
        let (x, y) = (finding.pixel % width, finding.pixel / width)
        let around = Self.range(x, y, difference, of: k, reach: 1, replaced)
        guard planes[k].pixels[finding.pixel] - offset(k) < around.lowest - Self.suspicious * Float(deviation)
        else { continue }
        leaveOut(finding.pixel, of: k)
        // What lies above all that is good around it in the other exposure is hit there.
        let good = planes[1 - k].pixels[finding.pixel] - offset(1 - k)
        let other = Self.range(x, y, difference, of: 1 - k, reach: 3, replaced)
        let noise = (Double(max(0, other.highest)) / gain + deviation * deviation).squareRoot()
        if other.count >= 3, good > other.highest + Self.hit * Float(noise) {
          leaveOut(finding.pixel, of: 1 - k)
          neither += 1
        } else {
          counts[k] += 1
        }
      } else if isFlagged[0] || isFlagged[1] {
        // Cosmic rays that lie close together make a good value look low.
        let k = isFlagged[0] ? 1 : 0
        let (x, y) = (finding.pixel % width, finding.pixel / width)
        let beside = Self.range(x, y, difference, of: k, reach: 1, replaced)
        let around = beside.count > 0 ? beside : Self.range(x, y, difference, of: k, reach: 3, replaced)
        guard planes[k].pixels[finding.pixel] - offset(k) < around.lowest - Self.suspicious * Float(deviation)
        else { continue }
        leaveOut(finding.pixel, of: 0)
        leaveOut(finding.pixel, of: 1)
        neither += 1
      }
    }
    guard counts[0] + counts[1] + neither > 0 else { return nil }
    (first, second, self.counts, undecided) = (low[0], low[1], (counts[0], counts[1]), neither)
  }

  /// Whether a value that would replace a pixel lies below all unflagged values around it, as no cosmic ray of the other
  /// exposure makes it do.
  private static func areSuspicious<Scalar: SortableScalar>(
    _ runs: [ConnectedRuns.Run], _ difference: PairDifference<Scalar>, of exposure: Int, _ flagged: [Mask],
    _ deviation: Float, gain: Float
  ) -> Bool {
    for run in runs {
      let y = Int(run.row)
      for x in run.columns {
        let around = range(x, y, difference, of: exposure, reach: 1, flagged)
        guard around.count >= fewest else { continue }
        // On a slope the lowest one may be flagged.
        let noise = (deviation * deviation + max(0, around.lowest) / gain).squareRoot()
        let spare = suspicious * noise + slope * (around.highest - around.lowest)
        if difference.value(x, y, of: exposure) < around.lowest - spare { return true }
      }
    }
    return false
  }

  /// The middle of the first exposure, from some of its values; nil without any.
  static func middle<Scalar: SortableScalar>(of difference: PairDifference<Scalar>) -> Float? {
    let count = difference.width * difference.height
    let values = stride(from: 0, to: count, by: max(1, count / 20_000) | 1)
      .map { difference.value($0 % difference.width, $0 / difference.width, of: 0) }
    return lowMedian(values.filter(\.isFinite))
  }

  /// The range of the values around a pixel that are flagged in neither exposure, infinite where there are none.
  private static func range<Scalar: SortableScalar>(
    _ x: Int, _ y: Int, _ difference: PairDifference<Scalar>, of exposure: Int, reach: Int, _ flagged: [Mask]
  ) -> (lowest: Float, highest: Float, count: Int) {
    var (lowest, highest, count) = (Float.infinity, -Float.infinity, 0)
    for j in max(0, y - reach)...min(difference.height - 1, y + reach) {
      for i in max(0, x - reach)...min(difference.width - 1, x + reach)
      where !flagged[0][i, j] && !flagged[1][i, j] {
        let value = difference.value(i, j, of: exposure)
        guard value.isFinite else { continue }
        (lowest, highest) = (min(lowest, value), max(highest, value))
        count += 1
      }
    }
    return (lowest, highest, count)
  }
}

extension PairDifference {
  /// A pixel of the overlap in the first (0) or second (1) exposure, in the flux of the first one; NaN where it does not
  /// count.
  func value(_ x: Int, _ y: Int, of exposure: Int) -> Float {
    let (i, j) = start(y)
    let masked = isMasked(x, y)
    if exposure == 0 { return masked.0 ? .nan : Float(first[i + x]) }
    return masked.1 ? .nan : Float(second[j + x] / scale)
  }
}
