import Files
import Kernels

extension Stack {
  /// An image made of the stack's pixels: header and unit of the first exposure. Pixels without any value are masked.
  func combined(_ pixels: Plane<Float>, work: Work) throws -> Image {
    var image = Image(
      pixels: pixels, unit: exposures[0].unit, header: exposures[0].header, detector: detector)
    if try !pixels.isFinite(work: work) { image.mask = Mask(plane: pixels.map { $0.isNaN ? 1 : 0 }) }
    return image
  }

  /// The exposures as they are, NaN where a value does not count.
  func countingPlanes(_ work: Work) throws -> [Plane<Float>] {
    try MatchedExposures(exposures.planes(bias: .constant(0)), work: work).planes
  }
}
