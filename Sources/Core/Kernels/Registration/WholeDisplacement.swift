/// How many whole pixels an exposure lies away from the others: where the image is steep, only its true place leaves little but
/// noise.
///
/// Slopes tell a displacement only while it is smaller than what is displaced: of stars that moved by more than their width they
/// show some other exposure, another flux, or nothing.
struct WholeDisplacement: Equatable {
  /// From 0.
  let exposure: Int
  /// Its features lie at larger x where x > 0 [pixel].
  let x: Int
  let y: Int
  /// Pixels that differ by more than 2 standard deviations where it is, and would not if it were moved.
  let pixels: Int
  /// How much brighter it is than the others in the middle of all pixels [ADU].
  let sky: Double

  /// Steep pixels that are compared, about, and fewest that tell anything.
  private static let (sample, fewest) = (12_000, 200)
  /// Part of the pixels that stars have, at most.
  private static let few = 0.05
  /// Pixels that are looked at for them, about.
  private static let looked = 3_000_000
  /// Displacements along each axis that are tried, at most.
  private static let farthest = 15
  /// Part of the slope that a pixel may differ by: a true place lies between whole pixels.
  private static let between: Float = 0.2
  /// Squared deviations count up to here, so that what is hit decides nothing.
  private static let most: Float = 9
  /// Mean squared deviation up to which nothing has moved.
  private static let quiet = 1.25
  /// By how many times what chance makes of them two places must differ.
  private static let clear = 6.0
  /// A true place explains this part of what is more than noise, at least: beside the exposure's, and farther away, where an
  /// exposure that is only blurred fits as badly as at its own.
  private static let (explainedBeside, explained) = (0.1, 0.4)
  /// The same for a place that is taken instead of another one that was found.
  private static let surely = 0.6

  /// Mean squared deviation of steep pixels that noise and hits seldom make, and the ratio to that of other exposures.
  private static let (steepest, uneven) = (1.1, 1.1)

  /// What comparing steep pixels tells.
  struct Findings {
    /// The exposure that a displacement explains best; nil where none moved by more than half a pixel.
    var moved: WholeDisplacement?
    /// The mean squared deviations of exposures from the others, where they are.
    var misfits: [Double] = []

    /// Whether one of them is more than noise makes, or of three exposures and more much larger than the others.
    var isUnlike: Bool {
      guard let largest = misfits.max() else { return false }
      let middle = misfits.sorted().middle ?? largest
      return largest > WholeDisplacement.steepest || largest > WholeDisplacement.uneven * middle
    }
  }

  /// The exposure that a displacement explains best, and how unlike exposures are.
  ///
  /// - Parameters:
  ///   - exposures: on one scale [ADU], at least 2; NaN where a value does not count.
  ///   - median: of the same.
  ///   - factors: relative fluxes that they were divided by.
  /// - Throws: `CRSError.interrupted`.
  static func largest(
    of exposures: [Plane<Float>], median: Plane<Float>, factors: [Double], noise: StackNoise, work: Work
  ) throws -> Findings {
    // Of two exposures nobody knows which one moved.
    let isPair = exposures.count == 2
    let places = try Places(isPair ? exposures[0] : median, noise: noise.typical, work: work)
    var findings = Findings()
    guard places.all.count >= fewest else { return findings }
    let levels = exposures.map(level)
    var gain = 0.0
    for k in isPair ? [1] : Array(exposures.indices) {
      // Another sky is no displacement, and hides none.
      let sky = levels[k] - (lowMedian(exposures.indices.filter { $0 != k }.map { levels[$0] }) ?? levels[k])
      let trial = Trial(
        exposure: exposures[k], places: places,
        reference: expected(of: k, exposures, median, at: places.all, noise: noise[k]).map { $0 + sky },
        noise: noise[k], factor: Float(factors[k]))
      let here = trial.misfit(0, 0)
      guard here.count >= fewest else { continue }
      findings.misfits.append(here.mean)
      guard let found = try trial.best(than: here, work), found.gain > gain else { continue }
      gain = found.gain
      findings.moved = WholeDisplacement(
        exposure: k, x: found.x, y: found.y, pixels: found.pixels * places.step, sky: Double(sky))
    }
    return findings
  }

  /// Whole pixels by which the second of two exposures lies away, where they fit clearly better than what was found.
  ///
  /// - Parameters:
  ///   - noise: of both.
  ///   - found: displacement of the second one [pixel].
  /// - Returns: `found` where nothing else does.
  /// - Throws: `CRSError.interrupted`.
  static func better(
    than found: Offset, of first: Plane<Float>, _ second: Plane<Float>, noise: StackNoise, work: Work
  ) throws -> Offset {
    let places = try Places(first, noise: noise[0], work: work)
    let part = Double(places.all.count * places.step) / Double(max(1, first.count))
    // Where much of the image is steep, a trial of all pixels has told already.
    guard places.all.count >= fewest, part < few else { return found }
    let reference = expected(of: 1, [first, second], first, at: places.all, noise: noise[0])
    let trial = Trial(exposure: second, places: places, reference: reference, noise: noise[1], factor: 1)
    return try trial.better(than: found, work) ?? found
  }

  /// The middle of all pixels [ADU].
  static func level(of exposure: Plane<Float>) -> Float {
    let step = max(1, exposure.count / sample) | 1
    let values = stride(from: 0, to: exposure.count, by: step).map { exposure.pixels[$0] }
    return lowMedian(values.filter(\.isFinite)) ?? 0
  }

  /// What the other exposures show at the places: of more than three the middle of all, which one hardly touches.
  private static func expected(
    of k: Int, _ exposures: [Plane<Float>], _ median: Plane<Float>, at places: [(x: Int, y: Int)],
    noise: PixelNoise
  ) -> [Float] {
    let width = median.width
    let others = exposures.indices.filter { $0 != k }
    if others.count == 1 { return places.map { exposures[others[0]].pixels[$0.y * width + $0.x] } }
    guard others.count == 2 else { return places.map { median.pixels[$0.y * width + $0.x] } }
    return withPixels(of: others.map { exposures[$0] }) { planes in
      places.map { x, y in
        together(planes[0][y * width + x], planes[1][y * width + x], noise: noise, at: y * width + x)
      }
    }
  }

  /// What two exposures show of a pixel: the mean would have the hits of both.
  static func together(_ a: Float, _ b: Float, noise: PixelNoise, at i: Int) -> Float {
    guard a.isFinite, b.isFinite else { return a.isFinite ? a : b }
    let (perSignal, readout) = noise.at(i)
    let low = min(a, b)
    return (a - b) * (a - b) < 32 * (max(low, 0) * perSignal + readout) ? 0.5 * (a + b) : low
  }

  /// Steep pixels, away from the edges.
  struct Places {
    private(set) var all: [(x: Int, y: Int)] = []
    /// What half a pixel or so may change there [ADU^2].
    private(set) var tolerances: [Float] = []
    /// Displacements along each axis that are tried.
    let reach: Int
    /// How many pixels each stands for.
    private(set) var step = 1

    init(_ image: Plane<Float>, noise: PixelNoise, work: Work) throws {
      let (width, height) = (image.width, image.height)
      reach = min(farthest, min(width, height) / 3)
      guard reach >= 2 else { return }
      let rows = max(1, image.count / looked)
      let (lines, size) = ((height - 3) / rows + 1, 32)
      let bands = OrderedResults<[(x: Int, y: Int)]>((lines + size - 1) / size)
      try withPixels(of: [image]) { planes in
        nonisolated(unsafe) let p = planes[0]
        try work.forTiles(lines, size: size) { tile in
          var found: [(x: Int, y: Int)] = []
          for line in tile {
            let y = 1 + line * rows
            for x in 1..<width - 1 {
              let i = y * width + x
              let (gx, gy) = (p[i + 1] - p[i - 1], p[i + width] - p[i - width])
              let (perSignal, readout) = noise.at(i)
              // Half the differences are the slopes.
              if gx * gx + gy * gy > 32 * (max(p[i], 0) * perSignal + readout), p[i].isFinite {
                found.append((x, y))
              }
            }
          }
          bands.set(tile.lowerBound / size, found)
        }
      }
      all = bands.values.flatMap { $0 }
      let each = max(1, all.count / sample) | 1
      if each > 1 { all = stride(from: 0, to: all.count, by: each).map { all[$0] } }
      step = each * rows
      tolerances = withPixels(of: [image]) { planes in
        all.map { x, y in
          let i = y * width + x
          let (gx, gy) = (
            0.5 * (planes[0][i + 1] - planes[0][i - 1]), 0.5 * (planes[0][i + width] - planes[0][i - width])
          )
          return between * between * (gx * gx + gy * gy)
        }
      }
    }

    /// Forgets places in a mask.
    mutating func leaveOut(_ mask: Mask) {
      let kept = all.indices.filter { !mask[all[$0].x, all[$0].y] }
      (all, tolerances) = (kept.map { all[$0] }, kept.map { tolerances[$0] })
    }
  }

  /// One exposure at all places.
  private struct Trial {
    let exposure: Plane<Float>
    let places: Places
    /// What is expected there.
    let reference: [Float]
    let noise: PixelNoise
    let factor: Float

    /// The mean squared deviation of the places where the exposure lies by so many pixels away, how many were compared, and
    /// how many of them deviate by more than 2.
    func misfit(_ dx: Int, _ dy: Int) -> Misfit {
      let (width, height) = (exposure.width, exposure.height)
      var (sum, count, far): (Float, Int, Int) = (0, 0, 0)
      withPixels(of: [exposure]) { planes in
        let own = planes[0]
        for k in places.all.indices {
          let ((x, y), b) = (places.all[k], reference[k])
          guard x + dx >= 0, x + dx < width, y + dy >= 0, y + dy < height else { continue }
          let a = own[(y + dy) * width + x + dx]
          let (perSignal, readout) = noise.at(y * width + x)
          let variance =
            (max(a, 0) + max(b, 0)) * perSignal / factor + 2 * readout / (factor * factor)
            + places.tolerances[k]
          let square = (a - b) * (a - b) / max(variance, 1e-12)
          guard square.isFinite else { continue }
          sum += min(square, most)
          count += 1
          if square > 4 { far += 1 }
        }
      }
      return (count > 0 ? Double(sum) / Double(count) : .infinity, count, far)
    }

    typealias Misfit = (mean: Double, count: Int, far: Int)
    private typealias Cell = (x: Int, y: Int, found: Misfit)

    /// How well all displacements fit.
    private func cells(_ work: Work) throws -> [Cell] {
      let reach = places.reach
      let side = 2 * reach + 1
      let rows = OrderedResults<[Misfit]>(side)
      try work.forTiles(side, size: 1) { tile in
        for line in tile { rows.set(line, (-reach...reach).map { misfit($0, line - reach) }) }
      }
      return rows.values.enumerated().flatMap { line, row in
        row.enumerated().map { (x: $0.offset - reach, y: line - reach, found: $0.element) }
      }.filter { $0.found.count >= fewest }
    }

    /// The displacement that fits best, and by how much better than none it fits, in units of chance; nil for none.
    func best(than here: Misfit, _ work: Work) throws -> (x: Int, y: Int, pixels: Int, gain: Double)? {
      guard here.mean > quiet else { return nil }
      let all = try cells(work)
      guard let least = all.map(\.found.mean).min() else { return nil }
      let chance = 2 / Double(here.count).squareRoot()
      // Along a line nothing tells where it lies: of places that fit alike the nearest one.
      let alike = all.filter { $0.found.mean < least + clear * chance / 2 }
      guard let best = alike.min(by: { ($0.x * $0.x + $0.y * $0.y) < ($1.x * $1.x + $1.y * $1.y) }),
        best.x != 0 || best.y != 0
      else { return nil }
      // A blurred exposure fits better away from the lines, on either side.
      let opposite = all.first { $0.x == -best.x && $0.y == -best.y }?.found.mean ?? .infinity
      guard opposite > 0.5 * (here.mean + best.found.mean) else { return nil }
      let part = max(abs(best.x), abs(best.y)) == 1 ? explainedBeside : explained
      guard here.mean - best.found.mean > max(clear * chance, part * (here.mean - 1)) else { return nil }
      return (best.x, best.y, max(0, here.far - best.found.far), (here.mean - best.found.mean) / chance)
    }

    /// Whole pixels that fit clearly better than what was found elsewhere; nil for none.
    func better(than found: Offset, _ work: Work) throws -> Offset? {
      let all = try cells(work)
      guard let best = all.min(by: { $0.found.mean < $1.found.mean }) else { return nil }
      func isNear(_ cell: Cell, _ size: Double) -> Bool {
        max(abs(Double(cell.x) - found.x), abs(Double(cell.y) - found.y)) <= size
      }
      guard !isNear(best, 1.5) else { return nil }
      let own = all.filter { isNear($0, 1) }.map(\.found.mean).min() ?? Double(most)
      let chance = 2 / Double(best.found.count).squareRoot()
      guard own - best.found.mean > max(clear * chance, surely * (own - 1)) else { return nil }
      return Offset(x: Double(best.x), y: Double(best.y))
    }
  }
}
