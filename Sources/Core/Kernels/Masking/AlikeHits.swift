/// Pixels of a pair that look hit in both exposures and are equally bright in both: hot pixels, and sources narrower than the
/// pixels tell. Two cosmic rays that meet in a pixel seldom leave the same charge.
struct AlikeHits {
  /// nil where what is equally bright may be chance.
  let mask: Mask

  /// Fewer pixels than this tell nothing; of those that look hit in both this part must be alike.
  private static let (fewest, part) = (10, 0.5)
  /// Deviations of their difference within which two values are equal.
  private static let equal: Float = 3
  /// Part of their light by which the values of narrow sources differ where sources lie a little elsewhere or are less sharp, and
  /// where an interpolation put them on each other.
  static let (ofFollowed, ofMoved): (Float, Float) = (0.15, 0.4)

  /// - Parameters:
  ///   - both: pixels that look hit in both exposures by their shape. Of touching ones all must be alike.
  ///   - exposures: two, on one scale [ADU], as they are before changes between them are followed; NaN where a value does not
  ///     count.
  ///   - slack: part of their light by which equal values may differ beside the noise.
  ///   - factor: the smaller one of the relative fluxes that they were divided by.
  init?(
    _ both: Mask, in exposures: [Plane<Float>], slack: Float = 0, noise: PixelNoise, factor: Float
  ) {
    let sky = slack > 0 ? exposures.map(WholeDisplacement.level).min() ?? 0 : 0
    var alike = both
    var count = 0
    withPixels(of: exposures) { planes in
      func isEqual(_ i: Int) -> Bool {
        let (a, b) = (planes[0][i], planes[1][i])
        let (perSignal, readout) = noise.at(i)
        let variance = (max(a, 0) + max(b, 0)) * perSignal / factor + 2 * readout / (factor * factor)
        let spare = slack * max(0, min(a, b) - sky)
        return (a - b) * (a - b) < Self.equal * Self.equal * variance + spare * spare
      }
      let groups = ConnectedRuns(of: both.plane, connectivity: .eight)
      var members = [[Int]](repeating: [], count: groups.count)
      for (run, group) in zip(groups.runs, groups.groups) {
        members[Int(group)] += run.columns.map { Int(run.row) * both.width + $0 }
      }
      for pixels in members {
        if pixels.allSatisfy(isEqual) {
          count += pixels.count
        } else {
          for i in pixels { alike.plane.pixels[i] = 0 }
        }
      }
    }
    guard count >= Self.fewest, Double(count) > Self.part * Double(both.flagged) else { return nil }
    mask = alike
  }
}
