import Files
import Kernels

extension Stack {
  /// A combination without planes of its own; pixels without any value are masked.
  func combined(_ pixels: Plane<Float>, by combination: Combination, work: Work) throws -> Image {
    let gaps = try pixels.isFinite(work: work) ? nil : Mask(plane: pixels.map { $0.isNaN ? 1 : 0 })
    return combined(pixels, by: combination, mask: gaps)
  }

  /// The exposures as they are, NaN where a value does not count.
  func countingPlanes(_ work: Work) throws -> [Plane<Float>] {
    let planes = exposures.map { ExposurePlanes(pixels: $0.pixels, mask: $0.mask, bias: .constant(0)) }
    return try MatchedExposures(planes, work: work).planes
  }

  /// A combination with its planes VARIANCE and MAP; pixels without any value are masked.
  func combined(_ result: MaskedCombination.Result, by combination: Combination) -> Image {
    var squared = Header()
    let unit = exposures[0].unit
    if unit != .none { squared.set("BUNIT", .text("\(unit.description)**2")) }
    return combined(
      result.image, by: combination, mask: result.empty,
      planes: [
        ExtraPlane(name: "VARIANCE", pixels: .float32(result.variance), header: squared),
        ExtraPlane(name: "MAP", pixels: .int16(result.map)),
      ])
  }
}

extension CombinationMethod {
  /// How the noise of the exposures spreads into the combination.
  var spread: Combination.Method {
    switch self {
    case .mediancr, .median: .median
    case .meancrt, .meancr, .mean: .mean
    case .min: .other("the smallest of several values")
    }
  }
}
