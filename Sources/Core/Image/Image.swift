/// One exposure or result: pixels, header, unit, and the planes that may come with it.
public struct Image: Sendable {
  /// Pixel values in single precision, the numbers that every kernel works on.
  public var pixels: Plane<Float>
  /// The stored values where float32 cannot hold them (32- and 64-bit integers, float64).
  public var exactPixels: ExactPixels?
  /// The number type of the file that the pixels came from; results are float32.
  public var storedType: PixelType
  /// Unit of the pixels (BUNIT).
  public var unit: PixelUnit
  /// The cards of the image's HDU.
  public var header: Header
  /// Pixels that must not be used (1 = masked), as in a CCDData file's MASK extension.
  public var mask: Mask?
  /// Errors of the pixels, as in a CCDData file's UNCERT extension.
  public var uncertainty: Uncertainty?
  /// Further named planes, for example VARIANCE and MAP of a combination, in the order of their HDUs.
  public var planes: [ExtraPlane]
  /// Detector properties that the user or a parameter file gave; nil where only the header knows.
  public var detector: DetectorHints
  /// The cards of the file's empty primary HDU when the image came from an extension behind it; such an image
  /// is written as the first extension again.
  public var primaryHeader: Header?
  /// HDUs that are only passed on to the saved file, in their order.
  public var carried: [CarriedHDU] = []

  public init(
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

  public var width: Int { pixels.width }
  public var height: Int { pixels.height }
  public var shape: Shape { pixels.shape }
}

/// Pixel values that do not fit float32, in a type that holds them exactly.
public enum ExactPixels: Sendable, Equatable {
  case float64([Double])
  case int64([Int64])
  case uint64([UInt64])
}

/// The UNCERT plane of a CCDData file.
public struct Uncertainty: Sendable, Equatable {
  /// What the numbers mean, FITS UTYPE.
  public enum Kind: String, Sendable {
    case standardDeviation = "StdDevUncertainty"
    case variance = "VarianceUncertainty"
    case inverseVariance = "InverseVariance"
  }
  public var kind: Kind
  public var values: Plane<Float>
  /// float64 values where the file has them.
  public var exactValues: [Double]?
  public var header: Header

  public init(kind: Kind, values: Plane<Float>, exactValues: [Double]? = nil, header: Header = Header()) {
    self.kind = kind
    self.values = values
    self.exactValues = exactValues
    self.header = header
  }
}

/// A named plane that travels with an image and is written as an extension of that name.
public struct ExtraPlane: Sendable, Equatable {
  public enum Pixels: Sendable, Equatable {
    case float32(Plane<Float>)
    case int16(Plane<Int16>)
    case uint8(Plane<UInt8>)
    case float64(Plane<Double>)
    case int32(Plane<Int32>)
  }
  public var name: String
  public var pixels: Pixels
  public var header: Header

  public init(name: String, pixels: Pixels, header: Header = Header()) {
    self.name = name
    self.pixels = pixels
    self.header = header
  }
}
