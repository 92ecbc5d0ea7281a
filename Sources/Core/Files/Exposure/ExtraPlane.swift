import Kernels

/// A named plane of an image's size that travels with the image and is written as an extension of that name: quality,
/// errors, or anything else that a file holds beside its image.
package struct ExtraPlane: Sendable, Equatable {
  package var name: String
  /// Numbers as they are stored, of a type that FITS stores as it is; `header` and `scaling` say what they mean. One
  /// below the other where the plane has further axes.
  package var pixels: StoredPixels
  package var header: Header
  /// Its place in the file that it was read from; nil where it was made.
  package var number: Int?
  /// BSCALE and BZERO cards as they stand in the file.
  package var scaling: [String]
  /// Lengths of the axes behind the second.
  package var furtherAxes: [Int]
  /// The pixels of the image that the plane masks, as far as it was read as a mask.
  package var mask: Mask?
  /// The errors that the plane holds, as far as it was read as errors.
  package var uncertainty: Uncertainty?

  package init(
    name: String, pixels: StoredPixels, header: Header = Header(), number: Int? = nil, scaling: [String] = [],
    furtherAxes: [Int] = [],
    mask: Mask? = nil, uncertainty: Uncertainty? = nil
  ) {
    self.name = name
    self.pixels = pixels
    self.header = header
    self.number = number
    self.scaling = scaling
    self.furtherAxes = furtherAxes
    self.mask = mask
    self.uncertainty = uncertainty
  }

  /// Planes of the image's size.
  var depth: Int { furtherAxes.reduce(1, *) }

  /// NAXISn.
  var axes: [Int] { [pixels.shape.width, pixels.shape.height / max(1, depth)] + furtherAxes }
}
