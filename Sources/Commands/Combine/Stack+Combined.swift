import Files
import Kernels

extension Stack {
  /// A combination without planes of its own; pixels without any value are masked.
  func combined(_ pixels: Plane<Float>, by combination: Combination, work: Work) throws -> Image {
    if exposures.contains(where: { $0.uncertainty != nil }) {
      work.remark?("the uncertainties of the exposures are left out; combine gives a VARIANCE made of them")
    }
    let gaps = try pixels.isFinite(work: work) ? nil : Mask(plane: pixels.map { $0.isNaN ? 1 : 0 })
    return combined(pixels, by: combination, mask: gaps)
  }

  /// The exposures as they are, NaN where a value does not count.
  func countingPlanes(_ work: Work) throws -> [Plane<Float>] {
    let planes = exposures.map { ExposurePlanes(pixels: $0.pixels, mask: $0.mask, bias: .constant(0)) }
    return try MatchedExposures(planes, work: work).planes
  }
}
