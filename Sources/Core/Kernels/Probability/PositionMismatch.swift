/// Noise that is there because the exposures do not lie exactly on each other: its variance is proportional to the
/// square of the image's gradient.
struct PositionMismatch {
  /// Squared scatter of the positions [pixel^2].
  let variance: Double
  private let references: [Plane<Float>]

  /// - Parameters:
  ///   - exposures: divided by their flux factors; NaN where a value does not count.
  ///   - given: the scatter [pixel]; nil: measured from residuals.
  ///   - isFollowed: whether the model shows what moves whole exposures, so that neighbours deviate each on its own.
  init(
    _ exposures: [Plane<Float>], model: CleanModel, factors: [Double], noise: StackNoise, given: Double?,
    isFollowed: Bool = false, work: Work
  ) throws {
    let shape = exposures[0].shape
    let (width, height) = (shape.width, shape.height)
    var sums = [Double](repeating: 0, count: 4 * height)
    for (k, exposure) in exposures.enumerated() {
      let reference = model.reference(k)
      let factor = Float(factors[k])
      let noise = noise[k]
      let rest = 1 - 1 / Float(exposures.count)
      try sums.withUnsafeMutableBufferPointer { sums in
        guard let base = sums.baseAddress else { return }
        let rows = SharedPointer(base)
        try reference.pixels.withUnsafeBufferPointer { level in
          try exposure.pixels.withUnsafeBufferPointer { image in
            nonisolated(unsafe) let (level, image) = (level, image)
            nonisolated(unsafe) let gradient = Gradient(source: level, width: width, height: height)
            try work.forTiles(height, size: 16) { tile in
              for y in tile {
                var row = SIMD4<Double>.zero
                for x in 0..<width {
                  let i = y * width + x
                  let slope = gradient(x, y)
                  let g2 = slope.x * slope.x + slope.y * slope.y
                  let (perSignal, readout) = noise.at(i)
                  let v = max(level[i], 0) * perSignal / factor + readout / (factor * factor)
                  let residual = image[i] - level[i]
                  guard abs(residual) < 6 * v.squareRoot() + 0.7 * g2.squareRoot() else { continue }
                  let spread = v + 0.01 * g2
                  let weight = Double(1 / (spread * spread))
                  let excess = weight * Double(residual * residual - v * rest) * Double(g2)
                  let norm = weight * Double(g2) * Double(g2)
                  // Cosmic rays only raise pixels, so negative residuals are kept apart.
                  if residual < 0 { row += SIMD4(excess, norm, 0, 0) }
                  row += SIMD4(0, 0, excess, norm)
                }
                for m in 0..<4 { rows.base[4 * y + m] += row[m] }
              }
            }
          }
        }
      }
    }
    references = model.references
    if let given {
      variance = given * given
      return
    }
    var total = SIMD4<Double>.zero
    for y in 0..<height { total += SIMD4(sums[4 * y], sums[4 * y + 1], sums[4 * y + 2], sums[4 * y + 3]) }
    let negative = total[1] > 0 ? max(0, total[0] / total[1]) : 0
    let both = total[3] > 0 ? max(0, total[2] / total[3]) : 0
    // A real mismatch shows on both sides. It moves whole exposures, so that neighbours deviate together, and the
    // clipped mean follows it in part: a safety factor of 1.5.
    let measured = model.isMoved || negative > 0.006 ? both : negative
    variance = (isFollowed ? 1 : 2.25) * measured
  }

  /// The largest squared gradient that an exposure sees at a pixel [ADU^2/pixel^2].
  func gradientSquared(at pixel: Int) -> Float {
    var largest: Float = 0
    for reference in references {
      reference.pixels.withUnsafeBufferPointer { level in
        let gradient = Gradient(source: level, width: reference.width, height: reference.height)
        let slope = gradient(pixel % reference.width, pixel / reference.width)
        largest = max(largest, slope.x * slope.x + slope.y * slope.y)
      }
    }
    return largest
  }
}
