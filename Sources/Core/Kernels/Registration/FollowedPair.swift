/// Exposures without blocks of low values and without what changes smoothly between two of them, and with the noise that a
/// pair shows.
///
/// Of other numbers of exposures nothing changes here.
package struct FollowedPair: Sendable {
  /// On one scale [ADU]; NaN where a value does not count.
  package let exposures: [Plane<Float>]
  /// Of the exposures before they were divided by their flux factors.
  package let noise: StackNoise
  /// What was followed; nil where nothing was.
  package let changes: SmoothChanges?
  /// What sources differ by, which was followed before; nil where they do not.
  let sources: SourceChanges?
  /// Blocks of values that are too low, which would pass for changes and for noise; nil where nobody looked.
  package let low: LowValues?
  /// Of `exposures`; nil where nobody needed them.
  let planes: StackPlanes?
  /// nil where gain and readout noise explain how the exposures differ.
  package let raised: StackScatter.Raised?

  /// - Parameters:
  ///   - exposures: divided by their flux factors.
  ///   - planes: of the same; nil: made here.
  ///   - offsets: their displacements [pixel].
  ///   - axes: along which changes are followed.
  ///   - followsSources: whether what sources differ by is taken off.
  ///   - isUnlike: whether they differ where the image is steep.
  ///   - measuresNoise: whether a pair may show another readout noise: not where errors stand for the noise, and not
  ///     where the scatter has another cause.
  /// - Throws: `CRSError.interrupted`.
  package init(
    _ exposures: [Plane<Float>], planes: StackPlanes? = nil, offsets: [Offset], factors: [Double],
    noise: StackNoise, axes: SmoothChanges.Axes, followsSources: Bool = false, isUnlike: Bool = false,
    measuresNoise: Bool, work: Work
  ) throws {
    low =
      exposures.count == 2
      ? try LowValues(
        blocksOf: exposures, planes: planes, factors: factors, noise: noise, isUnlike: isUnlike, work: work)
      : nil
    let whole = low?.without(exposures) ?? exposures
    sources =
      exposures.count == 2 && followsSources && offsets.allSatisfy({ $0 == .zero })
      ? try SourceChanges(of: whole, factors: factors, noise: noise, work: work) : nil
    let exposures = sources?.exposures ?? whole
    changes = try SmoothChanges(
      between: exposures, offsets: offsets, factors: factors, noise: noise, axes: axes, work: work)
    let followed = try changes?.without(exposures, work: work) ?? exposures
    self.exposures = followed
    // A pair shows its noise, and nothing but its noise tells hits from chance.
    let isMeasured = exposures.count == 2 && measuresNoise
    self.planes = isMeasured ? try StackPlanes(followed, work: work) : nil
    guard let around = self.planes,
      let found = StackScatter(followed, median: around.median, noise: noise)?.raised(noise)
    else {
      (self.noise, raised) = (noise, nil)
      return
    }
    (self.noise, raised) = (found.noise, found.raised)
  }
}
