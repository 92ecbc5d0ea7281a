/// Improves displacements by least squares: each exposure against the clean mean of the others moved onto it.
///
/// The mean never contains the exposure itself, so that nothing draws the result towards zero.
struct OffsetRefinement {
  private let planes: [Plane<Float>]
  private let factors: [Double]
  private let noise: StackNoise
  /// The exposures with NaN where a value does not count; nil where all do.
  private let gaps: [Plane<Float>]?
  private(set) var offsets: [Offset]
  private(set) var errors: [Offset]

  private static let passes = 6
  /// Pixels that hits of several exposures share; nil: they are not known.
  private var excluded: Mask?
  private static let border = 4

  /// - Parameters:
  ///   - planes: finite exposures [ADU].
  ///   - gaps: the same with NaN where what stands there is made up; nil for none.
  ///   - factors: their relative flux.
  ///   - offsets: first estimate [pixel].
  init(
    _ planes: [Plane<Float>], gaps: [Plane<Float>]?, factors: [Double], noise: StackNoise, offsets: [Offset]
  ) {
    self.gaps = gaps
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

  /// Does it again without pixels that hits of several exposures share, where these change a displacement by more than its
  /// error allows: in small displacements they pass for structure that did not move.
  ///
  /// - Throws: `CRSError.interrupted`.
  mutating func settle(without hits: Mask, work: Work) throws {
    let (before, known) = (offsets, errors)
    let largest = offsets.map { max(abs($0.x), abs($0.y)) }.max() ?? 0
    guard largest < Self.near, hits.plane.pixels.contains(where: { $0 != 0 }) else { return }
    excluded = hits
    do {
      let isSettled = try planes.indices.allSatisfy { own in
        let step = try residual(of: own, slack: 0.15, work)
        return abs(step.x) <= 4 * errors[own].x && abs(step.y) <= 4 * errors[own].y
      }
      if isSettled {
        (offsets, errors, excluded) = (before, known, nil)
      } else {
        try run(work: work)
      }
    } catch let error as CRSError where error.kind == .data {
      // Little is left beside them.
      (offsets, errors, excluded) = (before, known, nil)
    }
  }

  /// Offsets up to which a hit of one exposure lies on that of the other [pixel].
  private static let near = 1.5

  private mutating func residual(of own: Int, slack: Float, _ work: Work) throws -> Offset {
    let shape = planes[0].shape
    let numbers = planes.indices.filter { $0 != own }
    let others = try numbers.map { k in
      let offset = Offset(x: offsets[own].x - offsets[k].x, y: offsets[own].y - offsets[k].y)
      var moved = try CubicShift.shifted(planes[k], by: offset, work: work)
      if let gaps { moved.leaveOut(gapsOf: gaps[k], movedBy: offset) }
      return moved
    }
    let alone = planes[own]
    let low = try Plane<Float>.byRows(shape, work: work) { y, row in
      for x in 0..<shape.width {
        let i = y * shape.width + x
        var least = Float.infinity
        for other in others where other.pixels[i] < least { least = other.pixels[i] }
        row[x] = least < .infinity ? least : alone.pixels[i]
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
          let deviation = Self.deviation(smooth.pixels[i], noise[own], i)
          let spare = slack * steep.pixels[i]
          var (sum, count, there): (Float, Float, Int) = (0, 0, 0)
          for (k, other) in zip(numbers, others) where other.pixels[i].isFinite {
            there += 1
            let own = noise.isCommon ? deviation : Self.deviation(smooth.pixels[i], noise[k], i)
            guard other.pixels[i] < low.pixels[i] + (3.5 * own + spare) else { continue }
            sum += other.pixels[i]
            count += 1
          }
          row[x] = sum / max(count, 1)
          let isClipped = Int(count) < there
          let differs = abs(image.pixels[i] - row[x]) > 4 * deviation + spare
          flags.base[i] = isClipped || differs ? 1 : 0
        }
      }
    }
    var bad = try spoilt.dilated(times: 1, work: work)
    if let gaps {
      // A gap spoils itself alone.
      for i in 0..<shape.count
      where gaps[own].pixels[i].isNaN || !others.contains(where: { $0.pixels[i].isFinite }) {
        bad.plane.pixels[i] = 1
      }
    }
    if let excluded { bad = bad | excluded }
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
    let (border, noise, image) = (Self.border, noise[own], planes[own])
    let others = self.noise.isCommon ? nil : self.noise.typical
    let factor = factors[own]
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
              let weight: Double
              if let others {
                let typical = Double(Self.deviation(smooth.pixels[i], others, i))
                weight = 1 / (deviation * deviation / factor + typical * typical * (perOthers - 1 / factor))
              } else {
                weight = 1 / (deviation * deviation * perOthers)
              }
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
