/// How far an exposure lies from the others, however far.
///
/// Slopes of the image tell a displacement only while it is smaller than what is displaced; so the others are moved by what
/// was found, and the rest is measured, until nothing is left.
struct MeasuredDisplacement {
  /// An exposure whose features lie at larger x has x > 0 [pixel].
  private(set) var offset: Offset
  /// Mean square of the difference that is left, in units of the noise, values beyond 5 taken for 5.
  private(set) var misfit: Double
  /// The same where the others were not moved and their slopes stand for the displacement.
  let misfitOfSlopes: Double

  /// What is added to the others' image and by what it is multiplied beside that.
  private(set) var sky = 0.0
  private(set) var flux = 1.0

  /// Pixels that are looked at, about, and how many tell anything.
  private static let (sample, fewest) = (20_000, 200)
  /// Rounds, and a rest that is none [pixel].
  private static let (rounds, enough) = (12, 0.01)
  /// The largest step [pixel]: slopes say no more.
  private static let step = 0.7
  /// Farther away than this nothing is believed [pixel].
  private static let farthest = 16.0
  /// The part of the others' light that an exposure shows at least: one whose stars lie elsewhere looks as if it had none.
  private static let faintest = 0.3

  /// nil where too little of the image is steep.
  ///
  /// - Parameters:
  ///   - exposure, others: on one scale and with one sky [ADU], finite.
  ///   - start: what is known of it.
  ///   - noise: of the exposure.
  ///   - factor: relative flux that the exposure was divided by.
  /// - Throws: `CRSError.interrupted`.
  init?(
    of exposure: Plane<Float>, from others: Plane<Float>, start: Offset, noise: PixelNoise, factor: Float,
    work: Work
  ) throws {
    let fit = Fit(exposure: exposure, noise: noise, factor: factor)
    guard let first = fit.slopes(of: others, tolerance: 0.1) else { return nil }
    misfitOfSlopes = first.misfit
    (offset, misfit) = (start, first.misfit)
    for round in 0..<Self.rounds {
      let moved = try CubicShift.shifted(others, by: offset, work: work)
      guard let rest = fit.slopes(of: moved, tolerance: round < 3 ? 0.5 : 0.05) else { return nil }
      (misfit, sky, flux) = (rest.misfit, rest.sky, rest.flux)
      func limited(_ value: Double) -> Double { min(max(value, -Self.step), Self.step) }
      let (x, y) = (limited(rest.offset.x), limited(rest.offset.y))
      offset = Offset(x: offset.x + x, y: offset.y + y)
      if round >= 3, max(abs(x), abs(y)) < Self.enough { break }
    }
    guard offset.x.isFinite, offset.y.isFinite, max(abs(offset.x), abs(offset.y)) <= Self.farthest else {
      return nil
    }
  }

  /// Compares an exposure with what the others show, here or there.
  private struct Fit {
    let exposure: Plane<Float>
    let noise: PixelNoise
    let factor: Float

    /// What the slopes of an image say of the displacement, beside a constant and a multiple, by least squares in which
    /// far pixels, such as hits, count little; and what is left.
    ///
    /// - Parameter tolerance: part of the slopes that a pixel may be off by.
    func slopes(of image: Plane<Float>, tolerance: Double) -> (
      offset: Offset, misfit: Double, sky: Double, flux: Double
    )? {
      let rows = rows(of: image)
      guard rows.count >= MeasuredDisplacement.fewest else { return nil }
      var found = SIMD4<Double>.zero
      for _ in 0..<4 {
        var matrix = [SIMD4<Double>](repeating: .zero, count: 4)
        var sums = SIMD4<Double>.zero
        for row in rows {
          let p = row.pattern
          let rest = row.difference - (found * p).sum()
          let spread = row.variance + tolerance * tolerance * (p[2] * p[2] + p[3] * p[3])
          let square = rest * rest / (9 * spread)
          let weighted = p / (spread * (1 + square * square))
          sums += weighted * row.difference
          for k in 0..<4 { matrix[k] += weighted[k] * p }
        }
        let solution = LeastSquares.solveBalanced(
          matrix.map { row in (0..<4).map { row[$0] } }, (0..<4).map { sums[$0] })
        for k in 0..<4 { found[k] = solution[k] }
        guard (found - found).sum() == 0 else { return nil }
      }
      // What shows nothing of the others explains nothing.
      let kept = 1 + found[1] < MeasuredDisplacement.faintest ? SIMD4(found[0], 0, 0, 0) : found
      let left = rows.reduce(0.0) {
        let rest = $1.difference - (kept * $1.pattern).sum()
        return $0 + min(25, rest * rest / $1.variance)
      }
      return (Offset(x: -found[2], y: -found[3]), left / Double(rows.count), found[0], 1 + found[1])
    }

    /// Of steep pixels: difference, variance, and the patterns constant, level and slopes.
    private func rows(of image: Plane<Float>) -> [(
      difference: Double, variance: Double, pattern: SIMD4<Double>
    )] {
      let (width, height) = (image.width, image.height)
      guard width > 2, height > 2 else { return [] }
      return withPixels(of: [exposure, image]) { planes in
        let (own, p) = (planes[0], planes[1])
        var steep: [Int] = []
        func slopes(_ i: Int) -> (Float, Float) {
          (0.5 * (p[i + 1] - p[i - 1]), 0.5 * (p[i + width] - p[i - width]))
        }
        func variance(_ i: Int) -> Float {
          let (perSignal, readout) = noise.at(i)
          return max(p[i], 0) * perSignal / factor + readout / (factor * factor)
        }
        for y in 1..<height - 1 {
          for i in y * width + 1..<(y + 1) * width - 1 {
            let (gx, gy) = slopes(i)
            if gx * gx + gy * gy > 9 * variance(i) { steep.append(i) }
          }
        }
        let step = max(1, steep.count / MeasuredDisplacement.sample) | 1
        return stride(from: 0, to: steep.count, by: step).map { number in
          let i = steep[number]
          let (gx, gy) = slopes(i)
          // Twice that of one exposure, as of a pair: what the others have is less, if anything.
          return (
            Double(own[i]) - Double(p[i]), Double(max(2 * variance(i), 1e-12)),
            SIMD4(1, Double(p[i]), Double(gx), Double(gy))
          )
        }
      }
    }
  }
}
