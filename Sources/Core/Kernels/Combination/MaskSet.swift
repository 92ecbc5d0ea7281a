/// All masks of one crmasks run, what crmasks.fits holds.
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
  /// What each exposure has more of sky than the others, to be taken off before it is divided by its factor [ADU]; empty
  /// for none.
  package var skies: [Double] = []
  /// Identifies the masks; derived from inputs and parameters so that a replay gives the same.
  package var uuid: String
  /// Lines of the HISTORY cards.
  package var history: [String]
  /// -log10 of the probability that noise made the pixel; nil unless the pvalue detector ran.
  package var significance: Plane<Float>?
  /// Values of each exposure that count nowhere because they lie too low for the others and their neighbourhood;
  /// empty for none.
  package var leftOut: [Mask]

  package init(
    medianCR: Mask, meanCRT: Mask, exposures: [Mask], laMedian: Plane<Float>? = nil,
    localMedians: [LocalMedianPixel] = [], fluxFactors: [Double], uuid: String, history: [String] = [],
    significance: Plane<Float>? = nil, leftOut: [Mask] = []
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
    self.leftOut = leftOut
  }

  package var shape: Shape { medianCR.shape }
}

extension MaskSet {
  /// The masks that follow from the hits of each exposure, whoever found them: MEANCRT is their union, and MEDIANCR the
  /// pixels in which so many of the values that are there are hit that their median is spoilt.
  ///
  /// - Parameters:
  ///   - hits: one mask for each exposure, equal shapes, at least one.
  ///   - exposures: where values are masked or not finite they do not count; as many, of the same shape.
  ///   - medianCR: given instead of counted.
  package init(
    hits: [Mask], of exposures: [ExposurePlanes], medianCR: Mask? = nil, fluxFactors: [Double], uuid: String,
    history: [String] = []
  ) {
    let shape = hits[0].shape
    var spoilt = Mask(shape: shape)
    if medianCR == nil {
      for i in 0..<shape.count where hits.contains(where: { $0.plane.pixels[i] != 0 }) {
        var (count, hit) = (0, 0)
        for (mask, exposure) in zip(hits, exposures) {
          guard exposure.pixels.pixels[i].isFinite, exposure.mask.map({ $0.plane.pixels[i] == 0 }) ?? true
          else {
            continue
          }
          count += 1
          hit += Int(mask.plane.pixels[i])
        }
        if hit > 0, 2 * hit >= count { spoilt.plane.pixels[i] = 1 }
      }
    }
    self.init(
      medianCR: medianCR ?? spoilt, meanCRT: hits.dropFirst().reduce(hits[0]) { $0 | $1 }, exposures: hits,
      fluxFactors: fluxFactors, uuid: uuid, history: history)
  }
}
