import Calling
import Foundation
import Kernels
import Plot

/// Draws figures in a terminal, by its own graphics or by coloured half blocks.
struct TerminalPicture {
  let terminal: TerminalInfo
  let report: (String) -> Void

  func show(_ figure: Figure) throws {
    switch terminal.graphics {
    case .blocks: blocks(of: try figure.pixels(dpi: 60))
    case .sixel:
      var picture = try figure.pixels()
      if picture.width > terminal.dots {
        picture = try figure.pixels(dpi: max(10, 100 * Double(terminal.dots) / Double(picture.width)))
      }
      report(SixelPicture(picture: picture).text)
    case .kitty, .iTerm: try inline(figure)
    }
  }

  /// Two dots a character: the upper half block in the colour of one on that of the other.
  func blocks(of picture: FigurePixels) {
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
      report(line + "\u{1B}[0m")
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
  private func inline(_ figure: Figure) throws {
    let data = Data(try figure.png(dpi: 100))
    let text = data.base64EncodedString()
    if terminal.graphics == .iTerm {
      report("\u{1B}]1337;File=inline=1;size=\(data.count):\(text)\u{07}")
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
    report(sequence)
  }
}
