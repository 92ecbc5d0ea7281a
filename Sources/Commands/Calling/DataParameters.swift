import Files
import Kernels
import Pipeline

/// Wherever an image is expected a FITS file name is accepted too.
extension Image: ParameterValue {
  package static var kind: ParameterManifest.Kind { .image }
  package var defaultText: String { "" }
  package static func make(from value: Value, context: CommandContext) throws -> Image {
    switch value {
    case .image(let image): return image
    case .text(let path): return try Image.read(path, context: context)
    case .mask(let mask): return Image(pixels: mask.plane.map { Float($0) }, unit: .none, storedType: .uint8)
    default: throw mismatch(value, "an Image or a FITS file")
    }
  }
}

extension Image {
  /// Reads a file and tells which masks and errors in it belong to no pixel of the image.
  static func read(_ path: String, hdu: HDUSelector? = nil, context: CommandContext) throws -> Image {
    let image = try FITSReader.image(at: path, hdu: hdu, work: context.work)
    for name in image.carried.map({ $0.name.uppercased() }) where ["MASK", "UNCERT"].contains(name) {
      context.note("\(path): the extension \(name) does not fit the image (\(image.shape)) and is not used")
    }
    return image
  }
}

extension Stack: ParameterValue {
  package static var kind: ParameterManifest.Kind { .stack }
  package var defaultText: String { "" }
  package static func make(from value: Value, context: CommandContext) throws -> Stack {
    switch value {
    case .stack(let stack): return stack
    case .image(let image): return try Stack(exposures: [image], detector: image.detector)
    case .text(let path):
      if let stack = try FITSReader.stack(at: path, work: context.work) { return stack }
      return try Stack(exposures: [Image.read(path, context: context)])
    case .list(let values):
      return try Stack(exposures: values.map { try Image.make(from: $0, context: context) })
    default: throw mismatch(value, "a Stack, a list of FITS files, or a stack file")
    }
  }
}

extension Mask: ParameterValue {
  package static var kind: ParameterManifest.Kind { .mask }
  package var defaultText: String { "" }
  package static func make(from value: Value, context: CommandContext) throws -> Mask {
    switch value {
    case .mask(let mask): return mask
    case .text(let path): return try FITSReader.mask(at: path, work: context.work)
    case .image(let image): return Mask(plane: image.pixels.map { $0 != 0 ? 1 : 0 })
    default: throw mismatch(value, "a Mask or a FITS file")
    }
  }
}

extension MaskSet: ParameterValue {
  package static var kind: ParameterManifest.Kind { .maskSet }
  package var defaultText: String { "" }
  package static func make(from value: Value, context: CommandContext) throws -> MaskSet {
    switch value {
    case .maskSet(let masks): return masks
    case .text(let path): return try FITSReader.maskSet(at: path, work: context.work)
    default: throw mismatch(value, "a MaskSet or a crmasks.fits file")
    }
  }
}

extension Diagram: ParameterValue {
  package static var kind: ParameterManifest.Kind { .diagram }
  package var defaultText: String { "" }
  package static func make(from value: Value, context: CommandContext) throws -> Diagram {
    guard case .diagram(let diagram) = value else { throw mismatch(value, "a Diagram, made by mmdiagram") }
    return diagram
  }
}

extension Boundary: ParameterValue {
  package static var kind: ParameterManifest.Kind { .boundary }
  package var defaultText: String { "" }
  package static func make(from value: Value, context: CommandContext) throws -> Boundary {
    switch value {
    case .boundary(let boundary): return boundary
    case .text(let path): return try Boundary.read(path)
    default: throw mismatch(value, "a Boundary or a boundary file")
    }
  }
}

extension Value: ParameterValue {
  package static var kind: ParameterManifest.Kind { .value }
  package var defaultText: String { literal ?? "" }
  package static func make(from value: Value, context: CommandContext) throws -> Value { value }
}

extension Table: ParameterValue {
  package static var kind: ParameterManifest.Kind { .table }
  package var defaultText: String { "" }
  package static func make(from value: Value, context: CommandContext) throws -> Table {
    guard case .table(let table) = value else { throw mismatch(value, "a Table") }
    return table
  }
}
