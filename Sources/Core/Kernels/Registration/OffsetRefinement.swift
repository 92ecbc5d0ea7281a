/// Improves displacements by least squares: each exposure against the clean mean of the others moved onto it.
///
/// The mean never contains the exposure itself, so that nothing draws the result towards zero.
struct OffsetRefinement {
  private let planes: [Plane<Float>]
  private let factors: [Double]
  private let noise: PixelNoise
  private(set) var offsets: [Offset]
  private(set) var errors: [Offset]

  private static let passes = 6
  private static let border = 4

  /// - Parameters:
  ///   - planes: finite exposures [ADU].
  ///   - factors: their relative flux.
  ///   - offsets: first estimate [pixel].
  init(_ planes: [Plane<Float>], factors: [Double], noise: PixelNoise, offsets: [Offset]) {
    self.planes = zip(planes, factors).map { plane, factor in
      factor == 1 ? plane : plane.map { $0 / Float(factor) }
    }
    (self.factors, self.noise, self.offsets) = (factors, noise, offsets)
    errors = offsets.map { _ in .zero }
  }

  /// - Throws: `CRSError`: data when the images have no structure to hold on to; interrupted.
  mutating func run(work: Work) throws {
    for pass in 0..<Self.passes {
      let damping = Double(planes.count - 1) / Double(planes.count)
      var next = offsets
      for own in planes.indices {
        let step = try residual(of: own, slack: pass < 2 ? 0.6 : 0.15, work)
        next[own].x += step.x * damping
        next[own].y += step.y * damping
      }
      offsets = next
    }
  }

  private mutating func residual(of own: Int, slack: Float, _ work: Work) throws -> Offset {
    let shape = planes[0].shape
    let others = try planes.indices.filter { $0 != own }.map { k in
      try CubicShift.shifted(
        planes[k], by: Offset(x: offsets[own].x - offsets[k].x, y: offsets[own].y - offsets[k].y), work: work)
    }
    let low = try Plane<Float>.byRows(shape, work: work) { y, row in
      for x in 0..<shape.width {
        let i = y * shape.width + x
        var least = others[0].pixels[i]
        for k in 1..<max(1, others.count) { least = min(least, others[k].pixels[i]) }
        row[x] = least
      }
    }
    let smooth = try low.mean3x3(work: work)
    let steep = try low.gradientLength(work: work)
    var spoilt = Mask(shape: shape)
    var mean = smooth
    let image = planes[own]
    let noise = noise
    try spoilt.plane.pixels.withUnsafeMutableBufferPointer { spoilt in
      guard let base = spoilt.baseAddress else { return }
      let flags = SharedPointer(base)
      mean = try .byRows(shape, work: work) { y, row in
        for x in 0..<shape.width {
          let i = y * shape.width + x
          let deviation = Self.deviation(smooth.pixels[i], noise, i)
          let tolerance = 3.5 * deviation + slack * steep.pixels[i]
          var (sum, count): (Float, Float) = (0, 0)
          for other in others where other.pixels[i] < low.pixels[i] + tolerance {
            sum += other.pixels[i]
            count += 1
          }
          row[x] = sum / max(count, 1)
          let isClipped = Int(count) < others.count
          let differs = abs(image.pixels[i] - row[x]) > 4 * deviation + slack * steep.pixels[i]
          flags.base[i] = isClipped || differs ? 1 : 0
        }
      }
    }
    let bad = try spoilt.dilated(times: 1, work: work)
    return try solve(own, mean: mean, smooth: smooth, bad: bad, work)
  }

  @inline(__always) private static func deviation(_ level: Float, _ noise: PixelNoise, _ i: Int) -> Float {
    let (perSignal, readout) = noise.at(i)
    return (max(level + 0.5 * readout.squareRoot(), 0) * perSignal + readout).squareRoot()
  }

  /// The 2 x 2 normal equations of a displacement.
  private mutating func solve(
    _ own: Int, mean: Plane<Float>, smooth: Plane<Float>, bad: Mask, _ work: Work
  ) throws -> Offset {
    let (width, height) = (mean.width, mean.height)
    let own = own
    let perOthers = 1 / factors[own] + 1 / Double(planes.count - 1)
    var rows = [Double](repeating: 0, count: 5 * height)
    let (border, noise, image) = (Self.border, noise, planes[own])
    try mean.pixels.withUnsafeBufferPointer { source in
      nonisolated(unsafe) let gradient = Gradient(source: source, width: width, height: height)
      try rows.withUnsafeMutableBufferPointer { rows in
        guard let base = rows.baseAddress else { return }
        let shared = SharedPointer(base)
        try work.forTiles(height, size: 16) { tile in
          for y in tile where y >= border && y < height - border {
            let row = shared.base + 5 * y
            for x in border..<max(border, width - border) where bad.plane.pixels[y * width + x] == 0 {
              let i = y * width + x
              let deviation = Double(Self.deviation(smooth.pixels[i], noise, i))
              let weight = 1 / (deviation * deviation * perOthers)
              let slope = gradient(x, y)
              let (gx, gy) = (Double(slope.x), Double(slope.y))
              let difference = Double(image.pixels[i]) - Double(mean.pixels[i])
              row[0] += weight * gx * gx
              row[1] += weight * gx * gy
              row[2] += weight * gy * gy
              row[3] += weight * gx * difference
              row[4] += weight * gy * difference
            }
          }
        }
      }
    }
    var sums = [Double](repeating: 0, count: 5)
    for y in 0..<height {
      for k in 0..<5 { sums[k] += rows[5 * y + k] }
    }
    let determinant = sums[0] * sums[2] - sums[1] * sums[1]
    guard determinant > 1e-9 * sums[0] * sums[2], determinant > 0 else {
      throw CRSError.data(
        "the region has no structure in both directions that offsets could be measured on",
        parameter: "mm_crosscorr_region", expected: "a region with spectra, lines or stars")
    }
    errors[own] = Offset(x: (sums[2] / determinant).squareRoot(), y: (sums[0] / determinant).squareRoot())
    return Offset(
      x: -(sums[2] * sums[3] - sums[1] * sums[4]) / determinant,
      y: -(sums[0] * sums[4] - sums[1] * sums[3]) / determinant)
  }
}
