import Files
import Kernels

/// Writes values to files: FITS for pixels, CSV for tables, YAML for boundaries.
package enum ValueWriter {
  /// Writes a file that appears whole or not at all.
  ///
  /// - Parameters:
  ///   - pixelType: number type of the pixels; nil for the value's own.
  ///   - history: the script that makes the value, for HISTORY.
  /// - Throws: `CRSError` (usage) for kinds without a file format, (file) when the file exists or cannot be written,
  ///   interrupted: nothing is written then.
  package static func write(
    _ value: Value, to path: String, overwrite: Bool, pixelType: PixelType? = nil,
    compression: FITSCompression? = nil, history: [String] = [], work: Work
  ) throws {
    let file = try AtomicFile(path, existing: .init(overwrite: overwrite))
    try write(
      value, to: file, pixelType: pixelType, compression: compression, history: history, work: work)
    try file.commit()
  }

  /// Writes all of a file that the caller commits.
  ///
  /// - Throws: `CRSError`: usage for kinds without a file format, file, interrupted.
  package static func write(
    _ value: Value, to file: AtomicFile, pixelType: PixelType? = nil, compression: FITSCompression? = nil,
    history: [String] = [], work: Work
  ) throws {
    let document: FITSDocument
    switch value {
    case .image(let image): document = try FITSDocument(image: image, pixelType: pixelType, history: history)
    case .stack(let stack): document = try FITSDocument(stack: stack, pixelType: pixelType, history: history)
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
        expected: "an Image, Stack, Mask, MaskSet, Table or Boundary")
    }
    try FITSWriter.write(document, to: file, compression: compression, work: work)
  }
}
