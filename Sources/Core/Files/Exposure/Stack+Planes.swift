import Kernels

extension Stack {
  /// The exposures as the kernels see them: values, masks, errors, and each one's own detector.
  ///
  /// - Parameter found: what is known of the detectors.
  package func planes(_ found: DetectorLookup) -> [ExposurePlanes] {
    exposures.indices.map { k in
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
  }
}
