import Calling
import Files
import Pipeline

/// `info`: what a value or a file holds.
struct InfoCommand: Command {
  static let info = CommandInfo("info", "Tell what a value or a file holds", family: .files, isListing: true)

  @Parameter("value or FITS file", positional: true) var value: Value

  func run(_ context: CommandContext) throws -> CommandResult {
    switch value {
    case .text(let path):
      context.report("Filename: \(path)")
      context.report("No.  Name           Ver  Type            Cards  Dimensions     Format")
      for hdu in try FITSReader.listing(of: path) {
        let head = "\(hdu.number)".leftPadded(to: 3) + "  " + hdu.name.rightPadded(to: 14)
        let middle = " " + "\(hdu.version)".leftPadded(to: 3) + "  " + hdu.kind.rawValue.rightPadded(to: 14)
        let tail =
          "  " + "\(hdu.cards)".leftPadded(to: 5) + "  "
          + ("(" + hdu.dimensions.map { "\($0)" }.joined(separator: ", ") + ")").rightPadded(to: 14)
        context.report(head + middle + tail + " " + hdu.format)
      }
    case .stack(let stack):
      context.report(value.summary)
      for (k, image) in stack.exposures.enumerated() { context.report("  \(k + 1): \(image.summary)") }
    case .maskSet(let masks):
      context.report(value.summary)
      CrmasksReport.listing(masks).forEach(context.report)
    case .image(let image):
      context.report(value.summary)
      if let uncertainty = image.uncertainty { context.report("  UNCERT: \(uncertainty.kind.rawValue)") }
      for plane in image.planes { context.report("  plane \(plane.name)") }
      context.report("  \(image.header.cards.count) header cards")
    case .table(let table):
      context.report(value.summary)
      TableText.lines(table).forEach(context.report)
    default: context.report(value.summary)
    }
    return CommandResult()
  }
}
