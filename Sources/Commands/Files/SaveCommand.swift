import Core

/// `save`: values to FITS, CSV or YAML files.
struct SaveCommand: Command {
  static let info = CommandInfo(
    "save", "Write a value: FITS for pixels, CSV for tables, YAML for boundaries", family: .files,
    discussion: [
      "The cards of the input are kept verbatim and the script that made the value is written into HISTORY. Existing "
        + "files are replaced only with overwrite=yes; the file appears complete or not at all."
    ])

  enum Bits: String, WordParameter {
    case uint8 = "8"
    case int16 = "16"
    case int32 = "32"
    case int64 = "64"
    case float32 = "-32"
    case float64 = "-64"

    static func make(from value: Value, context: CommandContext) throws -> Bits {
      if case .integer(let number) = value, let bits = Bits(rawValue: "\(number)") { return bits }
      if case .text(let text) = value, let bits = Bits(rawValue: text) { return bits }
      throw mismatch(value, "one of 8, 16, 32, 64, -32, -64")
    }

    var pixelType: PixelType {
      switch self {
      case .uint8: .uint8
      case .int16: .int16
      case .int32: .int32
      case .int64: .int64
      case .float32: .float32
      case .float64: .float64
      }
    }
  }

  enum Compress: String, WordParameter { case no, gzip, tiles }

  @Parameter("what to write", positional: true) var value: Value
  @Parameter("the file", positional: true) var file: FileName
  @Parameter("replace a file that exists") var overwrite = false
  @Parameter("number type of the pixels, FITS BITPIX") var bitpix: Bits? = nil
  @Parameter("lossless compression") var compress = Compress.no

  func run(_ context: CommandContext) throws -> CommandResult {
    let compression: FITSCompression? =
      switch compress {
      case .no: nil
      case .gzip: .gzip
      case .tiles: .tiles
      }
    try ValueWriter.write(
      value, to: file.path, overwrite: overwrite, pixelType: bitpix?.pixelType, compression: compression,
      history: context.provenance, work: context.work)
    context.report("wrote \(file.path)")
    return CommandResult()
  }
}
