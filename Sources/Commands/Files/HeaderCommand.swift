import Calling
import Files
import Kernels
import Pipeline

/// `header`: the cards of an image or file.
struct HeaderCommand: Command {
  static let info = CommandInfo(
    "header", "Print the header cards of an image or file", family: .files, isListing: true)

  @Parameter("image or FITS file", positional: true) var value: Value
  @Parameter("print only the value of this keyword", positional: true) var keyword: String? = nil
  @Parameter("extension of a file: number or name") var ext: String? = nil

  func run(_ context: CommandContext) throws -> CommandResult {
    let header: Header
    switch value {
    case .text(let path):
      header = try FITSReader.header(
        at: path, hdu: ext.map { name in Int(name).map { .number($0) } ?? .name(name) })
    case .image(let image): header = image.header
    case .stack(let stack): header = stack.exposures[0].header
    default:
      throw CRSError.usage("a value of kind \(value.kindName) has no header", expected: "an Image or a file")
    }
    if let keyword {
      guard let found = header[keyword] else {
        throw CRSError.data("the header has no \(keyword.uppercased())", parameter: "keyword")
      }
      switch found {
      case .text(let text): context.report(text)
      case .integer(let number): context.report("\(number)")
      case .real(let number): context.report(number.plain)
      case .logical(let flag): context.report(flag ? "T" : "F")
      }
    } else {
      header.cards.forEach(context.report)
    }
    return CommandResult()
  }
}
