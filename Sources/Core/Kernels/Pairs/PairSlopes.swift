/// How far the second exposure of a pair lies from the first one, from the slopes of their mean: a difference that
/// follows the slopes is a displacement of less than a pixel or so.
struct PairSlopes {
  /// The difference of the exposures on one scale, NaN where a pixel does not count.
  let difference: Plane<Float>
  /// Slopes of their mean along x and y, NaN where a neighbour does not count [unit/pixel].
  let slopeX: Plane<Float>
  let slopeY: Plane<Float>

  init<Scalar: SortableScalar>(_ difference: PairDifference<Scalar>, work: Work) throws {
    let (width, height) = (difference.width, difference.height)
    self.difference = difference.plane()
    let source = difference
    let mean = try Plane<Float>.byRows(Shape(width: width, height: height), work: work) { y, row in
      let (i, j) = source.start(y)
      for x in 0..<width {
        let masked = source.isMasked(x, y)
        row[x] =
          masked.0 || masked.1 ? .nan : Float(source.first[i + x] + source.second[j + x] / source.scale) / 2
      }
    }
    slopeX = try Self.slopes(mean, along: (1, 0), work)
    slopeY = try Self.slopes(mean, along: (0, 1), work)
  }

  /// Slopes along one axis from five pixels, which narrow lines do not flatten; each of them is the median of three
  /// across, since a hit has the steepest slopes of all.
  private static func slopes(
    _ mean: Plane<Float>, along step: (x: Int, y: Int), _ work: Work
  ) throws -> Plane<Float> {
    let (width, height) = (mean.width, mean.height)
    return try mean.pixels.withUnsafeBufferPointer { pixels in
      nonisolated(unsafe) let pixels = pixels
      // How far from the borders all pixels that count are inside.
      let inside = (x: max(step.y, 2 * step.x), y: max(step.x, 2 * step.y))
      @Sendable func lanes(_ x: Int, _ y: Int) -> Lanes {
        guard let base = pixels.baseAddress else { return .zero }
        return (base + y * width).lanes(x)
      }
      @Sendable func middles(_ x: Int, _ y: Int) -> Lanes {
        let (a, b, c) = (lanes(x - step.y, y - step.x), lanes(x, y), lanes(x + step.y, y + step.x))
        let (low, high) = (a.replacing(with: b, where: b .< a), a.replacing(with: b, where: b .>= a))
        let capped = high.replacing(with: c, where: c .< high)
        let middle = low.replacing(with: capped, where: capped .>= low)
        let areFinite = ((a - a) .== 0) .& ((c - c) .== 0)
        return b.replacing(with: middle, where: areFinite)
      }
      @Sendable func value(_ x: Int, _ y: Int) -> Float {
        guard x >= 0, x < width, y >= 0, y < height else { return .nan }
        return pixels[y * width + x]
      }
      @Sendable func middle(_ x: Int, _ y: Int) -> Float {
        let (a, b, c) = (value(x - step.y, y - step.x), value(x, y), value(x + step.y, y + step.x))
        // At borders and beside gaps the pixel itself.
        guard a.isFinite, c.isFinite else { return b }
        return max(min(a, b), min(max(a, b), c))
      }
      return try Plane<Float>.byRows(mean.shape, work: work) { y, row in
        var x = 0
        while x < width {
          let isInside = y >= inside.y && y < height - inside.y && x >= inside.x && x + 8 + inside.x <= width
          if isInside {
            func at(_ k: Int) -> Lanes { middles(x + k * step.x, y + k * step.y) }
            let near = at(1) - at(-1)
            let far = at(2) - at(-2)
            let both = (8 * near - far) / 12
            row.setLanes(x, (near / 2).replacing(with: both, where: (far - far) .== 0))
            x += 8
            continue
          }
          func at(_ k: Int) -> Float { middle(x + k * step.x, y + k * step.y) }
          let near = at(1) - at(-1)
          let far = at(2) - at(-2)
          row[x] = far.isFinite ? (8 * near - far) / 12 : near / 2
          x += 1
        }
      }
    }
  }

  /// By how much the second exposure's scene lies farther along x and y [pixel], by least squares without what lies far
  /// off; nil where no pixel has a slope.
  ///
  /// - Parameters:
  ///   - median: of the difference.
  ///   - deviation: robust standard deviation of the difference.
  func displacement(median: Double, deviation: Double) -> (x: Double, y: Double)? {
    difference.pixels.withUnsafeBufferPointer { differences in
      slopeX.pixels.withUnsafeBufferPointer { slopesX in
        slopeY.pixels.withUnsafeBufferPointer { slopesY in
          displacement(differences, slopesX, slopesY, median: median, deviation: deviation)
        }
      }
    }
  }

  private func displacement(
    _ differences: UnsafeBufferPointer<Float>, _ slopesX: UnsafeBufferPointer<Float>,
    _ slopesY: UnsafeBufferPointer<Float>, median: Double, deviation: Double
  ) -> (x: Double, y: Double)? {
    var found = (x: 0.0, y: 0.0)
    for _ in 0..<6 {
      var (xx, xy, yy, xd, yd) = (0.0, 0.0, 0.0, 0.0, 0.0)
      let count = difference.count
      for i in 0..<count {
        let (x, y, d) = (slopesX[i], slopesY[i], differences[i])
        guard (x - x) + (y - y) + (d - d) == 0 else { continue }
        let (gx, gy, value) = (Double(x), Double(y), Double(d) - median)
        let rest = value - found.x * gx - found.y * gy
        // Steep places may be off by what is not yet known of the displacement.
        let steep = gx * gx + gy * gy
        let spread = deviation * deviation + 0.25 * steep
        guard spread > 0, rest * rest < 9 * spread else { continue }
        let weight = 1 / (deviation * deviation + 0.05 * steep)
        guard weight.isFinite else { continue }
        xx += weight * gx * gx
        xy += weight * gx * gy
        yy += weight * gy * gy
        xd += weight * gx * value
        yd += weight * gy * value
      }
      // Where all slopes have one direction, nothing is known across it.
      let ridge = 1e-6 * (xx + yy)
      let determinant = (xx + ridge) * (yy + ridge) - xy * xy
      guard determinant > 0 else { return nil }
      let next = (
        x: ((yy + ridge) * xd - xy * yd) / determinant, y: ((xx + ridge) * yd - xy * xd) / determinant
      )
      let isSettled = abs(next.x - found.x) + abs(next.y - found.y) < 1e-3
      found = next
      if isSettled { break }
    }
    guard found.x.isFinite, found.y.isFinite else { return nil }
    return found
  }

  /// The difference without what the displacement explains.
  func without(_ displacement: (x: Double, y: Double)) -> Plane<Float> {
    let (dx, dy) = (Float(displacement.x), Float(displacement.y))
    return Plane(
      width: difference.width, height: difference.height,
      pixels: difference.pixels.indices.map { i in
        let (gx, gy) = (slopeX.pixels[i], slopeY.pixels[i])
        let slope = dx * gx + dy * gy
        return difference.pixels[i] - (slope.isFinite ? slope : 0)
      })
  }
}
