import Files
import Kernels

extension Stack {
  /// A combination with its planes VARIANCE and MAP.
  func combined(_ result: MaskedCombination.Result, by combination: Combination) -> Image {
    combined(
      result.image, by: combination,
      planes: [
        ExtraPlane(name: "VARIANCE", pixels: .float32(result.variance)),
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
