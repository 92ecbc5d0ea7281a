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
    name: String, pixels: Pixels, header: Header = Header(), number: Int? = nil, scaling: [String] = [],
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
  var axes: [Int] { [pixels.width, pixels.height / max(1, depth)] + furtherAxes }
}

extension ExtraPlane.Pixels {
  var bitpix: Int {
    switch self {
    case .uint8: 8
    case .int16: 16
    case .int32: 32
    case .int64: 64
    case .float32: -32
    case .float64: -64
    }
  }

  var width: Int {
    switch self {
    case .uint8(let plane): plane.width
    case .int16(let plane): plane.width
    case .int32(let plane): plane.width
    case .int64(let plane): plane.width
    case .float32(let plane): plane.width
    case .float64(let plane): plane.width
    }
  }

  var height: Int {
    switch self {
    case .uint8(let plane): plane.height
    case .int16(let plane): plane.height
    case .int32(let plane): plane.height
    case .int64(let plane): plane.height
    case .float32(let plane): plane.height
    case .float64(let plane): plane.height
    }
  }

  /// The same with other planes of each kind, as `change` makes them.
  func changed(_ change: MovedPlane) -> ExtraPlane.Pixels {
    switch self {
    case .uint8(let plane): .uint8(change.applied(to: plane, filling: 0))
    case .int16(let plane): .int16(change.applied(to: plane, filling: 0))
    case .int32(let plane): .int32(change.applied(to: plane, filling: 0))
    case .int64(let plane): .int64(change.applied(to: plane, filling: 0))
    case .float32(let plane): .float32(change.applied(to: plane, filling: .nan))
    case .float64(let plane): .float64(change.applied(to: plane, filling: .nan))
    }
  }
}
