import Kernels

/// A named plane of an image's size that travels with the image and is written as an extension of that name: quality,
/// errors, or anything else that a file holds beside its image.
package struct ExtraPlane: Sendable, Equatable {
  /// Numbers as they are stored. `header` and `scaling` say what they mean.
  package enum Pixels: Sendable, Equatable {
    case float32(Plane<Float>)
    case int16(Plane<Int16>)
    case uint8(Plane<UInt8>)
    case float64(Plane<Double>)
    case int32(Plane<Int32>)
    case int64(Plane<Int64>)
  }
  package var name: String
  /// One below the other where the plane has further axes.
  package var pixels: Pixels
  package var header: Header
  /// BSCALE and BZERO cards as they stand in the file.
  package var scaling: [String]
  /// Lengths of the axes behind the second.
  package var furtherAxes: [Int]
  /// The pixels of the image that the plane masks, as far as it was read as a mask.
  package var mask: Mask?
  /// The errors that the plane holds, as far as it was read as errors.
  package var uncertainty: Uncertainty?

  package init(
    name: String, pixels: Pixels, header: Header = Header(), scaling: [String] = [], furtherAxes: [Int] = [],
    mask: Mask? = nil, uncertainty: Uncertainty? = nil
  ) {
    self.name = name
    self.pixels = pixels
    self.header = header
    self.scaling = scaling
    self.furtherAxes = furtherAxes
    self.mask = mask
    self.uncertainty = uncertainty
  }

  /// Planes of the image's size.
  package var depth: Int { furtherAxes.reduce(1, *) }
}

/// An HDU of an image's file beside the image itself.
package enum Companion: Sendable, Equatable {
  /// Moves along with the image.
  case plane(ExtraPlane)
  /// Is only passed on: tables, other images.
  case carried(CarriedHDU)

  package var name: String {
    switch self {
    case .plane(let plane): plane.name
    case .carried(let hdu): hdu.name
    }
  }
}
