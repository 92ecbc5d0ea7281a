import Files
import Kernels

extension Stack {
  /// An image made of the stack's pixels: header and unit of the first exposure. Pixels without any value are masked.
  func combined(_ pixels: Plane<Float>) -> Image {
    var image = Image(
      pixels: pixels, unit: exposures[0].unit, header: exposures[0].header, detector: detector)
    let empty = Mask(plane: pixels.map { $0.isNaN ? 1 : 0 })
    if empty.flagged > 0 { image.mask = empty }
    return image
  }

  /// The exposures as they are, NaN where a value does not count.
  func countingPlanes(_ work: Work) throws -> [Plane<Float>] {
    try MatchedExposures(exposures.planes(bias: .constant(0)), work: work).planes
  }
}
