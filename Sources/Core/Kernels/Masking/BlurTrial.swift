import Glibc

/// Whether one exposure is blurred, or the others are: the sharper one of it and what the others show is blurred for trial where
/// the image is steep, as widely as fits best.
///
/// The curvature of the image tells a small blur; of a larger one it shows another flux, noise, or nothing.
struct BlurTrial {
  /// From 0.
  let exposure: Int
  /// Whether it is sharper than the others, which is said of three exposures and more only.
  let isSharper: Bool
  /// Full width at half maximum of the blur [pixel].
  let width: Double
  /// Pixels that differ by more than 2 standard deviations because of it.
  let pixels: Int

  private static let widths = [0.8, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5, 4, 5, 6]
  private static let factors: [Float] = [0.5, 0.6, 0.7, 0.8, 0.9, 1.1, 1.25, 1.4, 1.7, 2]
  /// Squared deviations count up to here, so that what is hit decides nothing.
  private static let most: Float = 9
  /// Part of what is more than noise that a blur explains at least, and the part of what another flux leaves that it leaves at
  /// most.
  private static let (explained, clear) = (0.4, 0.8)
  /// The same of many pixels that chance does not make, times the root of their number.
  private static let surely = 6.0
  /// Mean squared deviation, of that of exposures that are alike, up to which nothing is blurred.
  private static let quiet = 1.2
  /// Part of the pixels that a blur must not reach out of: edges, and values that do not count.
  private static let known = 0.7
  /// Part of the steep pixels that differ because of it, at least, and how many: a few stars that are hit are no blur.
  private static let (part, least) = (0.01, 40.0)
  /// Squared deviations by which a place fits better or worse, and how many times as many must fit better.
  private static let (clearly, often): (Float, Double) = (0.3, 1.5)
  /// Deviations by which a pixel stands out of the sky.
  private static let bright: Float = 3
  /// Steep pixels that are compared, at least.
  private static let fewest = 100

  /// nil where no blur explains what the exposures differ by, or another flux does as well.
  ///
  /// - Parameters:
  ///   - exposures: on one scale [ADU], at least 2; NaN where a value does not count.
  ///   - median: of the same.
  ///   - noise: of all.
  /// - Throws: `CRSError.interrupted`.
  init?(of exposures: [Plane<Float>], median: Plane<Float>, noise: PixelNoise, work: Work) throws {
    let isPair = exposures.count == 2
    let places = try WholeDisplacement.Places(isPair ? exposures[0] : median, noise: noise, work: work)
    guard places.all.count >= Self.fewest else { return nil }
    let own = isPair ? [exposures[1]] : exposures
    let others =
      isPair ? [exposures[0]] : exposures.indices.map { Self.others(than: $0, exposures, median, noise) }
    // The noise of a mean of two, or of a median, beside that of one.
    let noiseOfOthers: Float = isPair ? 1 : exposures.count == 3 ? 0.5 : 1.57 / Float(exposures.count)
    let skies = (own + others).map(WholeDisplacement.level)
    let best = try withPixels(of: own + others) { planes in
      let all = own.indices.map { k in
        Comparison(
          planes: (planes[k], planes[own.count + k]), skies: (skies[k], skies[own.count + k]),
          noiseOfOthers: noiseOfOthers, shape: median.shape, places: places, noise: noise)
      }
      var best: (exposure: Int, found: Found)?
      for (k, comparison) in all.enumerated() {
        // Exposures that are alike differ by less than the noise and what a displacement may do.
        let rest = all.indices.filter { $0 != k }.map { all[$0].here.mean }.sorted().middle ?? 1
        let usual = isPair ? nil : min(1, rest)
        guard comparison.here.count >= Self.fewest, comparison.here.mean > Self.quiet * (usual ?? 0),
          let found = try comparison.found(usual: usual, work), found.gain > best?.found.gain ?? 0
        else { continue }
        best = (k, found)
      }
      return best
    }
    guard let best else { return nil }
    // Of two exposures the one that is not sharper is blurred.
    exposure = isPair ? (best.found.isSharper ? 0 : 1) : best.exposure
    isSharper = !isPair && best.found.isSharper
    (width, pixels) = (best.found.width, best.found.pixels * places.step)
  }

  /// What the other exposures show: of more than three the middle of all, which one hardly touches.
  private static func others(
    than k: Int, _ exposures: [Plane<Float>], _ median: Plane<Float>, _ noise: PixelNoise
  ) -> Plane<Float> {
    guard exposures.count == 3 else { return median }
    let rest = exposures.indices.filter { $0 != k }
    var out = exposures[rest[0]]
    withPixels(of: [exposures[rest[1]]]) { planes in
      for i in 0..<out.count {
        out.pixels[i] = WholeDisplacement.together(out.pixels[i], planes[0][i], noise: noise, at: i)
      }
    }
    return out
  }

  private struct Found {
    let isSharper: Bool
    let width: Double
    let pixels: Int
    /// Mean squared deviation that the blur explains.
    let gain: Double
  }

  /// An exposure beside what the others show.
  private struct Comparison {
    /// With the exposure, and with the others, for the sharper one.
    private let looks: [Look]
    /// How unlike they are.
    let here: Look.Misfit

    /// - Parameters:
    ///   - planes: of the exposure and the others.
    ///   - noiseOfOthers: their noise [variance] beside that of one exposure.
    init(
      planes: (own: UnsafeBufferPointer<Float>, others: UnsafeBufferPointer<Float>),
      skies: (own: Float, others: Float), noiseOfOthers: Float, shape: Shape,
      places: WholeDisplacement.Places, noise: PixelNoise
    ) {
      // A hit that is blurred looks like the sky of the other exposure: only what both show counts.
      let shared = places.all.indices.filter { k in
        let i = places.all[k].y * shape.width + places.all[k].x
        let (perSignal, readout) = noise.at(i)
        return [(planes.own, skies.own), (planes.others, skies.others)].allSatisfy { plane, sky in
          let excess = plane[i] - sky
          return excess * excess > bright * bright * (max(plane[i], 0) * perSignal + readout)
        }
      }
      looks = [
        Look(
          sharp: planes.own, other: planes.others, shape: shape, noiseParts: (1, noiseOfOthers),
          places: places, shared: shared, noise: noise),
        Look(
          sharp: planes.others, other: planes.own, shape: shape, noiseParts: (noiseOfOthers, 1),
          places: places, shared: shared, noise: noise),
      ]
      here = looks[0].misfit(factor: 1)
    }

    /// Whether more places fit better with a blur than without one, and not a few stars that are hit.
    private func isShared(_ sharp: Int, _ width: Double) -> Bool {
      let (before, after) = (looks[sharp].squares(factor: 1), looks[sharp].squares(blur: width))
      var (better, worse) = (0, 0)
      for (a, b) in zip(before, after) where a.isFinite && b.isFinite {
        let (a, b) = (min(a, most), min(b, most))
        if a > b + clearly { better += 1 }
        if b > a + clearly { worse += 1 }
      }
      return Double(better) > often * Double(worse)
    }

    /// - Parameter usual: mean squared deviation of exposures that are alike; nil where nothing but the blur tells it.
    func found(usual: Double?, _ work: Work) throws -> Found? {
      var best: (sharp: Int, width: Double, found: Look.Misfit)?
      for (sharp, look) in looks.enumerated() {
        var (least, worse) = (here.mean, 0)
        for width in widths {
          try work.checkCancelled()
          let found = look.misfit(blur: width)
          let isKnown = Double(found.count) > known * Double(here.count)
          if isKnown, found.mean < best?.found.mean ?? here.mean { best = (sharp, width, found) }
          // Wider ones take longer, and fit no better.
          worse = found.mean > 1.1 * least ? worse + 1 : 0
          if worse == 3 { break }
          least = min(least, found.mean)
        }
      }
      let scaled = factors.map { looks[0].misfit(factor: $0).mean }.min() ?? .infinity
      guard let best, case let usual = usual ?? min(1, best.found.mean), here.mean > quiet * usual,
        here.mean - best.found.mean
          > max(explained * (here.mean - usual), surely / Double(here.count).squareRoot()),
        best.found.mean < clear * scaled,
        Double(here.far - best.found.far) > max(part * Double(here.count), least),
        isShared(best.sharp, best.width)
      else { return nil }
      return Found(
        isSharper: best.sharp == 0, width: best.width, pixels: max(0, here.far - best.found.far),
        gain: here.mean - best.found.mean)
    }
  }

  /// What the sharper exposure makes expect of the other one.
  private struct Look {
    let sharp: UnsafeBufferPointer<Float>
    let other: UnsafeBufferPointer<Float>
    let shape: Shape
    /// Parts of the noise [variance] of one exposure that they have.
    let noiseParts: (sharp: Float, other: Float)
    let places: WholeDisplacement.Places
    /// Those of the places at which both exposures stand out of the sky.
    let shared: [Int]
    let noise: PixelNoise

    /// Mean squared deviation, how many pixels were compared, and how many of them deviate by more than 2.
    typealias Misfit = (mean: Double, count: Int, far: Int)

    func misfit(factor: Float) -> Misfit { misfit(squares(factor: factor)) }

    /// - Parameter width: full width at half maximum [pixel].
    func misfit(blur width: Double) -> Misfit { misfit(squares(blur: width)) }

    private func misfit(_ squares: [Float]) -> Misfit {
      var (sum, count, far): (Float, Int, Int) = (0, 0, 0)
      for square in squares where square.isFinite {
        sum += min(square, BlurTrial.most)
        count += 1
        if square > 4 { far += 1 }
      }
      return (count > 0 ? Double(sum) / Double(count) : .infinity, count, far)
    }

    /// Squared deviations of the places, in units of the noise; NaN where one is not known.
    func squares(factor: Float) -> [Float] { squares(left: 1) { factor * sharp[$0] } }

    func squares(blur width: Double) -> [Float] {
      let sigma = width / 2.3548
      let reach = max(1, Int((3 * sigma).rounded(.up)))
      let weights = (-reach...reach).map { Float(exp(-0.5 * Double($0 * $0) / (sigma * sigma))) }
      let total = weights.reduce(0, +)
      // A mean of many pixels has less noise, which is no better fit.
      let squares = weights.reduce(0) { $0 + $1 * $1 } / (total * total)
      return self.squares(left: squares * squares) { i in
        let (x, y) = (i % shape.width, i / shape.width)
        guard x >= reach, x + reach < shape.width, y >= reach, y + reach < shape.height else { return .nan }
        var sum: Float = 0
        for dy in -reach...reach {
          let row = i + dy * shape.width
          var line: Float = 0
          for dx in -reach...reach { line += weights[dx + reach] * sharp[row + dx] }
          sum += weights[dy + reach] * line
        }
        return sum / (total * total)
      }
    }

    /// Another sky is taken off: the middle of the differences.
    ///
    /// - Parameters:
    ///   - left: part of the noise [variance] of the sharper one that is in what is expected.
    ///   - expected: of a pixel.
    private func squares(left: Float, _ expected: (Int) -> Float) -> [Float] {
      let values = shared.map { k -> (expected: Float, difference: Float) in
        let i = places.all[k].y * shape.width + places.all[k].x
        let value = expected(i)
        return (value, other[i] - value)
      }
      let sky = lowMedian(values.map(\.difference).filter(\.isFinite)) ?? 0
      let parts = (left * noiseParts.sharp, noiseParts.other)
      return zip(shared, values).map { k, value in
        let i = places.all[k].y * shape.width + places.all[k].x
        let (perSignal, readout) = noise.at(i)
        let variance =
          (parts.0 * max(value.expected, 0) + parts.1 * max(other[i], 0)) * perSignal
          + (parts.0 + parts.1) * readout + places.tolerances[k]
        let rest = value.difference - sky
        return rest * rest / max(variance, 1e-12)
      }
    }
  }
}
