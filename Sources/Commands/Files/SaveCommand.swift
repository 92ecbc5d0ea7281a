import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// `save`: values to FITS, CSV or YAML files.
struct SaveCommand: Command {
  static let info = CommandInfo(
    "save", "Write a value to a FITS, CSV or YAML file", family: .files,
    effect: .files,
    discussion: [
      "crs copies the cards of the input verbatim and writes the script that made the value into HISTORY; "
        + "FILENAME, if there is one, becomes the name of the new file. Existing files are replaced only with "
        + "overwrite=yes; the file appears complete or not at all.",
      "Images keep the layout of their file: other HDUs stay where they were. Results are real numbers; "
        + "bitpix=input writes them in the number type of the input, unsigned integers with BZERO. Values that do not "
        + "fit are an error unless clip=yes. A list made by load ext=all becomes one file again.",
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

  @Parameter("value to write", positional: true) var value: Value
  @Parameter("file name", positional: true) var file: FileName
  @Parameter("replace an existing file") var overwrite = false
  @Parameter("FITS BITPIX of the pixels; input: that of the input file")
  var bitpix: Bits? = nil
  @Parameter("clip values that do not fit the number type, instead of an error") var clip =
    false
  @Parameter("lossless compression of the file") var compress = Compress.no
  @Parameter("write DATASUM and CHECKSUM") var checksum = true

  static func check(_ bound: Bound) throws {
    guard let value = bound["value"] else { return }
    switch value {
    case .table, .boundary:
      try bound.refuse(
        ["bitpix", "clip", "compress", "checksum"], "on a value of kind \(value.kindName)",
        expected: "it for pixels")
    case .mask, .maskSet: try bound.refuse(["bitpix", "clip"], "on masks: they are written as bytes")
    default: break
    }
    switch bound["bitpix"].map({ $0.text ?? $0.literal ?? "" }) {
    case nil, "-32"?, "-64"?:
      try bound.refuse(
        ["clip"], "without a bitpix of integers: every value has its place",
        expected: "bitpix=16, 32 or input beside it")
    default: break
    }
    guard case .text(let path)? = bound["file"] else { return }
    if bound.isWritten("compress"), case .text("no")? = bound["compress"],
      let said = try OutputName.compression(of: path, asked: nil)
    {
      throw bound.located(
        CRSError.usage(
          "the name '\(path)' asks for compression", expected: "compress=\(said.rawValue), or an ending .fits"
        ),
        parameter: "compress")
    }
  }

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
    let type = bitpix?.type ?? .own
    noteChanged(Self.images(of: value), type, context)
    try ValueWriter.write(
      value, to: file.path, overwrite: overwrite, type: type, clips: clip, compression: compression,
      checksums: checksum, history: context.call.provenance(), work: context.work)
    context.report("wrote \(file.path.visible)")
    return CommandResult()
  }

  /// Says how many values the number type does not hold as they are.
  private func noteChanged(_ images: [Image], _ type: SavedType, _ context: CommandContext) {
    guard let first = images.first else { return }
    let saved = type.pixelType(of: first) ?? first.storedType
    let outside = clip ? images.reduce(0) { $0 + $1.misfits(saved).count } : 0
    if outside > 0 {
      context.note("\(outside) values lie outside the range of \(saved) and are written as its limits")
    }
    if let image = images.first(where: { $0.knownDetector.bias.map { $0.value.uniform == nil } ?? false }) {
      context.note(
        "the bias of \(image.origin?.file ?? "the image") differs from pixel to pixel or between amplifiers and is not kept: one "
          + "number has a card (CRSBIAS). Give it again behind load, or save the image without its bias")
    }
    guard bitpix != nil else { return }
    let rounded = images.reduce(0) { $0 + $1.digitsLost(as: saved) }
    if rounded > 0 {
      let infinite = saved == .float32 && images.contains(where: \.hasValuesBeyondSingle)
      context.note(
        "\(rounded) value\(rounded == 1 ? "" : "s") lose\(rounded == 1 ? "s" : "") digits in \(saved)"
          + (infinite ? ", those beyond 3.4e38 become infinite" : "") + "; without bitpix= all are kept")
    }
  }

  private static func images(of value: Value) -> [Image] {
    switch value {
    case .image(let image): [image]
    case .stack(let stack): stack.exposures
    case .list(let values): values.compactMap { if case .image(let image) = $0 { image } else { nil } }
    default: []
    }
  }
}
