import Kernels

/// The errors of an image's pixels, as in a CCDData file's UNCERT extension.
package struct Uncertainty: Sendable, Equatable {
  /// What the numbers mean, FITS UTYPE.
  package enum Kind: String, Sendable {
    case standardDeviation = "StdDevUncertainty"
    case variance = "VarianceUncertainty"
    case inverseVariance = "InverseVariance"
  }
  package var kind: Kind
  /// 0, negative or not finite where the error is not known.
  package var values: Plane<Float>
  /// float64 values where the file has them.
  package var exactValues: [Double]?
  package var header: Header
  /// EXTNAME of the extension that holds it.
  package var name: String

  package init(
    kind: Kind, values: Plane<Float>, exactValues: [Double]? = nil, header: Header = Header(),
    name: String = "UNCERT"
  ) {
    self.kind = kind
    self.values = values
    self.exactValues = exactValues
    self.header = header
    self.name = name
  }

  /// Standard deviations in the unit of the image, NaN where they are not known.
  package var deviation: Plane<Float> {
    let exact = knownDigits
    return Plane(width: values.width, height: values.height) { out in
      for i in 0..<out.count { out[i] = deviation(values.pixels[i], exact?[i]) }
    }
  }

  /// The same with 0 where the error is 0 or negative, which is no error either, but one that nobody calculated.
  package var deviationOrZero: Plane<Float> {
    var out = deviation
    for i in 0..<out.count where out.pixels[i].isNaN {
      let number = self.number(i)
      if number <= 0, number.isFinite { out.pixels[i] = 0 }
    }
    return out
  }

  /// Flags numbers that are not above 0, in the precision that they have.
  var notAboveZero: Mask {
    Mask(
      plane: Plane(
        width: values.width, height: values.height,
        pixels: (0..<values.count).map { number($0) > 0 ? 0 : 1 }))
  }

  /// The same errors of the same kind from standard deviations; what is not known becomes 0 in an inverse variance and
  /// NaN otherwise. Squares that single precision does not hold are kept in double precision.
  package func replacing(deviation: Plane<Float>) -> Uncertainty {
    var out = self
    out.exactValues = nil
    out.values = deviation.map { value in
      switch kind {
      case .standardDeviation: value
      case .variance: value * value
      case .inverseVariance: value.isFinite && value > 0 ? 1 / (value * value) : 0
      }
    }
    guard kind != .standardDeviation else { return out }
    let isLost = deviation.pixels.indices.contains {
      deviation.pixels[$0] > 0 && deviation.pixels[$0].isFinite && !out.values.pixels[$0].isNormal
    }
    return isLost ? out.replacing { Double(deviation.pixels[$0]) * Double(deviation.pixels[$0]) } : out
  }

  /// The same errors of the same kind from variances, in double precision; one that is not above 0 is not known.
  func replacing(variance: (Int) -> Double) -> Uncertainty {
    var out = self
    let exact = (0..<values.count).map { i -> Double in
      let square = variance(i)
      guard square > 0, square.isFinite else { return kind == .inverseVariance ? 0 : .nan }
      return Kind.variance.convert(square, to: kind)
    }
    out.setExact(exact)
    return out
  }

  /// Takes numbers in double precision.
  mutating func setExact(_ numbers: [Double]) {
    values = Plane(width: values.width, height: values.height, pixels: numbers.map { Float($0) })
    exactValues = numbers
  }

  /// Changes a number; all are kept in double precision once single precision does not hold one.
  package mutating func set(_ i: Int, _ number: Double) {
    values.pixels[i] = Float(number)
    if exactValues == nil, number != 0, number.isFinite, !values.pixels[i].isNormal {
      exactValues = values.pixels.map { Double($0) }
    }
    exactValues?[i] = number
  }

  /// A number of the errors, as exact as they hold it.
  package func number(_ i: Int) -> Double { knownDigits?[i] ?? Double(values.pixels[i]) }

  /// The numbers in double precision, one for each pixel.
  private var knownDigits: [Double]? { exactValues.flatMap { $0.count == values.count ? $0 : nil } }

  private func deviation(_ value: Float, _ exact: Double?) -> Float {
    if value.isNormal {
      guard value > 0 else { return .nan }
      switch kind {
      case .standardDeviation: return value
      case .variance: return value.squareRoot()
      case .inverseVariance:
        if case let variance = 1 / value, variance.isNormal { return variance.squareRoot() }
      }
    }
    // A square may lie where single precision ends although its root does not.
    let number = exact ?? Double(value)
    guard number > 0, number.isFinite else { return .nan }
    let root = Float(kind.convert(number, to: .standardDeviation))
    return root.isFinite && root > 0 ? root : .nan
  }
}

extension Uncertainty.Kind {
  /// The same error as another kind of number.
  package func convert(_ value: Double, to kind: Uncertainty.Kind) -> Double {
    guard kind != self else { return value }
    let variance =
      switch self {
      case .standardDeviation: value * value
      case .variance: value
      case .inverseVariance: 1 / value
      }
    return switch kind {
    case .standardDeviation: variance.squareRoot()
    case .variance: variance
    case .inverseVariance: 1 / variance
    }
  }
}
