/// Which detectors make the masks.
public enum CRMethod: String, Sendable, CaseIterable, Codable {
  case mmcosmic
  case lacosmic
  case mmLacosmic = "mm_lacosmic"

  public var usesLacosmic: Bool { self != .mmcosmic }
  public var usesMM: Bool { self != .lacosmic }
}

/// A program whose answers are reproduced, defects included.
public enum Compatibility: String, Sendable, CaseIterable, Codable {
  case numina036 = "numina-0.36"
}

/// A single pixel, FITS numbering.
public struct PixelPosition: Sendable, Hashable {
  public var x: Int
  public var y: Int

  public init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }
}

/// Everything that decides the masks of a stack, checked already (crmasks.md sections 2 to 11).
public struct MaskingOptions: Sendable {
  public enum FluxTarget: String, Sendable, CaseIterable, Codable {
    case original, simulated
  }

  public var method: CRMethod = .mmLacosmic
  /// Relative flux of each exposure.
  public var fluxFactors: [Double]
  public var applyFluxFactorTo: FluxTarget = .simulated
  /// Pixels that masks grow by, at least 0.
  public var dilation = 1
  public var skippedRegions: [Section] = []
  public var flaggedPixels: [PixelPosition] = []
  public var ignoredPixels: [PixelPosition] = []
  public var localMedians: [LocalMedianPixel] = []
  /// Displacement of each exposure in pixels.
  public var offsets: [Offset]
  public var boundaryFit = BoundaryFit(kind: .spline)
  /// Used instead of simulating and fitting.
  public var boundary: Boundary?
  /// Simulated sets; 0 for the exact diagram.
  public var simulations = 10
  public var seed: UInt64 = 0
  /// Smallest median2d - min2d [ADU]; nil for the minimum of the boundary.
  public var threshold: Double? = 0
  /// Smallest max2d in units of the readout noise.
  public var minimumMax2d = 5.0
  public var compatibility: Compatibility?
  /// What finds spoilt medians beside L.A.Cosmic: the diagram's boundary, or each pixel's probability.
  public var detection = Detection.boundary
  public var pvalue = PValueOptions()

  public enum Detection: String, Sendable, CaseIterable { case boundary, pvalue }

  /// Options for `exposures` equivalent exposures.
  public init(exposures: Int) {
    fluxFactors = [Double](repeating: 1, count: exposures)
    offsets = [Offset](repeating: .zero, count: exposures)
  }
}
