import Core
import Foundation
import Plot

/// `show`: a picture of a value in the terminal.
struct ShowCommand: Command {
  static let info = CommandInfo(
    "show", "Show a picture of a value in the terminal", family: .figures,
    discussion: [
      "Terminals of the kitty and iTerm2 families get the figure itself, others coloured half blocks. Without a terminal "
        + "a note says so; plot writes figures to files."
    ])

  @Parameter("image, stack, mask, masks, diagram, boundary, table or FITS file", positional: true) var value:
    Value
  @Parameter("part of the image", unit: "pixel") var region: Section? = nil
  @Parameter("mask to lay over an image") var mask: Mask? = nil
  @Parameter("boundary to draw over a diagram") var boundary: Boundary? = nil
  @Parameter("how limits are found") var scale = PlotCommand.Scale.zscale

  func run(_ context: CommandContext) throws -> CommandResult {
    guard let terminal = context.terminal else {
      context.note("there is no terminal to show it in; plot VALUE FILE.png writes a figure")
      return CommandResult()
    }
    switch (terminal.graphics, value) {
    case (.blocks, .diagram), (.blocks, .boundary), (.blocks, .table), (.blocks, .maskSet), (.blocks, .stack):
      try blocks(of: try figure(context).pixels(dpi: 60), terminal, context)
    case (.blocks, _):
      try blocks(of: try picture(context, terminal), terminal, context)
    default:
      try inline(try figure(context), terminal, context)
    }
    return CommandResult()
  }

  private func figure(_ context: CommandContext) throws -> Figure {
    try PlotCommand().figure(
      of: value, context, region: region, mask: mask, boundary: boundary, scale: scale)
  }

  /// The image's own pixels, the brightest of those that share a dot.
  private func picture(_ context: CommandContext, _ terminal: TerminalInfo) throws -> FigurePixels {
    var plane: Plane<Float>
    if case .mask(let mask) = value {
      plane = mask.plane.map { Float($0) }
    } else {
      plane = try Image.make(from: value, context: context).pixels
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
        let color = brightest.isFinite ? ColorMap.viridis.color(at: min(1, max(0, position))) : 0x404040
        // FITS rows count upwards.
        pixels[(height - 1 - y) * width + x] = isMasked ? 0xFF3030 : color
      }
    }
    context.report(
      "\(limits.lower.short) (dark) to \(limits.upper.short) (bright), a dot is \(step)x\(step) pixels")
    return FigurePixels(width: width, height: height, pixels: pixels)
  }

  /// Two dots a character: the upper half block in the colour of one on that of the other.
  private func blocks(of picture: FigurePixels, _ terminal: TerminalInfo, _ context: CommandContext) throws {
    let step = max(1, (picture.width + terminal.columns - 1) / max(1, terminal.columns))
    let (width, height) = (picture.width / step, picture.height / step)
    func color(_ x: Int, _ y: Int) -> UInt32 {
      guard y < height else { return 0 }
      if step == 1 { return picture.pixels[y * picture.width + x] }
      var sums = SIMD3<Int>.zero
      for j in y * step..<(y + 1) * step {
        for i in x * step..<(x + 1) * step {
          let value = picture.pixels[j * picture.width + i]
          sums &+= SIMD3(Int(value >> 16 & 255), Int(value >> 8 & 255), Int(value & 255))
        }
      }
      let mean = sums / SIMD3(repeating: step * step)
      return UInt32(mean.x << 16 | mean.y << 8 | mean.z)
    }
    for y in stride(from: 0, to: height, by: 2) {
      var line = ""
      for x in 0..<width {
        line +=
          Self.escape(color(x, y), isBackground: false, terminal)
          + Self.escape(color(x, y + 1), isBackground: true, terminal)
          + "\u{2580}"
      }
      context.report(line + "\u{1B}[0m")
    }
  }

  private static func escape(_ color: UInt32, isBackground: Bool, _ terminal: TerminalInfo) -> String {
    let (r, g, b) = (Int(color >> 16 & 255), Int(color >> 8 & 255), Int(color & 255))
    let layer = isBackground ? 48 : 38
    if terminal.hasTrueColor { return "\u{1B}[\(layer);2;\(r);\(g);\(b)m" }
    // The 6 x 6 x 6 cube of the 256 colours.
    func level(_ value: Int) -> Int { value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40 }
    return "\u{1B}[\(layer);5;\(16 + 36 * level(r) + 6 * level(g) + level(b))m"
  }

  /// The figure as PNG inside the terminal's own escape sequence.
  private func inline(_ figure: Figure, _ terminal: TerminalInfo, _ context: CommandContext) throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(
      "crs-show-\(UUID().uuidString).png")
    defer { try? FileManager.default.removeItem(at: file) }
    try figure.write(png: file.path, dpi: 100)
    guard let data = try? Data(contentsOf: file) else {
      throw CRSError.file("the figure cannot be read", file: file.path)
    }
    let text = data.base64EncodedString()
    if terminal.graphics == .iTerm {
      context.report("\u{1B}]1337;File=inline=1;size=\(data.count):\(text)\u{07}")
      return
    }
    var rest = Substring(text)
    var head = "a=T,f=100,"
    var sequence = ""
    while !rest.isEmpty {
      let part = rest.prefix(4096)
      rest = rest.dropFirst(part.count)
      sequence += "\u{1B}_G\(head)m=\(rest.isEmpty ? 0 : 1);\(part)\u{1B}\\"
      head = ""
    }
    context.report(sequence)
  }
}
