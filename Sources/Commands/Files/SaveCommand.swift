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
        + "files are replaced only with overwrite=yes; the file appears complete or not at all."
    ])

  enum Bits: String, WordParameter {
    case uint8 = "8"
    case int16 = "16"
    case int32 = "32"
    case int64 = "64"
    case float32 = "-32"
    case float64 = "-64"

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
    var value = value
    if case .text(let path) = value, FileManager.default.fileExists(atPath: path) {
      value = .image(try context.reading.image(at: path))
    }
    if let type = bitpix?.pixelType { noteClipped(value, type, context) }
    try ValueWriter.write(
      value, to: file.path, overwrite: overwrite, pixelType: bitpix?.pixelType, compression: compression,
      history: context.call.provenance(), work: context.work)
    context.report("wrote \(file.path)")
    return CommandResult()
  }

  /// Says how many values an integer type cannot hold.
  private func noteClipped(_ value: Value, _ type: PixelType, _ context: CommandContext) {
    guard let range = type.range else { return }
    let images: [Image] =
      switch value {
      case .image(let image): [image]
      case .stack(let stack): stack.exposures
      default: []
      }
    let outside = images.map { image in
      image.pixels.pixels.count { $0.isFinite && !range.contains(Double($0.rounded())) }
    }.reduce(0, +)
    if outside > 0 {
      context.note("\(outside) values lie outside the range of \(type) and are written as its limits")
    }
  }
}

extension PixelType {
  /// What an integer type of `save` holds; nil for floats.
  fileprivate var range: ClosedRange<Double>? {
    switch self {
    case .uint8: 0...255
    case .int16: -32768...32767
    case .int32: -2_147_483_648...2_147_483_647
    case .int64: -9.223372036854775e18...9.223372036854775e18
    default: nil
    }
  }
}
