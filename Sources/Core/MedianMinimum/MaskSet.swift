/// All masks of one crmasks run, what crmasks.fits holds (crmasks.md section 12).
public struct MaskSet: Sendable {
  /// Pixels hit in so many exposures that their median is spoilt.
  public var medianCR: Mask
  /// Pixels hit in at least one exposure as far as the mean shows.
  public var meanCRT: Mask
  /// Pixels hit in each exposure.
  public var exposures: [Mask]
  /// The median cleaned by L.A.Cosmic [ADU]; nil without L.A.Cosmic.
  public var laMedian: Plane<Float>?
  /// Pixels to be replaced by the median of a box around them.
  public var localMedians: [LocalMedianPixel]
  /// Flux factor of each exposure.
  public var fluxFactors: [Double]
  /// Identifies the masks; derived from inputs and parameters so that a replay gives the same.
  public var uuid: String
  /// Lines of the HISTORY cards.
  public var history: [String]
  /// -log10 of the probability that noise made the pixel; nil unless the pvalue detector ran.
  public var significance: Plane<Float>?

  public init(
    medianCR: Mask, meanCRT: Mask, exposures: [Mask], laMedian: Plane<Float>? = nil,
    localMedians: [LocalMedianPixel] = [], fluxFactors: [Double], uuid: String, history: [String] = [],
    significance: Plane<Float>? = nil
  ) {
    self.medianCR = medianCR
    self.meanCRT = meanCRT
    self.exposures = exposures
    self.laMedian = laMedian
    self.localMedians = localMedians
    self.fluxFactors = fluxFactors
    self.uuid = uuid
    self.history = history
    self.significance = significance
  }

  public var shape: Shape { medianCR.shape }
}

/// A pixel to be replaced by the median of the box around it (FITS pixels, odd widths).
public struct LocalMedianPixel: Sendable, Equatable {
  public var x: Int
  public var y: Int
  public var xWidth: Int
  public var yWidth: Int

  public init(x: Int, y: Int, xWidth: Int, yWidth: Int) {
    self.x = x
    self.y = y
    self.xWidth = xWidth
    self.yWidth = yWidth
  }
}
