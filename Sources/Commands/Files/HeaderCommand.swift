import Calling
import Files
import Kernels
import Pipeline

/// `header`: the cards of an image or file.
struct HeaderCommand: Command {
  static let info = CommandInfo(
    "header", "Print the header cards of an image or file", family: .files, isListing: true)

  @Parameter("image or FITS file", positional: true) var value: Value
  @Parameter(
    "print only the value of this keyword; also looked for in an empty primary HDU", positional: true)
  var keyword: String? = nil
  @Parameter("extension of a file: number or name") var ext: String? = nil

  func run(_ context: CommandContext) throws -> CommandResult {
    let cards: ExposureCards
    switch value {
    case .text(let path):
      cards = try FITSReader.cards(
        at: path, hdu: ext.map { name in Int(name).map { .number($0) } ?? .name(name) })
    case .image(let image): cards = image.cards
    case .stack(let stack): cards = stack.exposures[0].cards
    case .mask(let mask) where mask.owner is MaskHeader:
      cards = ExposureCards(own: (mask.owner as? MaskHeader)?.header ?? Header())
    default:
      throw CRSError.usage(
        "a value of kind \(value.kindName) has no header",
        expected: "an Image, a Mask made from one, or a file")
    }
    if let keyword { try report(keyword, cards, context) } else { cards.ownCards.forEach(context.report) }
    return CommandResult()
  }

  private func report(_ keyword: String, _ cards: ExposureCards, _ context: CommandContext) throws {
    let name = keyword.uppercased()
    let lines = cards.commentary(keyword)
    guard lines.isEmpty else { return lines.forEach(context.report) }
    guard let found = cards.find(keyword) else {
      throw CRSError.data(
        "the header has no \(name)", parameter: "keyword", hint: didYouMean(name, among: cards.keywords))
    }
    if found.reading.literal.isEmpty, !found.reading.isText { context.note("\(name) has no value") }
    if found.isInherited { context.note("\(name) is in HDU 0, the primary header") }
    context.report(found.reading.literal)
  }
}
