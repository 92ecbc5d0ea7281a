/// Which detectors make the masks.
package enum CRMethod: String, Sendable, CaseIterable, Codable {
  case mmcosmic
  case lacosmic
  case mmLacosmic = "mm_lacosmic"

  package var usesLacosmic: Bool { self != .mmcosmic }
  package var usesMM: Bool { self != .lacosmic }
}

/// A program whose answers are reproduced, defects included.
package enum Compatibility: String, Sendable, CaseIterable, Codable {
  case numina036 = "numina-0.36"
}

/// Everything that decides the masks of a stack, checked already.
package struct MaskingOptions: Sendable {
  package enum FluxTarget: String, Sendable, CaseIterable, Codable {
    case original, simulated
  }

  package var method: CRMethod = .mmLacosmic
  /// Relative flux of each exposure.
  package var fluxFactors: [Double]
  package var applyFluxFactorTo: FluxTarget = .simulated
  /// Pixels that masks grow by, at least 0.
  package var dilation = 1
  package var skippedRegions: [Section] = []
  package var flaggedPixels: [PixelPosition] = []
  package var ignoredPixels: [PixelPosition] = []
  package var localMedians: [LocalMedianPixel] = []
  /// Displacement of each exposure in pixels.
  package var offsets: [Offset]
  package var boundaryFit = BoundaryFit(kind: .spline)
  /// Used instead of simulating and fitting.
  package var boundary: Boundary?
  /// Simulated sets; 0 for the exact diagram.
  package var simulations = 10
  package var seed: UInt64 = 0
  /// Smallest median2d - min2d [ADU]; nil for the minimum of the boundary.
  package var threshold: Double? = 0
  /// Smallest max2d in units of the readout noise.
  package var minimumMax2d = 5.0
  package var compatibility: Compatibility?
  /// What finds spoilt medians beside L.A.Cosmic: the diagram's boundary, or each pixel's probability.
  package var detection = Detection.boundary
  package var pvalue = PValueOptions()
  /// Along which axes what changes smoothly between two exposures is followed; no effect on more than two.
  package var changes = SmoothChanges.Axes.auto
  /// Level that each exposure should have relative to the others, from exposure times or given flux factors; empty for
  /// equal ones.
  package var expectedLevels: [Double] = []
  /// Go on where an exposure's level is far from the others'.
  package var isForced = false

  package enum Detection: String, Sendable, CaseIterable { case boundary, pvalue }

  /// Whether exposures are divided by factors that differ much.
  var dividesUnlike: Bool {
    applyFluxFactorTo == .original && compatibility == nil && fluxFactors.areUnlikeFactors
  }

  /// Takes boundary, fixed points and threshold, which are given in the unit of the exposures, for values that are `factor`
  /// times as large.
  package mutating func multiplyLevels(by factor: Double) {
    guard factor != 1 else { return }
    boundary = boundary?.multiplied(by: factor)
    boundaryFit.fixedPoints = boundaryFit.fixedPoints.map { $0.multiplied(by: factor) }
    threshold = threshold.map { $0 * factor }
  }

  /// Options for `exposures` equivalent exposures.
  package init(exposures: Int) {
    fluxFactors = [Double](repeating: 1, count: exposures)
    offsets = [Offset](repeating: .zero, count: exposures)
  }
}
