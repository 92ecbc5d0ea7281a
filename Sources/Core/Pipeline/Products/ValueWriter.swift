import Files
import Kernels

/// Writes values to files: FITS for pixels, CSV for tables, YAML for boundaries.
package enum ValueWriter {
  /// Whether values of that kind can be files; what any value is shows when it is there.
  package static func hasFormat(_ kind: Kind) -> Bool {
    switch kind {
    case .image, .stack, .mask, .maskset, .table, .boundary, .any: true
    default: false
    }
  }

  /// Makes sure, before it is made, that a value of that kind can be written to a file of that name.
  ///
  /// - Throws: `CRSError` as `write`.
  package static func check(_ path: String, for kind: Kind) throws {
    switch kind {
    case .image, .stack, .mask, .maskset:
      try OutputName.check(path, for: .pixels)
      _ = try OutputName.compression(of: path, asked: nil)
    case .table: try OutputName.check(path, for: .table)
    case .boundary: try OutputName.check(path, for: .boundary)
    case .any: break
    default:
      throw CRSError.usage(
        "a value of kind \(kind.title) has no file format", parameter: "out",
        expected: "it printed: without --out")
    }
  }

  /// Writes a file that appears whole or not at all.
  ///
  /// - Parameters:
  ///   - type: number type of the pixels.
  ///   - clips: whether values that do not fit the type become its limits; otherwise they are an error.
  ///   - history: the script that makes the value, for HISTORY.
  /// - Throws: `CRSError` (usage) for kinds without a file format, (file) when the file exists or cannot be written,
  ///   interrupted: nothing is written then.
  package static func write(
    _ value: Value, to path: String, overwrite: Bool, type: SavedType = .own, clips: Bool = false,
    compression: FITSCompression? = nil, checksums: Bool = true, history: [String] = [], work: Work
  ) throws {
    let file = try AtomicFile(path, existing: .init(overwrite: overwrite))
    try write(
      value, to: file, type: type, clips: clips, compression: compression, checksums: checksums,
      history: history,
      work: work)
    try file.commit()
  }

  /// Writes all of a file that the caller commits.
  ///
  /// - Throws: `CRSError`: usage for kinds without a file format, file, interrupted.
  package static func write(
    _ value: Value, to file: AtomicFile, type: SavedType = .own, clips: Bool = false,
    compression: FITSCompression? = nil, checksums: Bool = true, history: [String] = [], work: Work
  ) throws {
    let document: FITSDocument
    switch value {
    case .image(var image):
      // The card names the file that it stands in.
      if image.header["FILENAME"] != nil { image.header.record(filename: file.path, history: []) }
      document = try FITSDocument(
        image: image, pixelType: type.pixelType(of: image), clips: clips, history: history)
    case .stack(let stack):
      document = try FITSDocument(
        stack: stack, pixelType: type.pixelType(of: stack.exposures[0]), clips: clips, history: history)
    case .list(let values) where !values.isEmpty && values.count == values.images.count:
      document = try FITSDocument(
        layout: values.images, pixelType: type.pixelType(of: values.images[0]), clips: clips, history: history
      )
    case .list(let values) where !values.isEmpty && values.count == values.masks.count:
      document = FITSDocument(masks: values.masks, history: history)
    case .mask(let mask): document = FITSDocument(mask: mask, history: history)
    case .maskSet(let masks): document = FITSDocument(maskSet: masks)
    case .table(let table):
      try OutputName.check(file.path, for: .table)
      return try file.append(table.csv)
    case .boundary(let boundary):
      try OutputName.check(file.path, for: .boundary)
      return try file.append(boundary.yamlText)
    default:
      throw CRSError.usage(
        "a value of kind \(value.kindName) has no file format", parameter: "value",
        expected: "an Image, Stack, Mask, MaskSet, Table or Boundary, or a list of the images of one file")
    }
    try FITSWriter.write(document, to: file, compression: compression, checksums: checksums, work: work)
  }
}

/// The number type of saved pixels.
package enum SavedType: Sendable, Equatable {
  /// The value's own: that of its file, float32 for results.
  case own
  /// That of the file behind the value, also for results.
  case input
  case given(PixelType)

  package func pixelType(of image: Image) -> PixelType? {
    switch self {
    case .own: nil
    case .input: image.inputType ?? image.storedType
    case .given(let type): type
    }
  }
}

extension [Value] {
  fileprivate var images: [Image] { compactMap { if case .image(let image) = $0 { image } else { nil } } }
  fileprivate var masks: [Mask] { compactMap { if case .mask(let mask) = $0 { mask } else { nil } } }
}
