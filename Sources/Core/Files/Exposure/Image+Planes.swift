import Kernels

extension [Image] {
  /// What the kernels see of exposures: values, masks, uncertainties, and the detector of each.
  ///
  /// - Parameter detectors: one for all, or one for each.
  package func planes(_ detectors: [Detector]) -> [ExposurePlanes] {
    enumerated().map { k, image in
      ExposurePlanes(
        pixels: image.pixels, mask: image.mask, deviation: image.uncertainty?.deviation,
        detector: detectors.count == 1 ? detectors[0] : detectors[k])
    }
  }

  /// The same where nobody knows gain and readout noise.
  package func planes(bias: DetectorValue) -> [ExposurePlanes] {
    map {
      ExposurePlanes(pixels: $0.pixels, mask: $0.mask, deviation: $0.uncertainty?.deviation, bias: bias)
    }
  }
}
