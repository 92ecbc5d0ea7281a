/// Compares the noise that L.A.Cosmic is told to expect with the noise in the image.
///
/// The noise is measured in small blocks spread over the image with the second difference in both directions
/// (Immerkaer 1996, CVIU 64, 300), which no plane or ridge along x or y passes, and judged in the blocks with the
/// least structure. Wrong gains, subtracted skies and wrong saturation levels otherwise show only as thousands of
/// false cosmic rays.
package struct NoiseCheck: Sendable, Equatable {
  /// A likely cause of a clear disagreement.
  package enum Cause: Sendable, Equatable {
    /// The image is noisier than its level explains: its sky, about that many ADU, has been subtracted.
    case skySubtracted(sky: Double)
    /// The inverse of the given gain suits the image.
    case gainInverted(better: Double)
    /// The image is noisier than the model by `ratio`; a gain near `better` [electron/ADU] would suit it.
    case noiseUnderestimated(ratio: Double, better: Double?)
    /// Pixels lie on a plateau at this level [ADU], below the saturation level.
    case saturationBelow(level: Double, pixels: Int)
    /// This fraction of the pixels has no positive variance.
    case varianceFloor(fraction: Double)
  }

  /// Gain in use [electron/ADU].
  package let gain: Double
  /// Readout noise in use [electron].
  package let readNoise: Double
  /// Typical level of the image above the given background [ADU].
  package let level: Double
  /// Noise in the blocks with the least structure [ADU]; nil when it cannot be measured.
  package let measuredNoise: Double?
  /// What the noise model says about the same blocks [ADU].
  package let expectedNoise: Double?
  /// Why model and image disagree; empty when they agree or nothing can be said.
  package let causes: [Cause]

  package var isConsistent: Bool { causes.isEmpty }

  /// Measured by expected noise.
  package var ratio: Double? {
    guard let measuredNoise, let expectedNoise, expectedNoise > 0 else { return nil }
    return measuredNoise / expectedNoise
  }

  /// The image is clearly noisier than expected above this ratio.
  static let largestRatio = 1.45
  /// The inverse gain is thought of below this ratio.
  static let smallestRatio = 0.6
  /// More pixels than this at the variance floor are worth a warning.
  static let largestFloorFraction = 0.05

  /// Examines an image.
  ///
  /// - Parameters:
  ///   - pixels: in the unit that `parameters.gain` turns into electrons.
  ///   - mask: pixels to leave out.
  ///   - background: as given to `LACosmic.run`.
  ///   - variance: as given to `LACosmic.run`.
  ///   - floorFraction: what a run has counted; nil estimates it from the blocks.
  /// - Throws: `CRSError.interrupted`.
  package init(
    _ pixels: Plane<Float>, parameters: LACosmicParameters, mask: Mask? = nil,
    background: Plane<Float>? = nil,
    variance: Plane<Float>? = nil, floorFraction: Double? = nil, work: Work
  ) throws {
    (gain, readNoise) = (parameters.gain, parameters.readNoise)
    let blocks = try NoiseBlocks(
      pixels, gain: gain, readNoise: readNoise, mask: mask, background: background, variance: variance,
      work: work)
    level = blocks.level
    let quiet = blocks.quietest
    (measuredNoise, expectedNoise) = (quiet?.measured, quiet?.expected)
    var causes: [Cause] = []
    if let quiet,
      let cause = Self.disagreement(
        quiet, gain: gain, readNoise: readNoise, hasVariance: variance != nil,
        hasBackground: background != nil)
    {
      causes.append(cause)
    }
    let fraction = floorFraction ?? blocks.floorFraction
    if fraction > Self.largestFloorFraction { causes.append(.varianceFloor(fraction: fraction)) }
    if let quiet {
      let plateau = try Plateau(
        in: pixels, gain: gain, satlevel: parameters.satlevel, above: blocks.level + 50 * quiet.measured,
        sharpness: 0.3 * min(1, max(0.1, Self.ratio(of: quiet))), work: work)
      if plateau.pixels >= Plateau.fewest {
        causes.append(.saturationBelow(level: plateau.level, pixels: plateau.pixels))
      }
    }
    self.causes = causes
  }

  private static func ratio(of block: NoiseBlocks.Block) -> Double {
    block.expected > 0 ? block.measured / block.expected : 1
  }

  /// What explains that a block's noise is not the expected one; nil when it is, or when nothing does.
  private static func disagreement(
    _ block: NoiseBlocks.Block, gain: Double, readNoise: Double, hasVariance: Bool, hasBackground: Bool
  ) -> Cause? {
    let ratio = ratio(of: block)
    let inverse = 1 / gain
    let electrons = max(0, block.level * inverse) + readNoise * readNoise
    let inverseRatio = block.measured * inverse / electrons.squareRoot()
    let inverseFits = !hasVariance && abs(gain - 1) > 0.1 && (0.8...1.25).contains(inverseRatio)
    if ratio < smallestRatio, inverseFits { return .gainInverted(better: inverse) }
    guard ratio > largestRatio else { return nil }
    if hasVariance { return .noiseUnderestimated(ratio: ratio, better: nil) }
    let square = block.measured * block.measured
    let sky = square * gain - readNoise * readNoise / gain
    if !hasBackground, block.level < 0.5 * block.measured { return .skySubtracted(sky: sky) }
    if inverseFits { return .gainInverted(better: inverse) }
    // (better measured)^2 = better level + readNoise^2
    let level = block.level
    let better = (level + (level * level + 4 * square * readNoise * readNoise).squareRoot()) / (2 * square)
    return .noiseUnderestimated(ratio: ratio, better: better)
  }

  /// One sentence for each cause, with what to do about it.
  package var warnings: [String] {
    causes.map { cause in
      switch cause {
      case .skySubtracted(let sky):
        "the image is noisier than its level allows: a sky of about \(rounded(sky)) ADU seems to have been "
          + "subtracted (give it as inbkg=, or add it)"
      case .gainInverted(let better):
        "the noise suits a gain of \(rounded(better)) e-/ADU, the inverse of the one given (\(rounded(gain)))"
      case .noiseUnderestimated(let ratio, let better):
        "the image is \(rounded(ratio)) times as noisy as it should be"
          + (better.map { " (a gain near \(rounded($0)) e-/ADU or more readout noise would suit it)" }
            ?? " with the given variance")
      case .saturationBelow(let level, let pixels):
        "\(pixels) pixels lie on a plateau at \(rounded(level)) ADU, below the saturation level: lower satlevel="
      case .varianceFloor(let fraction):
        "\(rounded(100 * fraction)) % of the pixels have no positive variance: their noise is set to 0.003 "
          + "electrons (give the subtracted sky as inbkg=, or add it)"
      }
    }
  }
}

/// Three significant digits.
private func rounded(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return "\(value)" }
  var unit = 1.0
  while abs(value) / unit >= 1000 { unit *= 10 }
  while abs(value) / unit < 100 { unit /= 10 }
  let digits = (value / unit).rounded() * unit
  let text = "\((digits * 1e6).rounded() / 1e6)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
