import Kernels

extension Stack {
  /// The exposures as the kernels see them: values, masks, errors, and each one's own detector.
  ///
  /// Where `found` says that errors stand for gain and readout noise, the smallest variance of each pixel is its noise.
  /// - Parameters:
  ///   - found: what is known of the detectors.
  ///   - scalesErrors: whether values far smaller or larger than counts may be multiplied by a power of two then.
  /// - Throws: `CRSError`: data for errors that tell no noise, interrupted.
  package func planes(_ found: DetectorLookup, scalesErrors: Bool = true, work: Work) throws
    -> [ExposurePlanes]
  {
    let planes = exposures.indices.map { k -> ExposurePlanes in
      let image = exposures[k]
      let facts = found.facts[k]
      let deviation = image.uncertainty?.deviation
      guard facts.gain != nil, facts.readoutNoise != nil else {
        return ExposurePlanes(
          pixels: image.pixels, mask: image.mask, deviation: deviation, bias: found.each[k].bias)
      }
      return ExposurePlanes(
        pixels: image.pixels, mask: image.mask, deviation: deviation, detector: found.each[k])
    }
    return found.knowsNoise ? planes : try planes.withNoiseOfErrors(scales: scalesErrors, work: work)
  }
}
