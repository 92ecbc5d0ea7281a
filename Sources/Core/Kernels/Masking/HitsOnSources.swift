/// Whether what looks hit lies on sources more often than chance puts cosmic rays there.
///
/// Whatever makes sources differ from exposure to exposure and was not followed looks hit on them and nowhere else: cosmic rays
/// choose no places. Groups of hits on the sky tell how many of them are to be expected on sources.
struct HitsOnSources {
  /// nil where chance explains what is there.
  let findings: StackFindings.OnSources?

  /// Deviations by which all exposures of a pixel stand out of the sky where there is a source.
  private static let bright: Float = 5
  /// Bright ones among the eight neighbours of a pixel of a source, at least.
  private static let neighbours = 4
  /// Deviations by which groups on sources exceed what is expected, how many more they are, and how many times as many.
  private static let (deviations, more, times) = (4.0, 4.0, 2.0)
  /// Groups come in twos and threes: parts of tracks, and what a hit knocks loose.
  private static let clustered = 1.5
  /// Parts of the image that are sky, at least.
  private static let sky = 0.2

  /// - Parameters:
  ///   - hits: of each exposure, not dilated.
  ///   - exposures: that they were found in [ADU]; NaN where a value does not count.
  ///   - minimum: of the same.
  init(among hits: [Mask], in exposures: [Plane<Float>], minimum: Plane<Float>, noise: PixelNoise) {
    let level = WholeDisplacement.level(of: minimum)
    let (perSignal, readout) = noise.at(minimum.count / 2)
    let limit = level + Self.bright * (max(level, 0) * perSignal + readout).squareRoot()
    let sources = Self.sources(in: minimum, above: limit)
    let all = minimum.pixels.count(where: \.isFinite)
    let off = all - sources.flagged
    guard off < all, Double(off) > Self.sky * Double(all) else {
      findings = nil
      return
    }
    let ratio = Double(sources.flagged) / Double(off)
    var worst: StackFindings.OnSources?
    for (k, mask) in hits.enumerated() where Double(mask.flagged) < BroadHits.dense * Double(all) {
      let others = hits.indices.reduce(Mask(shape: mask.shape)) { $1 == k ? $0 : $0 | hits[$1] }
      let groups = Self.groups(of: mask, in: exposures[k], minimum: minimum, on: sources & !others)
      let found = groups.filter(\.isOnSource)
      let expected = Double(groups.count - found.count) * ratio
      let spread = (Self.clustered * expected * (1 + ratio)).squareRoot()
      guard Double(found.count) - expected > Self.deviations * spread + Self.more,
        Double(found.count) > Self.times * expected, found.count > worst?.groups ?? 0,
        let largest = found.max(by: { $0.pixels < $1.pixels })
      else { continue }
      worst = StackFindings.OnSources(
        exposure: k + 1, groups: found.count, expected: expected,
        pixels: found.reduce(0) { $0 + $1.pixels }, x: largest.peak % mask.width + 1,
        y: largest.peak / mask.width + 1)
    }
    findings = worst
  }

  private struct Group {
    var pixels = 0
    /// The pixel that stands out most.
    var peak = 0
    var excess = -Float.infinity
    var isOnSource = false
  }

  /// Bright pixels with bright neighbours: hits that meet are bright in all exposures too, in a few pixels.
  private static func sources(in minimum: Plane<Float>, above limit: Float) -> Mask {
    let (width, height) = (minimum.width, minimum.height)
    var mask = Mask(shape: minimum.shape)
    minimum.pixels.withUnsafeBufferPointer { pixels in
      for y in 1..<max(1, height - 1) {
        for i in y * width + 1..<max(y * width + 1, (y + 1) * width - 1) where pixels[i] > limit {
          var bright = 0
          for j in [i - width, i, i + width] {
            for k in j - 1...j + 1 where pixels[k] > limit { bright += 1 }
          }
          if bright > neighbours { mask.plane.pixels[i] = 1 }
        }
      }
    }
    return mask
  }

  private static func groups(
    of mask: Mask, in exposure: Plane<Float>, minimum: Plane<Float>, on sources: Mask
  ) -> [Group] {
    let all = ConnectedRuns(of: mask.plane, connectivity: .eight)
    var groups = [Group](repeating: Group(), count: all.count)
    for (run, number) in zip(all.runs, all.groups) {
      for x in run.columns {
        let i = Int(run.row) * mask.width + x
        groups[Int(number)].pixels += 1
        let excess = exposure.pixels[i] - minimum.pixels[i]
        guard excess > groups[Int(number)].excess else { continue }
        (groups[Int(number)].peak, groups[Int(number)].excess) = (i, excess)
        groups[Int(number)].isOnSource = sources.plane.pixels[i] != 0
      }
    }
    return groups
  }
}
