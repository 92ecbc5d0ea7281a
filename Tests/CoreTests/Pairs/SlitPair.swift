import Glibc

@testable import Files
@testable import Kernels

/// Two long-slit exposures of one field: a trace along rows, a sky line along columns, and hits.
struct SlitPair {
  var shape = Shape(width: 200, height: 120)
  /// Exposure times [s]; the header says so.
  var times = (300.0, 300.0)
  /// What the second exposure counts beside the first one: a factor, a level [ADU], an offset along y [pixel].
  var factor = 1.0
  var level = 0.0
  var offset = (x: 0.0, y: 0.0)
  /// Hits of each exposure, a pixel of 3000 ADU and one of 1200 beside it.
  var hits = 25
  /// Whether the pixels are divided by the exposure time.
  var isRate = false
  var seed: UInt64 = 7

  /// Counts of one second.
  private func rate(_ x: Double, _ y: Double) -> Double {
    let (trace, line) = ((y - 60) / 3, (x - 80) / 1.5)
    return 0.3 + 4 * exp(-0.5 * trace * trace) + 2 * exp(-0.5 * line * line)
  }

  /// The exposures, and the pixels that were hit.
  func exposures() -> (images: [Image], hits: [Mask]) {
    var random = SplitMix64(state: seed)
    var (images, masks): ([Image], [Mask]) = ([], [])
    for (number, time) in [times.0, times.1].enumerated() {
      let (scale, move) = number == 0 ? (1, (x: 0, y: 0)) : (factor, offset)
      var pixels = Plane<Float>(width: shape.width, height: shape.height, repeating: 0)
      for y in 0..<shape.height {
        for x in 0..<shape.width {
          let counts = rate(Double(x) - move.x, Double(y) - move.y) * time * scale
          let noise = (counts + 16).squareRoot() * random.normal()
          pixels[x, y] = Float(counts + noise + (number == 0 ? 0 : level))
        }
      }
      var mask = Mask(shape: shape)
      for _ in 0..<hits {
        let x = 4 + Int(random.uniform() * Double(shape.width - 8))
        let y = 4 + Int(random.uniform() * Double(shape.height - 8))
        pixels[x, y] += 3000
        pixels[x - 1, y] += 1200
        (mask[x, y], mask[x - 1, y]) = (true, true)
      }
      var header = Header()
      header.set("EXPTIME", .real(time))
      if isRate { pixels = pixels.map { $0 / Float(time) } }
      images.append(Image(pixels: pixels, unit: isRate ? PixelUnit(parsing: "adu/s") : .adu, header: header))
      masks.append(mask)
    }
    return (images, masks)
  }

  /// Median of a row, counted from 1.
  static func median(row: Int, of image: Image) -> Float {
    let values = image.pixels.pixels[(row - 1) * image.width..<row * image.width].sorted()
    return values[values.count / 2]
  }
}
