import Calling
import Files
import Foundation
import Kernels
import Pipeline
import Plot

/// `show`: a picture of a value in the terminal.
struct ShowCommand: Command {
  static let info = CommandInfo(
    "show", "Show a value in the terminal or in a notebook", family: .figures,
    discussion: [
      "Terminals of the kitty and iTerm2 families, and those that announce sixel, show the figure itself, others "
        + "coloured half blocks. Without a terminal a note says so; plot writes figures to files."
    ])

  @Parameter("image, stack, mask, masks, diagram, boundary, table or FITS file", positional: true) var value:
    Value
  @Parameter("part of the image", unit: "pixel") var region: Section? = nil
  @Parameter("mask to lay over an image") var mask: Mask? = nil
  @Parameter("boundary to draw over a diagram") var boundary: Boundary? = nil
  @Parameter("how missing limits are found") var scale = PlotCommand.Scale.zscale
  @Parameter("lower limit of the colours", unit: "image", in: -1e30...1e30) var vmin: Double? = nil
  @Parameter("upper limit of the colours", unit: "image", in: -1e30...1e30) var vmax: Double? = nil

  static func check(_ bound: Bound) throws { try FigureOptions.check(bound) }

  func run(_ context: CommandContext) throws -> CommandResult {
    let terminal = context.pictureTerminal()
    let figure = try figure(context, isInTerminal: terminal != nil)
    if context.draw(figure) { return CommandResult() }
    guard let terminal else {
      context.note("there is no terminal to show it in; plot VALUE FILE.png writes a figure")
      return CommandResult()
    }
    if terminal.graphics == .blocks, let line = try line(context) {
      line.lines(columns: terminal.columns, rows: terminal.rows).forEach(context.report)
      return CommandResult()
    }
    switch (terminal.graphics, value) {
    case (.blocks, .diagram), (.blocks, .boundary), (.blocks, .table), (.blocks, .maskSet), (.blocks, .stack):
      try TerminalPicture(terminal: terminal, report: context.picture).show(figure)
    case (.blocks, _):
      TerminalPicture(terminal: terminal, report: context.picture).blocks(of: try picture(context, terminal))
    default:
      try TerminalPicture(terminal: terminal, report: context.picture).show(figure)
    }
    return CommandResult()
  }

  /// A row or column as a line; nil for all else.
  private func line(_ context: CommandContext) throws -> TerminalLine? {
    var image: Image
    switch value {
    case .image(let own): image = own
    case .text: image = try context.reading.image(value)
    default: return nil
    }
    var flags = mask?.plane
    if let region {
      let inside = try region.validated(inside: image.shape, parameter: "region")
      image = image.section(inside)
      flags = flags?[inside]
    }
    guard image.width == 1 || image.height == 1, image.pixels.count > 1 else { return nil }
    let isRow = image.height == 1
    return TerminalLine(
      values: image.exactValues.pixels, first: 1 + (isRow ? image.header.corner.x : image.header.corner.y),
      axis: isRow ? "x" : "y", limits: (vmin, vmax), flags: flags.map { $0.pixels.map { $0 != 0 } } ?? [])
  }

  private func figure(_ context: CommandContext, isInTerminal: Bool) throws -> Figure {
    var style = context.figures
    if isInTerminal { style.width = nil }  // the terminal decides how large
    return try PlotCommand().figure(
      of: value, context, region: region, mask: mask, boundary: boundary, scale: scale,
      vmin: vmin, vmax: vmax, style: style.plotStyle)
  }

  /// The image's own pixels, the brightest of those that share a dot.
  private func picture(_ context: CommandContext, _ terminal: TerminalInfo) throws -> FigurePixels {
    var plane: Plane<Float>
    if case .mask(let mask) = value {
      plane = mask.plane.map { Float($0) }
    } else {
      plane = try context.reading.image(value).pixels
    }
    var overlay = mask?.plane
    if let region {
      let inside = try region.validated(inside: plane.shape, parameter: "region")
      plane = plane[inside]
      overlay = overlay?[inside]
    }
    if let overlay, overlay.shape != plane.shape {
      throw CRSError.data(
        "the mask is \(overlay.shape)", parameter: "mask", expected: "the image's shape \(plane.shape)")
    }
    var isMask = false
    if case .mask = value { isMask = true }
    let found =
      isMask
      ? DisplayRange(lower: 0, upper: 1)
      : scale.display.range(of: plane.pixels)
    let limits = DisplayRange(lower: vmin ?? found.lower, upper: vmax ?? found.upper)
    let dots = ImageDots(plane, overlay: overlay, in: terminal)
    let legend =
      isMask
      ? "flagged pixels are bright"
      : limits.lower == limits.upper
        ? "all pixels are \(limits.lower.short)"
        : "\(limits.lower.short) (dark) to \(limits.upper.short) (bright)"
    context.report(legend + ", " + dots.scaleText)
    return dots.picture(limits, (context.figures.map ?? .viridis).colorMap)
  }
}
