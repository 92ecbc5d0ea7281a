import Core
import Plot

/// `plot`: figures of values.
struct PlotCommand: Command {
  static let info = CommandInfo(
    "plot", "Draw a diagram into a PNG or PDF file", family: .figures,
    discussion: ["The ending of the file decides between PNG and PDF."])

  @Parameter("diagram made by mmdiagram", positional: true) var value: Diagram
  @Parameter("file ending in .png or .pdf", positional: true) var file: FileName
  @Parameter("boundary to draw over it") var boundary: Boundary? = nil

  func run(_ context: CommandContext) throws -> CommandResult {
    let figure = try DiagnosticHistogram2D.figure(diagram: value, boundary: boundary)
    let path = file.path.lowercased()
    if path.hasSuffix(".png") {
      try figure.write(png: file.path)
    } else if path.hasSuffix(".pdf") {
      try figure.write(pdf: file.path)
    } else {
      throw CRSError.usage("'\(file.path)' has no known ending", parameter: "file", expected: ".png or .pdf")
    }
    context.report("wrote \(file.path)")
    return CommandResult()
  }
}
