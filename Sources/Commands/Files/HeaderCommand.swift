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
      if let found = header.reading(keyword) {
        if found.literal.isEmpty, !found.isText { context.note("\(keyword.uppercased()) has no value") }
        context.report(found.literal)
      } else {
        let lines = header.commentary(keyword)
        guard !lines.isEmpty else {
          throw CRSError.data(
            "the header has no \(keyword.uppercased())", parameter: "keyword",
            hint: didYouMean(keyword.uppercased(), among: header.keywords))
        }
        lines.forEach(context.report)
      }
    } else {
      header.cards.forEach(context.report)
    }
    return CommandResult()
  }
}
