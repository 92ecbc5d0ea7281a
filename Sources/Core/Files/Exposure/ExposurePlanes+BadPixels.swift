import Kernels

extension [ExposurePlanes] {
  /// The exposures with pixels masked that are bad in all of them.
  ///
  /// - Throws: `CRSError` (data) for a mask of another shape.
  package func without(_ badPixels: Mask) throws -> [ExposurePlanes] {
    try map { exposure in
      guard badPixels.shape == exposure.pixels.shape else {
        throw CRSError.data(
          "the mask is \(badPixels.shape)", parameter: "badpixels", expected: "\(exposure.pixels.shape)")
      }
      var out = exposure
      out.mask = exposure.mask.map { $0 | badPixels } ?? badPixels
      return out
    }
  }
}
