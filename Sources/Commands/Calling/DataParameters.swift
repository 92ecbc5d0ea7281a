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
  /// Reads a file and tells what it took: the HDU where there are several, masks and errors.
  ///
  /// - Parameter report: takes the line on masks and errors; nil for a note.
  static func read(
    _ path: String, hdu: HDUSelector? = nil, options: PlaneOptions = PlaneOptions(), strict: Bool = false,
    context: CommandContext, report: ((String) -> Void)? = nil
  ) throws -> Image {
    let report = report ?? { context.note("\(path): \($0)") }
    return
      try FITSReader.image(at: path, hdu: hdu, options: options, strict: strict, work: context.work) { told in
        told.notes.forEach { context.note("\(path): \($0)") }
        if let line = told.planes { report(line) }
      }
  }
}

extension Stack: ParameterValue {
  package static var kind: ParameterManifest.Kind { .stack }
  package var defaultText: String { "" }
  package static func make(from value: Value, context: CommandContext) throws -> Stack {
    switch value {
    case .stack(let stack): return stack
    case .image(let image): return try Stack(exposures: [image])
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
    case .list(let values) where !values.isEmpty:
      return try MaskSet(exposures: values.map { try Mask.make(from: $0, context: context) })
    case .text(let path): return try FITSReader.maskSet(at: path, work: context.work)
    default: throw mismatch(value, "a MaskSet, a crmasks.fits file, or a list of masks")
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

extension Value {
  /// Reads `[1, 2, [3, 4], word]`: numbers, words and lists within lists, nothing evaluated.
  static func list(parsing text: String) throws -> [Value] {
    let failure = CRSError.usage("'\(text)' is not a list", expected: "[value, value, ...]")
    var open: [[Value]] = []
    var word = ""
    func element(_ word: String) -> Value {
      let word = word.trimmingBlanks()
      if let integer = Int(word) { return .integer(integer) }
      if let number = Double(word), number.isFinite { return .number(number) }
      return .text(word)
    }
    func flush() {
      if !word.trimmingBlanks().isEmpty { open[open.count - 1].append(element(word)) }; word = ""
    }
    var result: [Value]?
    for character in text {
      guard result == nil || character.isWhitespace else { throw failure }
      switch character {
      case "[":
        guard open.count < 50, word.trimmingBlanks().isEmpty else { throw failure }
        open.append([])
      case ",":
        guard !open.isEmpty else { throw failure }
        flush()
      case "]":
        guard !open.isEmpty else { throw failure }
        flush()
        let closed = open.removeLast()
        if open.isEmpty { result = closed } else { open[open.count - 1].append(.list(closed)) }
      default:
        guard !open.isEmpty || character.isWhitespace else { throw failure }
        word.append(character)
      }
    }
    guard let result else { throw failure }
    return result
  }
}

extension Table: ParameterValue {
  package static var kind: ParameterManifest.Kind { .table }
  package var defaultText: String { "" }
  package static func make(from value: Value, context: CommandContext) throws -> Table {
    guard case .table(let table) = value else { throw mismatch(value, "a Table") }
    return table
  }
}
