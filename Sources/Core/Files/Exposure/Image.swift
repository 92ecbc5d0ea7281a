import Kernels

/// One exposure or result: pixels, header, unit, and the planes that may come with it.
package struct Image: Sendable {
  /// Pixel values in single precision, the numbers that every kernel works on.
  package var pixels: Plane<Float>
  /// The stored values where float32 cannot hold them (32- and 64-bit integers, float64).
  package var exactPixels: ExactPixels?
  /// The number type of the file that the pixels came from; results are float32.
  package var storedType: PixelType
  /// The number type of the file behind the image, also where the values are others by now.
  package var inputType: PixelType?
  /// Unit of the pixels (BUNIT).
  package var unit: PixelUnit
  /// The cards of the image's HDU.
  package var header: Header
  /// Pixels that must not be used (1 = masked), as in a CCDData file's MASK extension.
  package var mask: Mask?
  /// Errors of the pixels, as in a CCDData file's UNCERT extension.
  package var uncertainty: Uncertainty?
  /// What somebody gave, or a calculation left, of the detector; the rest is in the header.
  package var detector: DetectorFacts
  /// The cards of the file's empty primary HDU when the image came from an extension behind it; such an image
  /// is written as the first extension again.
  package var primaryHeader: Header?
  /// The file's other HDUs in their order, without an empty primary one; for example VARIANCE and MAP of a combination.
  package var others: [Companion]
  /// How many of the others stand in front of the image.
  package var othersInFront = 0
  /// Where the image was read; nil where it was made.
  package var origin: ImageOrigin?
  /// How far `shift` moved what it shows, in pixels, since it was read or made: LTV1 and LTV2 followed.
  package var shifted = Offset.zero
  /// What constant factors made of its exposures since its time was right for its values; nil while it is.
  package var timeShare: TimeShare?

  package init(
    pixels: Plane<Float>, unit: PixelUnit = .adu, header: Header = Header(), storedType: PixelType = .float32,
    exactPixels: ExactPixels? = nil, mask: Mask? = nil, uncertainty: Uncertainty? = nil,
    planes: [ExtraPlane] = [], detector: DetectorFacts = DetectorFacts()
  ) {
    self.pixels = pixels
    self.unit = unit
    self.header = header
    self.storedType = storedType
    self.exactPixels = exactPixels
    self.mask = mask
    self.uncertainty = uncertainty
    others = planes.map { .plane($0) }
    self.detector = detector
  }

  /// The other HDUs that move along with the image.
  package var planes: [ExtraPlane] {
    others.compactMap { if case .plane(let plane) = $0 { plane } else { nil } }
  }

  /// The other HDUs that are only passed on.
  package var carried: [CarriedHDU] {
    others.compactMap { if case .carried(let hdu) = $0 { hdu } else { nil } }
  }

  /// The pixels that the planes of the file mask.
  var fileMask: Mask? {
    let masks = planes.compactMap(\.mask)
    return masks.first.map { masks.dropFirst().reduce($0, |) }
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
