import Glibc

/// Whether one of two exposures is the other one blurred: the sharper one is blurred for trial where the image is steep, as
/// widely as fits best.
///
/// The curvature of the image tells a small blur; of a larger one it shows another flux, or noise.
struct BlurTrial {
  /// The blurred exposure, from 0.
  let exposure: Int
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
  /// Mean squared deviation up to which nothing is blurred.
  private static let quiet = 1.2
  /// Part of the pixels that a blur must not reach out of: edges, and values that do not count.
  private static let known = 0.7
  /// Part of the steep pixels that differ because of it, at least: lost blocks are few.
  private static let part = 0.03
  /// Deviations by which a pixel stands out of the sky.
  private static let bright: Float = 3
  /// Steep pixels that are compared, at least.
  private static let fewest = 200

  /// nil where no blur explains what the exposures differ by, or another flux does as well.
  ///
  /// - Parameters:
  ///   - exposures: two, on one scale [ADU]; NaN where a value does not count.
  ///   - noise: of both.
  /// - Throws: `CRSError.interrupted`.
  init?(of exposures: [Plane<Float>], noise: PixelNoise, work: Work) throws {
    guard exposures.count == 2 else { return nil }
    let places = try WholeDisplacement.Places(exposures[0], noise: noise, work: work)
    guard places.all.count >= Self.fewest else { return nil }
    let (shape, skies) = (exposures[0].shape, exposures.map(WholeDisplacement.level))
    let best = try withPixels(of: exposures) { planes -> (exposure: Int, width: Double, pixels: Int)? in
      func look(_ sharp: Int, _ shared: [Int]) -> Look {
        Look(
          sharp: planes[sharp], other: planes[1 - sharp], shape: shape,
          skies: (skies[sharp], skies[1 - sharp]), places: places, shared: shared, noise: noise)
      }
      // A hit that is blurred looks like the sky of the other exposure: only what both show counts.
      let shared = places.all.indices.filter { k in
        let i = places.all[k].y * shape.width + places.all[k].x
        let (perSignal, readout) = noise.at(i)
        return [0, 1].allSatisfy { exposure in
          let excess = planes[exposure][i] - skies[exposure]
          return excess * excess > Self.bright * Self.bright
            * (max(planes[exposure][i], 0) * perSignal + readout)
        }
      }
      let looks = [look(0, shared), look(1, shared)]
      let here = looks[0].misfit(factor: 1)
      guard here.count >= Self.fewest, here.mean > Self.quiet else { return nil }
      var best: (exposure: Int, width: Double, found: Look.Misfit)?
      for (sharp, look) in looks.enumerated() {
        for width in Self.widths {
          try work.checkCancelled()
          let found = look.misfit(blur: width)
          let isKnown = Double(found.count) > Self.known * Double(here.count)
          if isKnown, found.mean < best?.found.mean ?? here.mean { best = (1 - sharp, width, found) }
        }
      }
      let scaled = Self.factors.map { looks[0].misfit(factor: $0).mean }.min() ?? .infinity
      guard let best, here.mean - best.found.mean > Self.explained * (here.mean - 1),
        best.found.mean < Self.clear * scaled,
        Double(here.far - best.found.far) > Self.part * Double(here.count)
      else { return nil }
      return (best.exposure, best.width, max(0, here.far - best.found.far) * places.step)
    }
    guard let best else { return nil }
    (exposure, width, pixels) = best
  }

  /// What the sharper exposure makes expect of the other one.
  private struct Look {
    let sharp: UnsafeBufferPointer<Float>
    let other: UnsafeBufferPointer<Float>
    let shape: Shape
    let skies: (sharp: Float, other: Float)
    let places: WholeDisplacement.Places
    /// Those of the places at which both exposures stand out of the sky.
    let shared: [Int]
    let noise: PixelNoise

    /// Mean squared deviation, how many pixels were compared, and how many of them deviate by more than 2.
    typealias Misfit = (mean: Double, count: Int, far: Int)

    func misfit(factor: Float) -> Misfit { misfit { factor * (sharp[$0] - skies.sharp) } }

    /// - Parameter width: full width at half maximum [pixel].
    func misfit(blur width: Double) -> Misfit {
      let sigma = width / 2.3548
      let reach = max(1, Int((3 * sigma).rounded(.up)))
      let weights = (-reach...reach).map { Float(exp(-0.5 * Double($0 * $0) / (sigma * sigma))) }
      let total = weights.reduce(0, +)
      return misfit { i in
        let (x, y) = (i % shape.width, i / shape.width)
        guard x >= reach, x + reach < shape.width, y >= reach, y + reach < shape.height else { return .nan }
        var sum: Float = 0
        for dy in -reach...reach {
          let row = i + dy * shape.width
          var line: Float = 0
          for dx in -reach...reach { line += weights[dx + reach] * sharp[row + dx] }
          sum += weights[dy + reach] * line
        }
        return sum / (total * total) - skies.sharp
      }
    }

    /// - Parameter expected: of a pixel, above the sky.
    private func misfit(_ expected: (Int) -> Float) -> Misfit {
      var (sum, count, far): (Float, Int, Int) = (0, 0, 0)
      for k in shared {
        let i = places.all[k].y * shape.width + places.all[k].x
        let (a, b) = (expected(i) + skies.other, other[i])
        let (perSignal, readout) = noise.at(i)
        let variance = (max(a, 0) + max(b, 0)) * perSignal + 2 * readout + places.tolerances[k]
        let square = (a - b) * (a - b) / max(variance, 1e-12)
        guard square.isFinite else { continue }
        sum += min(square, BlurTrial.most)
        count += 1
        if square > 4 { far += 1 }
      }
      return (count > 0 ? Double(sum) / Double(count) : .infinity, count, far)
    }
  }
}
