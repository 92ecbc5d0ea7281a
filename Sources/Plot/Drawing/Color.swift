/// A colour with opacity, each part 0 to 1.
package struct Color: Sendable, Equatable {
  package var red: Double
  package var green: Double
  package var blue: Double
  package var alpha: Double

  package init(red: Double, green: Double, blue: Double, alpha: Double = 1) {
    (self.red, self.green, self.blue, self.alpha) = (red, green, blue, alpha)
  }

  /// A colour written 0xRRGGBB.
  package init(_ hex: UInt32, alpha: Double = 1) {
    self.init(
      red: Double(hex >> 16 & 255) / 255, green: Double(hex >> 8 & 255) / 255,
      blue: Double(hex & 255) / 255, alpha: alpha)
  }

  package func opacity(_ alpha: Double) -> Color {
    Color(red: red, green: green, blue: blue, alpha: alpha)
  }

  /// 0xRRGGBB, opacity left out.
  package var hex: UInt32 {
    func byte(_ part: Double) -> UInt32 { UInt32(min(max(part, 0), 1) * 255 + 0.5) }
    return byte(red) << 16 | byte(green) << 8 | byte(blue)
  }

  package static let black = Color(0x000000)
  package static let white = Color(0xFFFFFF)
  package static let gray = Color(0x808080)
  package static let lightGray = Color(0xC8C8C8)
  package static let red = Color(0xE41A1C)
  package static let blue = Color(0x1F3FD0)
  package static let magenta = Color(0xC000C0)
  package static let yellow = Color(0xFFE119)
  package static let cyan = Color(0x17BECF)

  /// The colours C0, C1, ... of the documents' figures, repeating after ten.
  package static func cycle(_ index: Int) -> Color {
    let colors: [UInt32] = [
      0x1F77B4, 0xFF7F0E, 0x2CA02C, 0xD62728, 0x9467BD, 0x8C564B, 0xE377C2, 0x7F7F7F, 0xBCBD22, 0x17BECF,
    ]
    return Color(colors[((index % 10) + 10) % 10])
  }
}
