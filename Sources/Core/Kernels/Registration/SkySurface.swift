/// A sky that changes evenly over an image, and by what amplifiers of its halves and quarters add.
struct SkySurface: Sendable {
  /// Of the terms [ADU].
  var amounts = SIMD8<Float>.zero

  /// The mean over the image [ADU].
  var level: Float { amounts[0] }

  /// From -0.5 at one border to 0.5 at the other.
  @inline(__always)
  static func part(_ x: Int, _ width: Int) -> Float { (Float(x) + 0.5) / Float(width) - 0.5 }

  /// A level, slopes and curvatures along x and y, and steps in the middle. All but the first have a mean of 0.
  ///
  /// - Parameters:
  ///   - x: from -0.5 to 0.5.
  ///   - y: the same.
  @inline(__always)
  static func terms(_ x: Float, _ y: Float) -> SIMD8<Float> {
    let (right, above): (Float, Float) = (x < 0 ? -0.5 : 0.5, y < 0 ? -0.5 : 0.5)
    return SIMD8(1, x, y, right, above, 2 * right * above, x * x - 1 / 12, y * y - 1 / 12)
  }

  @inline(__always)
  func value(_ terms: SIMD8<Float>) -> Float { (amounts * terms).sum() }

  private static let grid: [Float] = [-0.5, -0.25, -0.01, 0.01, 0.25, 0.5]

  /// Values all over the image [ADU].
  var values: [Float] { Self.grid.flatMap { y in Self.grid.map { value(Self.terms($0, y)) } } }
  var largest: Float { values.reduce(0) { max($0, abs($1)) } }

  /// An image without this sky.
  func takenOff(_ image: Plane<Float>) -> Plane<Float> {
    var out = image
    let (width, height) = (out.width, out.height)
    // What changes along x: in any row, and by the amplifier of its half.
    let columns = (0..<width).map { x -> (any: Float, half: Float) in
      let part = Self.part(x, width)
      let terms = Self.terms(part, 0)
      return (amounts[1] * part + amounts[3] * terms[3] + amounts[6] * terms[6], 2 * amounts[5] * terms[3])
    }
    out.pixels.withUnsafeMutableBufferPointer { pixels in
      for y in 0..<height {
        let part = Self.part(y, height)
        let terms = Self.terms(0, part)
        let row = amounts[0] + amounts[2] * part + amounts[4] * terms[4] + amounts[7] * terms[7]
        for x in 0..<width { pixels[y * width + x] -= row + columns[x].any + terms[4] * columns[x].half }
      }
    }
    return out
  }
}
