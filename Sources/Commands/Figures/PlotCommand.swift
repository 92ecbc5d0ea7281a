import Calling
import Files
import Foundation
import Kernels
import Pipeline
import Plot

/// `plot`: a figure of any value.
struct PlotCommand: Command {
  static let info = CommandInfo(
    "plot", "Draw a value to a PNG or PDF file, or show the figure", family: .figures, effect: .files,
    discussion: [
      "Without a file, the figure appears under the cell of a notebook, or in a terminal as show draws it.",
      "The suffix of the file decides between PNG and PDF. Images have a colour bar, and mask= draws a mask over "
        + "them; stacks and mask sets become contact sheets; diagrams show simulated and real counts with a boundary.",
      "width, font, fontsize, linewidth, map and dpi apply to this figure; set plot.width etc. applies to all.",
    ])

  enum Scale: String, WordParameter {
    case zscale, minmax, percentile

    var display: DisplayScale {
      switch self {
      case .zscale: .zscale
      case .minmax: .minMax
      case .percentile: .percentile(99.5)
      }
    }
  }

  @Parameter("what to draw", positional: true) var value: Value
  @Parameter("file ending in .png or .pdf", positional: true) var file: FileName? = nil
  @Parameter("lower limit of the colours", unit: "image", in: -1e30...1e30) var vmin: Double? = nil
  @Parameter("upper limit of the colours", unit: "image", in: -1e30...1e30) var vmax: Double? = nil
  @Parameter("part of the image") var region: Section? = nil
  @Parameter("mask to lay over an image") var mask: Mask? = nil
  @Parameter("how missing limits are found") var scale = Scale.zscale
  @Parameter("how values become colours") var norm = Norm.Kind.linear
  @Parameter("boundary to draw over a diagram") var boundary: Boundary? = nil
  @Parameter("draw the histogram of the pixel values instead of the image") var histogram = false
  @Parameter("column of a table along x; if omitted, the first numeric one") var x: VariableName? = nil
  @Parameter("columns of a table to draw; if omitted, all other numeric ones", rest: true)
  var y: [VariableName] = []
  @Parameter("logarithmic x axis for a table") var xlog = false
  @Parameter("logarithmic y axis for a table") var ylog = false
  @Parameter("title") var title: String? = nil
  @Parameter("replace an existing file") var overwrite = false
  @StyleParameters var look: StyleParameters

  static func check(_ bound: Bound) throws {
    try FigureOptions.check(bound)
    guard case .text(let path)? = bound["file"] else {
      if bound["file"] == nil { try bound.refuse(["overwrite"], "without a file") }
      return
    }
    if path.lowercased().hasSuffix(".pdf") {
      try bound.refuse(["dpi"], "on a PDF file, which has lines, not pixels")
    }
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    guard let file else { return try show(context) }
    let output = try AtomicFile(file.path, existing: .init(overwrite: overwrite))
    let path = file.path.lowercased()
    let isPNG = path.hasSuffix(".png")
    guard isPNG || path.hasSuffix(".pdf") else {
      throw CRSError.usage("'\(file.path)' has no known ending", parameter: "file", expected: ".png or .pdf")
    }
    let figure = try figure(context)
    noteWhatIsLeftOut(context)
    noteLetters(look.applied(to: context.figures).plotStyle.fontFamily, context)
    if isPNG { try figure.write(png: output) } else { try figure.write(pdf: output) }
    try output.commit()
    context.keep(figure)
    context.report("wrote \(file.path.visible)")
    return CommandResult()
  }

  /// Letters that no font has are empty boxes in the figure.
  private func noteLetters(_ family: String, _ context: CommandContext) {
    var text = title ?? ""
    if case .table(let table) = value { text += table.columns.joined() }
    let missing = FontCoverage.missing(in: text, preferred: family)
    guard !missing.isEmpty else { return }
    context.note(
      "no font of this machine has \(missing.map(String.init).joined(separator: " ")); font=FAMILY names one once it "
        + "is installed")
  }

  /// Says what a figure of a table does not show.
  private func noteWhatIsLeftOut(_ context: CommandContext) {
    guard case .table(let table) = value else { return }
    let numeric = table.columns.indices.filter { k in
      table.rows.allSatisfy { row in
        switch row[k] {
        case .integer, .real: true
        case .text, .flag: false
        }
      }
    }
    if y.isEmpty, numeric.count > 11 {
      context.note("10 of \(numeric.count - 1) columns are drawn; y=[NAME, ...] chooses others")
    }
    func count(_ name: String?) -> Int {
      guard let place = name.flatMap(table.columns.firstIndex) else { return 0 }
      return table.rows.count { row in
        switch row[place] {
        case .integer(let number): number <= 0
        case .real(let number): number <= 0
        case .text, .flag: false
        }
      }
    }
    let xName = x?.name ?? (numeric.count > 1 ? table.columns[numeric[0]] : nil)
    let yNames = y.isEmpty ? numeric.map { table.columns[$0] }.filter { $0 != xName } : y.map(\.name)
    let missing = (xlog ? count(xName) : 0) + (ylog ? yNames.prefix(10).map(count).reduce(0, +) : 0)
    if missing > 0 {
      context.note("\(missing) values are not above 0 and have no place on a logarithmic axis")
    }
  }

  /// Shows the figure where there is a place for it, else says so.
  private func show(_ context: CommandContext) throws -> CommandResult {
    let figure = try figure(context)
    noteWhatIsLeftOut(context)
    noteLetters(look.applied(to: context.figures).plotStyle.fontFamily, context)
    if !context.draw(figure) {
      if let terminal = context.pictureTerminal() {
        try TerminalPicture(terminal: terminal, report: context.report).show(figure)
      } else {
        context.note("plot without a file draws nothing here; plot VALUE FILE.png writes a figure")
      }
    }
    return CommandResult(isRecorded: false)
  }

  private func figure(_ context: CommandContext) throws -> Figure {
    try figure(
      of: value, context, region: region, mask: mask, boundary: boundary, scale: scale, vmin: vmin,
      vmax: vmax, style: look.applied(to: context.figures).plotStyle)
  }

  /// The figure of a value; what `show` chooses differently is handed over.
  func figure(
    of value: Value, _ context: CommandContext, region: Section?, mask: Mask?, boundary: Boundary?,
    scale: Scale, vmin: Double?, vmax: Double?, style: PlotStyle
  ) throws -> Figure {
    let display = ImageDisplay(
      vmin: vmin, vmax: vmax, region: region, scale: scale.display, norm: norm)
    try checkHistogram(of: value)
    switch value {
    case .mask(let mask): return try ValuePlots.mask(mask, title: title, region: region, style: style)
    case .stack(let stack): return try ValuePlots.stack(stack, title: title, display: display, style: style)
    case .maskSet(let set): return try ValuePlots.maskSet(set, title: title, style: style)
    case .diagram(let diagram): return try ValuePlots.diagram(diagram, boundary: boundary, style: style)
    case .boundary(let boundary): return try ValuePlots.boundary(boundary, style: style)
    case .table(let table):
      return try ValuePlots.table(
        table, x: x?.name, y: y.map(\.name), isLogX: xlog, isLogY: ylog, title: title, style: style)
    default:
      let image = try context.reading.image(value)
      let shown = try region?.validated(inside: image.shape, parameter: "region")
      if !histogram {
        try FigureOptions.check(
          context.call.bound, forShown: shown.map { Shape(width: $0.width, height: $0.height) } ?? image.shape
        )
      }
      return histogram
        ? try ValuePlots.histogram(image.pixels, title: title, display: display, style: style)
        : try ValuePlots.image(image, mask: mask, title: title, display: display, style: style)
    }
  }

  private func checkHistogram(of value: Value) throws {
    guard histogram else { return }
    switch value {
    case .mask, .stack, .maskSet, .diagram, .boundary, .table:
      throw CRSError.usage(
        "a histogram of a \(value.kindName)", parameter: "histogram", expected: "an Image or a FITS file",
        hint: "an exposure of a stack is stack[1]")
    default: break
    }
  }
}
