/// Compares the noise that L.A.Cosmic is told to expect with the noise in the image.
///
/// The noise is measured in small blocks spread over the image with the second difference in both directions
/// (Immerkaer 1996, CVIU 64, 300), which no plane or ridge along x or y passes, and judged in the blocks with the
/// least structure. Wrong gains, subtracted skies and wrong saturation levels otherwise show only as thousands of
/// false cosmic rays, a bias that was left in as thousands that are missed.
///
/// The check gives numbers; what may have caused them is for those who know where the image comes from.
package struct NoiseCheck: Sendable {
  /// What else may be true of an image, and makes it noisier or less noisy than its levels say.
  package struct Model: Sendable, Equatable {
    /// Gain [electron/ADU], > 0.
    package var gain: Double
    /// Readout noise [electron], >= 0.
    package var readNoise: Double
    /// Level that is no light [ADU].
    package var bias = 0.0
    /// Light that was subtracted [ADU].
    package var sky = 0.0
    /// Frames that the image is the mean of.
    package var frames = 1.0

    package init(gain: Double, readNoise: Double) { (self.gain, self.readNoise) = (gain, readNoise) }

    /// The noise at a level [ADU].
    package func noise(at level: Double) -> Double {
      let electrons = max(0, level - bias + sky) * gain + readNoise * readNoise
      return (electrons / frames).squareRoot() / gain
    }
  }

  /// On which side the image disagrees with the model.
  package enum Disagreement: Sendable { case tooNoisy, tooQuiet }

  /// Gain and readout noise in use.
  package let model: Model
  /// Typical level of all light, also that which was subtracted [ADU].
  package let level: Double
  /// Noise in the blocks with the least structure [ADU]; nil when it cannot be measured.
  package let measuredNoise: Double?
  /// What the noise model says about the same blocks [ADU].
  package let expectedNoise: Double?
  /// Noise among neighbours over noise among every other pixel: less than 1 where neighbours share their noise, more
  /// where they alternate; nil when it cannot be measured.
  package let neighbourRatio: Double?
  /// Pixels on a plateau below the saturation level, and its level [ADU].
  package let plateau: (pixels: Int, level: Double)
  /// Fraction of the pixels without positive variance.
  package let floorFraction: Double
  /// Whether the variance was given instead of gain and readout noise.
  package let hasVariance: Bool
  /// Blocks of least structure first.
  private let blocks: [NoiseBlocks.Block]

  /// The image is clearly noisier than expected above this ratio.
  package static let largestRatio = 1.45
  /// It is clearly less noisy below this ratio.
  package static let smallestRatio = 0.6
  /// More pixels than this at the variance floor are worth a warning.
  package static let largestFloorFraction = 0.05

  /// Examines an image.
  ///
  /// - Parameters:
  ///   - pixels: bias subtracted, in the unit that `parameters.gain` turns into electrons.
  ///   - mask: pixels to leave out.
  ///   - subtracted: light that was subtracted from the pixels but left its noise, of the pixels' shape.
  ///   - variance: as given to `LACosmic.run`.
  ///   - floorFraction: what a run has counted; nil estimates it from the blocks.
  /// - Throws: `CRSError.interrupted`.
  package init(
    _ pixels: Plane<Float>, parameters: LACosmicParameters, mask: Mask? = nil,
    subtracted: Plane<Float>? = nil, variance: Plane<Float>? = nil, floorFraction: Double? = nil, work: Work
  ) throws {
    model = Model(gain: parameters.gain, readNoise: parameters.readNoise)
    hasVariance = variance != nil
    let found = try NoiseBlocks(
      pixels, gain: parameters.gain, readNoise: parameters.readNoise, mask: mask, subtracted: subtracted,
      variance: variance, work: work)
    blocks = found.byRatio
    level = found.level
    self.floorFraction = floorFraction ?? found.floorFraction
    guard !blocks.isEmpty else {
      (measuredNoise, expectedNoise, neighbourRatio, plateau) = (nil, nil, nil, (0, 0))
      return
    }
    let quiet = blocks[blocks.count / 4]
    (measuredNoise, expectedNoise) = (quiet.measured, quiet.expected)
    neighbourRatio = NoiseBlocks.middle(
      blocks.filter { $0.coarse > 0 }.map { $0.measured / $0.coarse })
    let found2 = try Plateau(
      in: pixels, gain: parameters.gain, satlevel: parameters.satlevel,
      above: parameters.satlevel.isFinite ? found.level + 50 * quiet.measured : .infinity,
      sharpness: 0.3 * min(1, max(0.1, quiet.ratio)), mask: mask, work: work)
    plateau = (found2.pixels, found2.level)
  }

  /// Measured by expected noise where there is least structure.
  package var ratio: Double? {
    guard let measuredNoise, let expectedNoise, expectedNoise > 0 else { return nil }
    return measuredNoise / expectedNoise
  }

  /// Measured noise over that of another model where there is least structure then; nil when it cannot be measured.
  package func ratio(of model: Model) -> Double? {
    guard !blocks.isEmpty else { return nil }
    let ratios = blocks.map { block -> Double in
      let expected = model.noise(at: block.level)
      return expected > 0 ? block.measured / expected : .infinity
    }.sorted()
    return ratios[ratios.count / 4]
  }

  /// Blocks that a comparison of bright and dark ones needs, and how much more noise the bright ones must expect.
  private static let (fewestBlocks, leverage) = (24, 1.25)

  /// Measured noise over that of another model in the brightest third of the blocks, over the same in the darkest third:
  /// 1 where the model is right at all levels; nil where the levels hardly differ.
  package func trend(of model: Model) -> Double? {
    guard blocks.count >= Self.fewestBlocks else { return nil }
    let byLevel = blocks.sorted { $0.level < $1.level }
    let third = byLevel.count / 3
    func quiet(_ part: some Sequence<NoiseBlocks.Block>) -> (ratio: Double, expected: Double) {
      // Structure makes blocks noisier.
      let known = part.map { ($0.measured / model.noise(at: $0.level), self.model.noise(at: $0.level)) }
        .sorted { $0.0 < $1.0 }
      return known[known.count / 4]
    }
    let (dark, bright) = (quiet(byLevel.prefix(third)), quiet(byLevel.suffix(third)))
    guard bright.expected > Self.leverage * dark.expected, dark.ratio > 0, dark.ratio.isFinite,
      bright.ratio.isFinite
    else { return nil }
    return bright.ratio / dark.ratio
  }

  /// Whether the image is clearly noisier or less noisy than expected; nil when it is neither.
  ///
  /// Structure makes blocks noisier, so that the noise of most of them must be low to be called so.
  package var disagreement: Disagreement? {
    guard let ratio else { return nil }
    if ratio > Self.largestRatio { return .tooNoisy }
    return ratio < Self.smallestRatio && blocks[blocks.count / 2].ratio < Self.smallestRatio + 0.05
      ? .tooQuiet : nil
  }

  /// Whether pixels enough lie on a plateau below the saturation level.
  package var hasPlateau: Bool { plateau.pixels >= Plateau.fewest }

  package var isConsistent: Bool {
    disagreement == nil && !hasPlateau && floorFraction <= Self.largestFloorFraction
  }

  // MARK: - What would suit the image

  /// The light that is missing from the level to explain the noise [ADU].
  package var missingLight: Double? {
    typical {
      $0.measured * $0.measured * model.gain - model.readNoise * model.readNoise / model.gain - $0.level
    }
  }

  /// The part of the level that its noise does not show, which a bias would be [ADU]; nil where the noise is less than
  /// the readout noise alone.
  package var quietLevel: Double? {
    let readout = model.readNoise / model.gain
    let dark = blocks.filter { $0.level <= level }
    guard let noise = NoiseBlocks.middle(dark.map(\.measured)), noise > 0.8 * readout,
      let place = NoiseBlocks.middle(
        dark.map { $0.level - model.gain * ($0.measured * $0.measured - readout * readout) })
    else { return nil }
    return place
  }

  /// The gain that makes the noise right, with the readout noise as it is [electron/ADU].
  package var betterGain: Double? {
    guard let noise = measuredNoise, noise > 0,
      let block = blocks.first.map({ _ in blocks[blocks.count / 4] })
    else {
      return nil
    }
    // (gain noise)^2 = gain level + readNoise^2
    let (level, square) = (max(0, block.level), noise * noise)
    let r2 = model.readNoise * model.readNoise
    return (level + (level * level + 4 * square * r2).squareRoot()) / (2 * square)
  }

  /// The readout noise that makes the noise right, with the gain as it is [electron]; nil where light alone makes more.
  package var betterReadNoise: Double? {
    guard !blocks.isEmpty else { return nil }
    let block = blocks[blocks.count / 4]
    let square = block.measured * block.measured * model.gain * model.gain - max(0, block.level) * model.gain
    return square > 0 ? square.squareRoot() : nil
  }

  /// The factor by which all pixels were multiplied if that is what made the noise what it is.
  package var scaleFactor: Double? {
    guard !blocks.isEmpty else { return nil }
    let block = blocks[blocks.count / 4]
    // noise^2 = factor level / gain + (factor readNoise / gain)^2
    let a = model.readNoise * model.readNoise / (model.gain * model.gain)
    let b = max(0, block.level) / model.gain
    let square = block.measured * block.measured
    if a <= 0 { return b > 0 ? square / b : nil }
    return ((b * b + 4 * a * square).squareRoot() - b) / (2 * a)
  }

  /// The middle of a number over the blocks of less structure.
  private func typical(_ number: (NoiseBlocks.Block) -> Double) -> Double? {
    NoiseBlocks.middle(blocks.prefix((blocks.count + 1) / 2).map(number))
  }
}
