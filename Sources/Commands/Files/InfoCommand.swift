import Calling
import Files
import Pipeline

/// `info`: what a value or a file holds.
struct InfoCommand: Command {
  static let info = CommandInfo("info", "Tell what a value or a file holds", family: .files, isListing: true)

  @Parameter("value or FITS file", positional: true) var value: Value

  func run(_ context: CommandContext) throws -> CommandResult {
    switch value {
    case .text(let path): context.show(page(path, try FITSReader.listing(of: path)))
    case .stack(let stack):
      let summaries = stack.exposures.map(\.summary)
      context.show(
        Page(
          [value.summary] + summaries.enumerated().map { "  \($0.offset + 1): \($0.element)" },
          parts: [
            .paragraph(value.summary),
            .table(
              columns: ["exposure", "image"],
              rows: summaries.enumerated().map { ["\($0.offset + 1)", $0.element] }),
          ]))
    case .maskSet(let masks):
      context.show(Page([value.summary] + CrmasksReport.listing(masks)))
    case .image(let image):
      var facts: [(name: String, fact: String)] = []
      if let uncertainty = image.uncertainty { facts.append(("UNCERT:", uncertainty.kind.rawValue)) }
      facts += image.planes.map { ("plane", $0.name) }
      facts.append(("\(image.header.cards.count)", "header cards"))
      context.show(
        Page(
          [value.summary] + facts.map { "  \($0.name) \($0.fact)" },
          parts: [.paragraph(value.summary), .table(columns: [], rows: facts.map { [$0.name, $0.fact] })]))
    case .table(let table):
      context.show(Page([value.summary] + TableText.lines(table), parts: [.paragraph(value.summary)] + [.table(table)]))
    default: context.report(value.summary)
    }
    return CommandResult()
  }

  private func page(_ path: String, _ listing: [HDUSummary]) -> Page {
    let columns = ["No.", "Name", "Ver", "Type", "Cards", "Dimensions", "Format"]
    let rows = listing.map { hdu in
      [
        "\(hdu.number)", hdu.name, "\(hdu.version)", hdu.kind.rawValue, "\(hdu.cards)",
        "(" + hdu.dimensions.map { "\($0)" }.joined(separator: ", ") + ")", hdu.format,
      ]
    }
    let lines = rows.map { row in
      let head = row[0].leftPadded(to: 3) + "  " + row[1].rightPadded(to: 14)
      let middle = " " + row[2].leftPadded(to: 3) + "  " + row[3].rightPadded(to: 14)
      return head + middle + "  " + row[4].leftPadded(to: 5) + "  " + row[5].rightPadded(to: 14) + " " + row[6]
    }
    return Page(
      ["Filename: \(path)", "No.  Name           Ver  Type            Cards  Dimensions     Format"] + lines,
      parts: [.paragraph("Filename: \(path)"), .table(columns: columns, rows: rows)])
  }
}
