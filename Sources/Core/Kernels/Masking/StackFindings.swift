/// What a run found out about its exposures beside cosmic rays.
package struct StackFindings: Sendable {
  /// Pixels by the number of their values, from 0; nil where every pixel has all.
  package var numbersOfValues: [Int]?
  /// Values that lie too low for the others, of each exposure, and pixels that none of their values fits.
  package var lowValues: [Int] = []
  package var undecided = 0
  /// Hits whose values are the only ones of their pixels.
  package var loneHits = 0
  /// Levels of the exposures after flux factors, and those of them that differ.
  package var levels: StackLevels?
  package var deviating: [Int] = []
  /// Levels outside of what is accepted, where the run was forced to go on.
  package var refused: [Int] = []
  /// Those of them that saw no light, all values of which are left out.
  package var unlit: [Int] = []
  /// Scatter between exposures that contradicts gain and readout noise by much; nil where they agree.
  package var scatter: StackScatter?
  /// Gain and readout noise that explain it; nil where none are known to.
  package var numbersThatSuit: StackScatter.Numbers?
  /// The exposures look like differences of exposures; what their noise was taken for and what it is [ADU].
  package var differences: (assumed: Double, measured: Double)?
  /// The bias that makes the values negative, where those that were read are not [ADU].
  package var excessiveBias: Double?
  /// What changes smoothly between the two exposures of a pair, where it was followed.
  package var changes: SmoothChanges?
  /// How much more sky the second exposure of a pair has [ADU], which was followed; nil where nothing of the kind is known.
  package var followedSky: Double?
  /// How much more sky each of several exposures has than the one in the middle [ADU], which was followed; empty where none
  /// has.
  package var followedSkies: [Double] = []
  /// What they differ by from the darkest corner of one to the brightest one of another [ADU]; 0 where nothing was followed.
  package var skyRange = 0.0
  /// Whether that makes their levels other ones.
  package var isOtherLevel = false
  /// Readout noise of a pair that was measured and taken instead of the known one; nil where that holds.
  package var raisedNoise: StackScatter.Raised?
  /// Pixels that are bright and alone in every exposure and were left out; nil for none.
  package var hotPixels: HotPixels?
  /// The exposure that differs most from the others beside cosmic rays; nil where none does by as much as shows.
  package var difference: ExposureDifference?
  /// The same where it lies by half a pixel and more away from the others, which nobody said.
  package var displacement: ExposureDifference?
  /// Exposures that do not lie where known offsets say; nil where all do, or none are known.
  package var misplaced: MisplacedExposures?
  /// Pixels of sources whose small changes were followed before hits were looked for.
  package var followedPixels = 0
  /// How much more light each exposure has beside those changes, NaN where none were followed; empty where nothing was.
  package var followedLight: [Double] = []
  /// Whether exposures differ more than noise and hits make where the image is steep.
  package var isUnlike = false
  /// Pixels by which exposures lie apart that are farther away than the detector by probabilities compares; nil for none.
  package var apart: Double?
  /// Pixels that look hit in both exposures of a pair and are equally bright, and were left out.
  package var alikePixels = 0
  /// Pixels that both exposures of a pair show hit.
  package var coincidences = 0
  /// Sources that were not taken for cosmic rays.
  package var sources: Sources?
  /// Hits that have the shape of the sources they lie on, and were not taken for cosmic rays; nil for none.
  package var varying: Varying?
  /// Hits that are broader or longer than cosmic rays leave; nil for none.
  package var broad: Broad?
  /// Hits that lie on sources far more often than elsewhere; nil where chance explains their places.
  package var onSources: OnSources?
  /// Why there is no diagram or boundary beside the probabilities; nil where there is one.
  package var noBoundary: String?
  /// Pixels whose median is spoilt, and how many chance coincidences of single hits would make.
  package var foundSpoilt = 0
  package var expectedSpoilt: Double?

  /// How many there are, and how many of them looked hit.
  package struct HotPixels: Sendable, Equatable {
    package let pixels: Int
    package let flagged: Int
  }

  /// Sources whose flux all exposures share, though not pixel by pixel.
  package struct Sources: Sendable {
    /// Groups of pixels that look like spoilt medians, and those of them that lie on such sources.
    package var groups: Int
    package var shared: Int
    /// Their pixels, and those of single exposures.
    package var pixels: Int
    package var singlePixels: Int
    package var cause: Cause
  }

  /// Sources of another brightness in one exposure.
  package struct Varying: Sendable, Equatable {
    package let groups: Int
    package let pixels: Int
    /// The largest one: its exposure and its brightest pixel, from 1, and how many times as bright it is.
    package let exposure: Int
    package let x: Int
    package let y: Int
    package let factor: Double
  }

  /// Hits that lie on sources more often than chance puts them there, in the exposure with most of them.
  package struct OnSources: Sendable, Equatable {
    /// From 1.
    package let exposure: Int
    package let groups: Int
    /// How many chance puts there.
    package let expected: Double
    package let pixels: Int
    /// The brightest pixel of the largest one, from 1.
    package let x: Int
    package let y: Int
  }

  /// Groups of hits that hardly are cosmic rays.
  package struct Broad: Sendable, Equatable {
    package var groups: Int
    package var pixels: Int
    /// The largest one: its pixels, its exposure, its middle, from 1, and its extent [pixel].
    package let largest: Int
    package let exposure: Int
    package let x: Int
    package let y: Int
    package let width: Int
    package let height: Int
  }

  package enum Cause: Sendable, Equatable {
    /// The exposures lie apart by up to so many pixels, which nobody said.
    case offsets(Double)
    /// One exposure, from 1, is sharper or less sharp than the others.
    case seeing(Int, isSharper: Bool)
    /// Sources are narrower than the pixels can tell.
    case undersampling
  }

  package init() {}

  /// Whether one exposure is less sharp than the others, which makes its noise another one too.
  package var isBlurred: Bool { if case .seeing? = difference?.cause { true } else { false } }

  /// Whether what looks like another flux is another sharpness, which was followed: broad wings look like it in part.
  var isOtherFluxFollowed: Bool {
    guard case .flux(let factor)? = difference?.cause, let exposure = difference?.exposure,
      followedLight.indices.contains(exposure - 1)
    else { return false }
    return abs(followedLight[exposure - 1]) < 0.5 * abs(factor - 1)
  }

  /// Whether the level of an exposure, from 1, says that it has another flux, at least in part: blurs look like one where the
  /// image is steep.
  func confirms(_ factor: Double, of exposure: Int) -> Bool {
    guard let levels, levels.relative.indices.contains(exposure - 1) else { return true }
    guard let level = levels.relative[exposure - 1] else { return false }
    return (level - 1) / (factor - 1) >= 0.5
  }

  /// Part of the values that may be hit before their differences are wider than noise makes them.
  private static let mostHit = 0.02

  /// Forgets a scatter that is not worth a note, with the numbers that would explain it.
  mutating func forgetAcceptedScatter() {
    guard let found = scatter, StackScatter.accepted.contains(found.ratio) else { return }
    (scatter, numbersThatSuit) = (nil, nil)
  }

  /// Forgets numbers of the noise that hits may have made.
  ///
  /// - Parameter hitFraction: part of the values that are hit; nil where nobody counted.
  mutating func doubtNumbers(hitFraction: Double?) {
    if let hitFraction, hitFraction <= Self.mostHit { return }
    numbersThatSuit = nil
    forgetAcceptedScatter()
    // Where many values are hit, what is near the middle one is hit too.
    if let hitFraction, hitFraction > BroadHits.dense, scatter?.ratio ?? 1 > 1 { scatter = nil }
  }
}
