import Kernels
import Plot

/// A picture in the sixel protocol: bands of six rows, a layer for each colour of the band.
struct SixelPicture {
  let picture: FigurePixels

  /// Colours that terminals of the protocol have at least.
  private static let mostColors = 255

  /// The escape sequence that draws the picture at the cursor.
  var text: String {
    let palette = SixelPalette(picture.pixels, most: Self.mostColors)
    var text = "\u{1B}P0;1;0q\"1;1;\(picture.width);\(picture.height)"
    for (number, color) in palette.colors.enumerated() {
      func percent(_ shift: UInt32) -> Int { (Int(color >> shift & 255) * 100 + 127) / 255 }
      text += "#\(number);2;\(percent(16));\(percent(8));\(percent(0))"
    }
    var band = [UInt8](repeating: 0, count: 6 * picture.width)
    for top in stride(from: 0, to: picture.height, by: 6) {
      let rows = min(6, picture.height - top)
      var isUsed = [Bool](repeating: false, count: palette.colors.count)
      for y in 0..<rows {
        for x in 0..<picture.width {
          let number = palette.number(of: picture.pixels[(top + y) * picture.width + x])
          band[y * picture.width + x] = number
          isUsed[Int(number)] = true
        }
      }
      for number in isUsed.indices where isUsed[number] {
        text += "#\(number)" + layer(band, rows: rows, UInt8(number)) + "$"
      }
      text += "-"
    }
    return text + "\u{1B}\\"
  }

  /// Where a colour stands in a band: a character for six pixels above each other, repeats counted.
  private func layer(_ band: [UInt8], rows: Int, _ number: UInt8) -> String {
    var layer = ""
    var (last, count) = (UInt8(0), 0)
    func flush(_ bits: UInt8, _ count: Int) -> String {
      let character = String(Unicode.Scalar(63 + bits))
      return count > 3 ? "!\(count)\(character)" : String(repeating: character, count: count)
    }
    for x in 0..<picture.width {
      var bits: UInt8 = 0
      for y in 0..<rows where band[y * picture.width + x] == number { bits |= 1 << UInt8(y) }
      if bits == last {
        count += 1
      } else {
        layer += flush(last, count)
        (last, count) = (bits, 1)
      }
    }
    return last == 0 ? layer : layer + flush(last, count)
  }
}
