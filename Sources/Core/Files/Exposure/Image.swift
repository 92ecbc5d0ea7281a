import Kernels

/// One exposure or result: pixels, header, unit, and the planes that may come with it.
package struct Image: Sendable {
  /// Pixel values in single precision, the numbers that every kernel works on.
  package var pixels: Plane<Float>
  /// The stored values where float32 cannot hold them (32- and 64-bit integers, float64).
  package var exactPixels: ExactPixels?
  /// The number type of the file that the pixels came from; results are float32.
  package var storedType: PixelType
  /// Unit of the pixels (BUNIT).
  package var unit: PixelUnit
  /// The cards of the image's HDU.
  package var header: Header
  /// Pixels that must not be used (1 = masked), as in a CCDData file's MASK extension.
  package var mask: Mask?
  /// Errors of the pixels, as in a CCDData file's UNCERT extension.
  package var uncertainty: Uncertainty?
  /// Further named planes, for example VARIANCE and MAP of a combination, in the order of their HDUs.
  package var planes: [ExtraPlane]
  /// Detector properties that the user or a parameter file gave; nil where only the header knows.
  package var detector: DetectorHints
  /// The cards of the file's empty primary HDU when the image came from an extension behind it; such an image
  /// is written as the first extension again.
  package var primaryHeader: Header?
  /// HDUs that are only passed on to the saved file, in their order.
  package var carried: [CarriedHDU] = []

  package init(
    pixels: Plane<Float>, unit: PixelUnit = .adu, header: Header = Header(), storedType: PixelType = .float32,
    exactPixels: ExactPixels? = nil, mask: Mask? = nil, uncertainty: Uncertainty? = nil,
    planes: [ExtraPlane] = [], detector: DetectorHints = DetectorHints()
  ) {
    self.pixels = pixels
    self.unit = unit
    self.header = header
    self.storedType = storedType
    self.exactPixels = exactPixels
    self.mask = mask
    self.uncertainty = uncertainty
    self.planes = planes
    self.detector = detector
  }

  package var width: Int { pixels.width }
  package var height: Int { pixels.height }
  package var shape: Shape { pixels.shape }
}

/// Pixel values that do not fit float32, in a type that holds them exactly.
package enum ExactPixels: Sendable, Equatable {
  case float64([Double])
  case int64([Int64])
  case uint64([UInt64])
}

/// The UNCERT plane of a CCDData file.
package struct Uncertainty: Sendable, Equatable {
  /// What the numbers mean, FITS UTYPE.
  package enum Kind: String, Sendable {
    case standardDeviation = "StdDevUncertainty"
    case variance = "VarianceUncertainty"
    case inverseVariance = "InverseVariance"
  }
  package var kind: Kind
  package var values: Plane<Float>
  /// float64 values where the file has them.
  package var exactValues: [Double]?
  package var header: Header

  package init(kind: Kind, values: Plane<Float>, exactValues: [Double]? = nil, header: Header = Header()) {
    self.kind = kind
    self.values = values
    self.exactValues = exactValues
    self.header = header
  }
}

/// A named plane that travels with an image and is written as an extension of that name.
package struct ExtraPlane: Sendable, Equatable {
  package enum Pixels: Sendable, Equatable {
    case float32(Plane<Float>)
    case int16(Plane<Int16>)
    case uint8(Plane<UInt8>)
    case float64(Plane<Double>)
    case int32(Plane<Int32>)
  }
  package var name: String
  package var pixels: Pixels
  package var header: Header

  package init(name: String, pixels: Pixels, header: Header = Header()) {
    self.name = name
    self.pixels = pixels
    self.header = header
  }
}
