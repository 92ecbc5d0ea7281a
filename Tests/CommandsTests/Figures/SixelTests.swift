import Testing

@testable import Commands
@testable import Plot

/// Pictures in the sixel protocol.
@Suite struct SixelTests {
  /// Reads a picture back: the colour in percent of each pixel, nil where nothing was drawn.
  private func decoded(_ text: String, width: Int, height: Int) throws -> [SIMD3<Int>?] {
    #expect(text.hasPrefix("\u{1B}P0;1;0q\"1;1;\(width);\(height)") && text.hasSuffix("\u{1B}\\"))
    var body = Substring(text.dropFirst("\u{1B}P0;1;0q\"1;1;\(width);\(height)".count).dropLast(2))
    func number() -> Int {
      let digits = body.prefix { $0.isNumber }
      body = body.dropFirst(digits.count)
      return Int(digits) ?? 0
    }
    var palette: [Int: SIMD3<Int>] = [:]
    var pixels = [SIMD3<Int>?](repeating: nil, count: width * height)
    var (x, top, pen, count) = (0, 0, 0, 1)
    while let character = body.popFirst() {
      switch character {
      case "#":
        pen = number()
        var channels: [Int] = []
        while body.first == ";" {
          body = body.dropFirst()
          channels.append(number())
        }
        if channels.count == 4 { palette[pen] = SIMD3(channels[1], channels[2], channels[3]) }
      case "!": count = number()
      case "$": x = 0
      case "-": (x, top) = (0, top + 6)
      default:
        let bits = Int(try #require(character.asciiValue)) - 63
        for _ in 0..<count {
          for y in 0..<6 where bits & (1 << y) != 0 && x < width && top + y < height {
            pixels[(top + y) * width + x] = palette[pen]
          }
          x += 1
        }
        count = 1
      }
    }
    return pixels
  }

  @Test func picturesReadBackAsTheyWere() throws {
    let (width, height) = (53, 20)
    let pixels = (0..<width * height).map {
      UInt32($0 % width * 4) << 16 | UInt32($0 / width * 12) << 8 | 255
    }
    let text = SixelPicture(picture: FigurePixels(width: width, height: height, pixels: pixels)).text
    for (pixel, read) in zip(pixels, try decoded(text, width: width, height: height)) {
      let color = try #require(read)
      let wanted = SIMD3(Int(pixel >> 16 & 255), Int(pixel >> 8 & 255), Int(pixel & 255)) &* 100 / 255
      for channel in 0..<3 { #expect(abs(color[channel] - wanted[channel]) <= 8) }
    }
  }

  @Test func whiteAndBlackAreExact() throws {
    let text = SixelPicture(
      picture: FigurePixels(width: 2, height: 1, pixels: [0xFFFFFF, 0])
    ).text
    #expect(try decoded(text, width: 2, height: 1) == [SIMD3(100, 100, 100), SIMD3(0, 0, 0)])
  }
}
