/// All masks of one crmasks run, what crmasks.fits holds (crmasks.md section 12).
package struct MaskSet: Sendable {
  /// Pixels hit in so many exposures that their median is spoilt.
  package var medianCR: Mask
  /// Pixels hit in at least one exposure as far as the mean shows.
  package var meanCRT: Mask
  /// Pixels hit in each exposure.
  package var exposures: [Mask]
  /// The median cleaned by L.A.Cosmic [ADU]; nil without L.A.Cosmic.
  package var laMedian: Plane<Float>?
  /// Pixels to be replaced by the median of a box around them.
  package var localMedians: [LocalMedianPixel]
  /// Flux factor of each exposure.
  package var fluxFactors: [Double]
  /// Identifies the masks; derived from inputs and parameters so that a replay gives the same.
  package var uuid: String
  /// Lines of the HISTORY cards.
  package var history: [String]
  /// -log10 of the probability that noise made the pixel; nil unless the pvalue detector ran.
  package var significance: Plane<Float>?

  package init(
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

  package var shape: Shape { medianCR.shape }
}
