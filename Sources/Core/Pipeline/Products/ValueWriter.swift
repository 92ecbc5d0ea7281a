import Files
import Foundation
import Kernels

/// Writes values to files: FITS for pixels, CSV for tables, YAML for boundaries.
package enum ValueWriter {
  /// - Parameters:
  ///   - pixelType: number type of the pixels; nil for the value's own.
  ///   - history: the script that makes the value, for HISTORY.
  /// - Throws: `CRSError` (usage) for kinds without a file format, (file) when the file exists or cannot be written,
  ///   interrupted: nothing is written then.
  package static func write(
    _ value: Value, to path: String, overwrite: Bool, pixelType: PixelType? = nil,
    compression: FITSCompression? = nil, checksums: Bool = true, history: [String] = [], work: Work
  ) throws {
    let document: FITSDocument
    switch value {
    case .image(let image): document = try FITSDocument(image: image, pixelType: pixelType, history: history)
    case .stack(let stack): document = try FITSDocument(stack: stack, pixelType: pixelType, history: history)
    case .mask(let mask): document = FITSDocument(mask: mask, history: history)
    case .maskSet(let masks): document = FITSDocument(maskSet: masks)
    case .table(let table):
      try OutputName.check(path, for: .table)
      return try write(text: table.csv, to: path, overwrite: overwrite)
    case .boundary(let boundary):
      try OutputName.check(path, for: .boundary)
      return try write(text: boundary.yamlText, to: path, overwrite: overwrite)
    default:
      throw CRSError.usage(
        "a value of kind \(value.kindName) has no file format", parameter: "value",
        expected: "an Image, Stack, Mask, MaskSet, Table or Boundary")
    }
    try FITSWriter.write(
      document, to: path, overwrite: overwrite, compression: compression, checksums: checksums, work: work)
  }

  /// Writes text under a temporary name and renames it.
  package static func write(text: String, to path: String, overwrite: Bool) throws {
    try OutputName.check(path)
    guard overwrite || !FileManager.default.fileExists(atPath: path) else {
      throw CRSError.file("the file exists already", file: path, hint: "overwrite=yes replaces it")
    }
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CRSError.file("the file cannot be written", file: path, expected: "a folder that can be written")
    }
  }
}
