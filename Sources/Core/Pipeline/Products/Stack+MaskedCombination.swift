import Files
import Kernels

extension Stack {
  /// A combination with its planes VARIANCE and MAP; pixels without any value are masked.
  ///
  /// - Parameters:
  ///   - factors: relative flux that each exposure was divided by.
  ///   - divisors: what its values were divided by in all.
  ///   - facts: what is known of each exposure; nil for what the exposures carry.
  package func combined(
    _ result: MaskedCombination.Result, by method: CombinationMethod, factors: [Double],
    divisors: [DetectorValue], facts: [DetectorFacts]? = nil
  ) -> Image {
    var how = Combination(
      method.spread, of: self, factors: factors.allSatisfy { $0 == 1 } ? nil : factors, subtractsBias: true,
      facts: facts)
    how.divisors = divisors
    var image = combined(
      result.image, by: how, mask: result.empty,
      planes: ExtraPlane.ofCombination(result, unit: exposures[0].unit))
    if let exact = result.exactImage { image.setExactValues(exact) }
    return image
  }

  /// The exposures in double precision where one of them has digits that single precision does not hold; empty otherwise.
  ///
  /// - Parameter work: takes a remark on digits that double precision does not hold either.
  package func exactPlanes(work: Work) -> [Plane<Double>] {
    guard exposures.contains(where: \.hasDigitsBeyondSingle) else { return [] }
    work.tellLostDigits(of: exposures, in: "combine")
    return exposures.map(\.exactValues)
  }
}

extension Image {
  /// Whether it is float64, or has whole numbers that float32 rounds.
  package var hasDigitsBeyondSingle: Bool {
    let limit = 1 << 24
    return switch exactPixels {
    case .float64: true
    case .int64(let values): values.contains { $0.magnitude > limit }
    case .uint64(let values): values.contains { $0 > limit }
    case nil: false
    }
  }

  /// The same with nothing but the first exposure's header and unit.
  init(combined result: MaskedCombination.Result, of first: Image) {
    self.init(
      pixels: result.image, unit: first.unit, header: first.header, mask: result.empty,
      planes: ExtraPlane.ofCombination(result, unit: first.unit))
  }
}

extension ExtraPlane {
  fileprivate static func ofCombination(
    _ result: MaskedCombination.Result, unit: PixelUnit
  ) -> [ExtraPlane] {
    var squared = Header()
    if let text = unit.raised(to: 2) { squared.set("BUNIT", .text(text)) }
    return [
      ExtraPlane(name: "VARIANCE", pixels: .float32(result.variance), header: squared),
      ExtraPlane(name: "MAP", pixels: .int16(result.map)),
    ]
  }
}

extension MaskedCombination.Result {
  /// A sentence on variances that single precision does not hold; nil where there are none.
  package var varianceNote: String? {
    let (pixels, squares) = (image.pixels, variance.pixels)
    // The squares of values that are 0 or nearly so are none of the noise.
    let (low, high): (Float, Float) = (1e-15, 1e15)
    let lost = pixels.indices.count {
      guard pixels[$0].isFinite, pixels[$0] != 0, !squares[$0].isNaN else { return false }
      return abs(pixels[$0]) < low ? !squares[$0].isNormal : abs(pixels[$0]) > high && !squares[$0].isFinite
    }
    guard lost > 0 else { return nil }
    return
      "VARIANCE: \(lost) value\(lost == 1 ? " is" : "s are") beyond float32 (1.2e-38 to 3.4e38) and became 0 or infinite: "
      + "multiply the exposures by a number first"
  }
}

extension CombinationMethod {
  /// How the noise of the exposures spreads into the combination.
  fileprivate var spread: Combination.Method {
    switch self {
    case .mediancr, .median: .median
    case .meancrt, .meancr, .mean: .mean
    case .min: .other("the smallest of several values")
    }
  }
}

extension MaskSet {
  /// The flux factors of so many exposures.
  ///
  /// - Throws: `CRSError` (data) with the parameter that brought the masks.
  package func fluxFactors(of count: Int, parameter: String) throws -> [Double] {
    guard fluxFactors.count == count else {
      throw CRSError.data(
        "the masks are those of \(fluxFactors.count) exposures, there are \(count)", parameter: parameter,
        expected: "one for each exposure")
    }
    return fluxFactors
  }
}
