import Kernels

extension Image {
  /// The image with other pixels: float32, without the planes that described the old ones.
  package func replacing(_ pixels: Plane<Float>) -> Image {
    var out = Image(pixels: pixels, unit: unit, header: header, detector: detector)
    if pixels.shape == shape { out.mask = mask }
    return out
  }
}

extension Header {
  /// The world coordinates of an image that was moved.
  package func shifted(by offset: Offset) -> Header {
    var out = self
    for (key, step) in [("CRPIX1", offset.x), ("CRPIX2", offset.y)] {
      if let value = number(key) { out.set(key, .real(value + step)) }
    }
    return out
  }
}
