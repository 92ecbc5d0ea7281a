import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// `save`: values to FITS, CSV or YAML files.
struct SaveCommand: Command {
  static let info = CommandInfo(
    "save", "Write a value: FITS for pixels, CSV for tables, YAML for boundaries", family: .files,
    effect: .files,
    discussion: [
      "The cards of the input are kept verbatim and the script that made the value is written into HISTORY. Existing "
        + "files are replaced only with overwrite=yes; the file appears complete or not at all.",
      "Images keep the layout of their file: other HDUs stay where they were. Results are real numbers; bitpix=input "
        + "writes them in the number type of the input, unsigned integers with BZERO. Values that do not fit are an error "
        + "unless clip=yes. A list made by load ext=all becomes one file again.",
    ])

  enum Bits: String, WordParameter {
    case uint8 = "8"
    case int16 = "16"
    case int32 = "32"
    case int64 = "64"
    case float32 = "-32"
    case float64 = "-64"
    case input

    var type: SavedType {
      switch self {
      case .uint8: .given(.uint8)
      case .int16: .given(.int16)
      case .int32: .given(.int32)
      case .int64: .given(.int64)
      case .float32: .given(.float32)
      case .float64: .given(.float64)
      case .input: .input
      }
    }
  }

  enum Compress: String, WordParameter { case no, gzip, tiles }

  @Parameter("what to write", positional: true) var value: Value
  @Parameter("the file", positional: true) var file: FileName
  @Parameter("replace a file that exists") var overwrite = false
  @Parameter("number type of the pixels, FITS BITPIX; input: that of the file the value comes from")
  var bitpix: Bits? = nil
  @Parameter("write values that do not fit the number type as its limits, instead of an error") var clip =
    false
  @Parameter("lossless compression") var compress = Compress.no
  @Parameter("write DATASUM and CHECKSUM") var checksum = true

  func run(_ context: CommandContext) throws -> CommandResult {
    let compression: FITSCompression? =
      switch compress {
      case .no: nil
      case .gzip: .gzip
      case .tiles: .tiles
      }
    var value = value
    if case .text(let path) = value, FileManager.default.fileExists(atPath: path) {
      value = .image(try context.reading.image(at: path))
    }
    switch value {
    case .table, .boundary:
      try context.call.bound.refuse(
        ["bitpix", "clip", "compress", "checksum"], "on a value of kind \(value.kindName)",
        expected: "it for pixels")
    case .mask, .maskSet:
      try context.call.bound.refuse(["bitpix", "clip"], "on masks: they are written as bytes")
    default: break
    }
    let type = bitpix?.type ?? .own
    if clip { noteClipped(value, type, context) }
    try ValueWriter.write(
      value, to: file.path, overwrite: overwrite, type: type, clips: clip, compression: compression,
      checksums: checksum, history: context.call.provenance(), work: context.work)
    context.report("wrote \(file.path)")
    return CommandResult()
  }

  /// Says how many values an integer type does not hold.
  private func noteClipped(_ value: Value, _ type: SavedType, _ context: CommandContext) {
    let images: [Image] =
      switch value {
      case .image(let image): [image]
      case .stack(let stack): stack.exposures
      case .list(let values): values.compactMap { if case .image(let image) = $0 { image } else { nil } }
      default: []
      }
    guard let first = images.first else { return }
    let saved = type.pixelType(of: first) ?? first.storedType
    let outside = images.map { $0.misfits(saved).count }.reduce(0, +)
    if outside > 0 {
      context.note("\(outside) values lie outside the range of \(saved) and are written as its limits")
    }
  }
}
