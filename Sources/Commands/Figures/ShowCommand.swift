import Calling
import Files
import Foundation
import Kernels
import Pipeline
import Plot

/// `show`: a picture of a value in the terminal.
struct ShowCommand: Command {
  static let info = CommandInfo(
    "show", "Show a picture of a value in the terminal or under the cell of a notebook", family: .figures,
    discussion: [
      "Terminals of the kitty and iTerm2 families and those that announce sixel get the figure itself, others coloured "
        + "half blocks. Without a terminal "
        + "a note says so; plot writes figures to files."
    ])

  @Parameter("image, stack, mask, masks, diagram, boundary, table or FITS file", positional: true) var value:
    Value
  @Parameter("part of the image", unit: "pixel") var region: Section? = nil
  @Parameter("mask to lay over an image") var mask: Mask? = nil
  @Parameter("boundary to draw over a diagram") var boundary: Boundary? = nil
  @Parameter("how limits are found") var scale = PlotCommand.Scale.zscale

  func run(_ context: CommandContext) throws -> CommandResult {
    let terminal = context.pictureTerminal()
    let figure = try figure(context, isInTerminal: terminal != nil)
    if context.draw(figure) { return CommandResult() }
    guard let terminal else {
      context.note("there is no terminal to show it in; plot VALUE FILE.png writes a figure")
      return CommandResult()
    }
    switch (terminal.graphics, value) {
    case (.blocks, .diagram), (.blocks, .boundary), (.blocks, .table), (.blocks, .maskSet), (.blocks, .stack):
      try TerminalPicture(terminal: terminal, report: context.report).show(figure)
    case (.blocks, _):
      TerminalPicture(terminal: terminal, report: context.report).blocks(of: try picture(context, terminal))
    default:
      try TerminalPicture(terminal: terminal, report: context.report).show(figure)
    }
    return CommandResult()
  }

  private func figure(_ context: CommandContext, isInTerminal: Bool) throws -> Figure {
    var style = context.figures
    if isInTerminal { style.width = nil }  // the terminal decides how large
    return try PlotCommand().figure(
      of: value, context, region: region, mask: mask, boundary: boundary, scale: scale,
      style: style.plotStyle)
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
    let limits = scale == .zscale ? DisplayRange.zscale(plane.pixels) : .minMax(plane.pixels)
    let step = max(
      1, (plane.width + terminal.columns - 1) / max(1, terminal.columns),
      (plane.height + 2 * terminal.rows - 5) / max(1, 2 * terminal.rows - 4))
    let (width, height) = ((plane.width + step - 1) / step, (plane.height + step - 1) / step)
    var pixels = [UInt32](repeating: 0, count: width * height)
    let map = (context.figures.map ?? .viridis).colorMap
    for y in 0..<height {
      for x in 0..<width {
        var brightest = -Float.infinity
        var isMasked = false
        for j in y * step..<min(plane.height, (y + 1) * step) {
          for i in x * step..<min(plane.width, (x + 1) * step) {
            let value = plane[i, j]
            if value > brightest { brightest = value }
            if let overlay, overlay[i, j] != 0 { isMasked = true }
          }
        }
        let position = (Double(brightest) - limits.lower) / max(1e-30, limits.upper - limits.lower)
        let color = brightest.isFinite ? map.color(at: min(1, max(0, position))) : 0x404040
        // FITS rows count upwards.
        pixels[(height - 1 - y) * width + x] = isMasked ? 0xFF3030 : color
      }
    }
    context.report(
      "\(limits.lower.short) (dark) to \(limits.upper.short) (bright), a dot is \(step)x\(step) pixels")
    return FigurePixels(width: width, height: height, pixels: pixels)
  }
}
