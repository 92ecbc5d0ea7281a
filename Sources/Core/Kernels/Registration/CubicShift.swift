/// Moves images by fractions of a pixel with cubic B-spline interpolation (Unser 1999, IEEE Signal Processing
/// Magazine 16, 22).
enum CubicShift {
  /// The image moved towards larger x and y: the result at (x, y) is the source at (x - dx, y - dy).
  ///
  /// Sharper than bilinear interpolation, but it rings around single bright pixels; the edge is repeated outside.
  /// - Parameter offset: pixels, finite.
  /// - Throws: `CRSError.interrupted`.
  static func shifted(_ plane: Plane<Float>, by offset: Offset, work: Work) throws -> Plane<Float> {
    if offset == .zero { return plane }
    var result = plane
    if offset.x != 0 { result = try alongRows(result, offset.x, work) }
    if offset.y != 0 { result = try alongColumns(result, offset.y, work) }
    return result
  }

  /// The pole of the cubic B-spline's inverse filter.
  private static let pole: Float = -0.267_949_19
  /// Pixels after which the pole's powers are below single precision.
  private static let horizon = 14

  /// Weights of the four coefficients from `first` on, for a shift.
  private static func weights(_ shift: Double, length: Int) -> (first: Int, values: SIMD4<Float>) {
    let limit = Double(length + 4)
    let position = -min(max(shift, -limit), limit)
    let whole = position.rounded(.down)
    let t = Float(position - whole)
    let s = 1 - t
    let values = SIMD4<Float>(
      s * s * s / 6, 2.0 / 3 - t * t * (2 - t) / 2, 2.0 / 3 - s * s * (2 - s) / 2, t * t * t / 6)
    return (Int(whole) - 1, values)
  }

  private static func alongRows(_ plane: Plane<Float>, _ shift: Double, _ work: Work) throws -> Plane<Float> {
    let width = plane.width
    let (first, w) = weights(shift, length: width)
    return try plane.pixels.withUnsafeBufferPointer { source in
      nonisolated(unsafe) let source = source
      return try Plane.byRows(plane.shape, work: work) { y, row in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { c in
          for x in 0..<width { c[x] = source[y * width + x] }
          filter(c)
          func coefficient(_ k: Int) -> Float { c[min(max(k, 0), width - 1)] }
          for x in 0..<width {
            let k = x + first
            if k >= 0, k + 3 < width {
              row[x] = w[0] * c[k] + w[1] * c[k + 1] + w[2] * c[k + 2] + w[3] * c[k + 3]
            } else {
              row[x] =
                w[0] * coefficient(k) + w[1] * coefficient(k + 1) + w[2] * coefficient(k + 2)
                + w[3] * coefficient(k + 3)
            }
          }
        }
      }
    }
  }

  /// Coefficients of a line in place; the line is mirrored at its ends.
  private static func filter(_ c: UnsafeMutableBufferPointer<Float>) {
    let n = c.count
    guard n > 1 else { return }
    var power: Float = 1
    var sum: Float = 0
    for k in 0..<min(horizon, n) {
      sum += power * c[k]
      power *= pole
    }
    c[0] = sum
    for k in 1..<n { c[k] += pole * c[k - 1] }
    c[n - 1] = pole / (pole * pole - 1) * (c[n - 1] + pole * c[n - 2])
    for k in stride(from: n - 2, through: 0, by: -1) { c[k] = pole * (c[k + 1] - c[k]) }
    for k in 0..<n { c[k] *= 6 }
  }

  /// Strips of columns, so that the recursion runs along the lanes of whole cache lines.
  private static func alongColumns(_ plane: Plane<Float>, _ shift: Double, _ work: Work) throws -> Plane<
    Float
  > {
    let (width, height) = (plane.width, plane.height)
    let (first, w) = weights(shift, length: height)
    let strip = 64
    return try Plane(width: width, height: height) { out in
      guard let base = out.baseAddress else { return }
      let shared = SharedPointer(base)
      try plane.pixels.withUnsafeBufferPointer { source in
        nonisolated(unsafe) let source = source
        try work.forTiles(width, size: strip) { columns in
          let n = columns.count
          withUnsafeTemporaryAllocation(of: Float.self, capacity: n * height) { c in
            for y in 0..<height {
              for x in 0..<n { c[y * n + x] = source[y * width + columns.lowerBound + x] }
            }
            filter(c, n, height)
            for y in 0..<height {
              let target = shared.base + y * width + columns.lowerBound
              let k = y + first
              func row(_ k: Int) -> Int { min(max(k, 0), height - 1) * n }
              let (a, b, d, e) = (row(k), row(k + 1), row(k + 2), row(k + 3))
              for x in 0..<n {
                target[x] = w[0] * c[a + x] + w[1] * c[b + x] + w[2] * c[d + x] + w[3] * c[e + x]
              }
            }
          }
        }
      }
    }
  }

  /// The same for `n` columns side by side.
  private static func filter(_ c: UnsafeMutableBufferPointer<Float>, _ n: Int, _ height: Int) {
    guard height > 1 else { return }
    for x in 0..<n {
      var power: Float = 1
      var sum: Float = 0
      for k in 0..<min(horizon, height) {
        sum += power * c[k * n + x]
        power *= pole
      }
      c[x] = sum
    }
    for i in n..<n * height { c[i] += pole * c[i - n] }
    let last = (height - 1) * n
    for x in last..<last + n { c[x] = pole / (pole * pole - 1) * (c[x] + pole * c[x - n]) }
    for i in stride(from: last - 1, through: 0, by: -1) { c[i] = pole * (c[i + n] - c[i]) }
    for i in 0..<n * height { c[i] *= 6 }
  }
}
