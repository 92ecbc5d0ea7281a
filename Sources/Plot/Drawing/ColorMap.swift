/// Colours from low to high values.
package struct ColorMap: Sendable, Equatable {
  /// At least one colour, 0xRRGGBB; value ranges of equal width.
  package let colors: [UInt32]

  /// - Precondition: none; an empty list becomes black.
  package init(colors: [UInt32]) { self.colors = colors.isEmpty ? [0] : colors.map { $0 & 0xFF_FFFF } }

  package static let viridis = ColorMap(digits: Viridis.digits)
  package static let cividis = ColorMap(digits: Cividis.digits)
  package static let gray = ColorMap(colors: (0..<256).map { UInt32($0) * 0x010101 })
  /// Blue, white, red for differences around zero (crs's own, even in lightness on both sides).
  package static let blueWhiteRed = ColorMap(
    colors: (0..<256).map { step in
      let t = Double(step) / 255
      let side = abs(2 * t - 1)
      let end = t < 0.5 ? Color(0x0B4F9E) : Color(0xA01B1B)
      let weight = side * side * (3 - 2 * side)
      return Color(
        red: 1 + (end.red - 1) * weight, green: 1 + (end.green - 1) * weight,
        blue: 1 + (end.blue - 1) * weight
      ).hex
    })
  /// Changing hues for group numbers, where only the difference between neighbours matters.
  package static let rainbow = ColorMap(
    colors: (0..<256).map { step in
      let hue = 0.72 * (1 - Double(step) / 255) * 6
      func part(_ shift: Double) -> Double {
        let k = (hue + shift).truncatingRemainder(dividingBy: 6)
        return 0.95 * (1 - max(0, min(k, 4 - k, 1)))
      }
      return Color(red: part(5), green: part(3), blue: part(1)).hex
    })

  /// The names that a user may give.
  package static let names = ["viridis", "cividis", "gray", "bwr", "rainbow"]

  /// The map of that name, with `_r` reversed; nil when there is none.
  package static func named(_ name: String) -> ColorMap? {
    if name.hasSuffix("_r") { return named(String(name.dropLast(2)))?.reversed }
    switch name {
    case "viridis": return .viridis
    case "cividis": return .cividis
    case "gray", "grey": return .gray
    case "bwr": return .blueWhiteRed
    case "rainbow": return .rainbow
    default: return nil
    }
  }

  package var reversed: ColorMap { ColorMap(colors: colors.reversed()) }

  /// Colours of counts on a white ground: `map`, or viridis; gray turns round, so that the largest is black.
  static func counts(_ map: ColorMap?) -> ColorMap {
    guard let map else { return .viridis }
    guard map == .gray else { return map }
    return ColorMap(colors: (0..<256).map { UInt32(0xDC - $0 * 0xDC / 255) * 0x010101 })
  }

  /// Colours of expected counts on a white ground, from light for hardly any to dark: one map from end to end.
  static func expected(_ map: ColorMap?) -> ColorMap {
    map == .gray ? counts(map) : (map ?? .viridis).reversed
  }

  /// The colour at 0...1; beyond the ends the end colours.
  package func color(at position: Double) -> UInt32 {
    guard position > 0 else { return colors[0] }
    guard position < 1 else { return colors[colors.count - 1] }
    return colors[min(colors.count - 1, Int(position * Double(colors.count)))]
  }

  private init(digits: String) {
    var colors: [UInt32] = []
    var value: UInt32 = 0
    var count = 0
    for byte in digits.utf8 {
      guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { continue }
      value = value << 4 | UInt32(digit)
      count += 1
      if count % 6 == 0 {
        colors.append(value & 0xFF_FFFF)
        value = 0
      }
    }
    self.init(colors: colors)
  }
}
