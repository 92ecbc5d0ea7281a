/// A plane whose NaN and infinite pixels stand replaced by the low median of the finite pixels of the 5x5 window
/// around them, or of the whole plane where there are none.
struct FinitePixels {
  let pixels: Plane<Float>
  /// The replaced pixels; nil when there are none.
  let mask: Mask?
  let count: Int

  /// - Parameter scale: pixels must be finite after this factor too.
  init(_ plane: Plane<Float>, scale: Float) {
    var bad: [Int] = []
    for index in 0..<plane.count where !(plane.pixels[index] * scale).isFinite { bad.append(index) }
    count = bad.count
    guard !bad.isEmpty else {
      (pixels, mask) = (plane, nil)
      return
    }
    var (out, flags) = (plane, Mask(shape: plane.shape))
    var level: Float?
    func fallback() -> Float {
      let found = level ?? lowMedian(plane.pixels.filter { ($0 * scale).isFinite }) ?? 0
      level = found
      return found
    }
    var around: [Float] = []
    for index in bad {
      let (x, y) = (index % plane.width, index / plane.width)
      around.removeAll(keepingCapacity: true)
      for j in max(0, y - 2)...min(plane.height - 1, y + 2) {
        for i in max(0, x - 2)...min(plane.width - 1, x + 2) where (plane[i, j] * scale).isFinite {
          around.append(plane[i, j])
        }
      }
      around.sort()
      out.pixels[index] = around.isEmpty ? fallback() : around[(around.count - 1) / 2]
      flags.plane.pixels[index] = 1
    }
    (pixels, mask) = (out, flags)
  }
}
