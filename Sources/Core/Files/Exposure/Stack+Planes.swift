import Kernels

extension Stack {
  /// The exposures as the kernels see them: values, masks, errors, and each one's own detector.
  ///
  /// - Parameters:
  ///   - found: what is known of the detectors.
  ///   - trims: whether prescan and overscan, where the headers tell them, count as masked.
  package func planes(_ found: DetectorLookup, trims: Bool = false) -> [ExposurePlanes] {
    let planes = planes(found)
    return trims ? planes.trimmed(as: exposures) : planes
  }

  private func planes(_ found: DetectorLookup) -> [ExposurePlanes] {
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

extension [ExposurePlanes] {
  /// The same with prescan and overscan masked where the header of an exposure tells them.
  package func trimmed(as images: [Image]) -> [ExposurePlanes] {
    zip(self, images).map { planes, image in
      guard let outside = ImagingArea(image)?.outside else { return planes }
      var planes = planes
      planes.mask = planes.mask.map { $0 | outside } ?? outside
      return planes
    }
  }
}
