import Files
import Kernels

extension Stack {
  /// An image made of the stack's pixels: header and unit of the first exposure.
  func combined(_ pixels: Plane<Float>) -> Image {
    Image(pixels: pixels, unit: exposures[0].unit, header: exposures[0].header, detector: detector)
  }
}
