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
    values.map { value in
      guard value > 0, value.isFinite else { return .nan }
      let root =
        switch kind {
        case .standardDeviation: value
        case .variance: value.squareRoot()
        case .inverseVariance: (1 / value).squareRoot()
        }
      return root.isFinite && root > 0 ? root : .nan
    }
  }

  /// The same with 0 where the error is 0 or negative, which is no error either, but one that nobody calculated.
  package var deviationOrZero: Plane<Float> {
    var out = deviation
    for i in 0..<out.count where out.pixels[i].isNaN && values.pixels[i] <= 0 && values.pixels[i].isFinite {
      out.pixels[i] = 0
    }
    return out
  }

  /// The same errors of the same kind from standard deviations; what is not known becomes 0 in an inverse variance and
  /// NaN otherwise.
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
    return out
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
