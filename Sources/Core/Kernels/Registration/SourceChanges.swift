/// What the sources of each exposure differ by from those of the others, all over the image: a little more or less seeing,
/// another place by a part of a pixel, some other transparency.
///
/// The difference of an exposure from what all show is taken for a sum of that image, its slopes, its curvatures and its
/// smoothed copies less itself (Alard and Lupton 1998, ApJ 503, 325, with these patterns in place of their kernels), by least
/// squares in which far pixels, such as hits, do not count. Where the sum stands out of the noise it is taken off; what it may
/// be wrong by becomes noise.
package struct SourceChanges: Sendable {
  /// The exposures without their changes [ADU].
  let exposures: [Plane<Float>]
  /// What is left of the changes [ADU^2].
  let variance: Plane<Float>
  /// Pixels that they change by more than 2 standard deviations, in any exposure.
  let pixels: Int

  /// Steep pixels that tell changes, at least; and pixels that change.
  private static let (fewest, least) = (200, 40)
  /// Mean squared deviation from which on changes are looked for.
  private static let quiet = 1.05
  /// Part of what is more than noise that they explain, and in units of chance.
  private static let (explained, clear) = (0.25, 6.0)
  /// Squared deviations by which a place fits better or worse, and how many times as many must fit better.
  private static let (clearly, often) = (0.3, 1.5)
  /// Squared deviations count up to here, so that what is hit decides nothing.
  private static let most = 9.0
  /// Part of the changes that is left of them, before it is measured; and the smallest one.
  private static let (unknown, smallest) = (0.3, 0.1)
  /// Changes that are as large as this part of the light are no small ones.
  static let largest: Float = 0.5
  /// Another flux from which on exposures are no more alike, and part of what is followed that it explains alone.
  private static let (otherFlux, ofFlux) = (0.08, 0.6)

  /// nil where the exposures are alike but for noise and hits.
  ///
  /// - Parameters:
  ///   - exposures: on one scale [ADU], at least 2; NaN where a value does not count.
  ///   - factors: relative fluxes that they were divided by.
  /// - Throws: `CRSError.interrupted`.
  init?(
    of exposures: [Plane<Float>], factors: [Double], noise: StackNoise, work: Work
  ) throws {
    let isPair = exposures.count == 2
    let shown = try Self.shown(exposures, noise.typical, work)
    let places = try WholeDisplacement.Places(shown, noise: noise.typical, work: work)
    guard places.all.count >= Self.fewest, !Self.areLines(shown, at: places) else { return nil }
    // Of two exposures each has half of what they differ by.
    let differences = (isPair ? [1] : Array(exposures.indices)).map { k in
      Difference(
        of: exposures[k], from: isPair ? exposures[0] : shown, shown: shown, at: places,
        noise: (noise[k], isPair ? noise[0] : nil), factor: Float(factors[k]))
    }
    guard differences.contains(where: { $0.misfit > Self.quiet }) else { return nil }
    let patterns = try Patterns(shown, work: work)
    let fits = differences.map { Fit($0, patterns, places) }
    guard fits.contains(where: \.isEvident) else { return nil }
    let parts: [(fit: Fit, part: Float)]
    parts =
      isPair ? [-0.5, 0.5].map { (fits[0], Float($0)) } : fits.map { ($0, Float($0.isEvident ? 1 : 0)) }
    var (out, variance) = (exposures, Plane<Float>(width: shown.width, height: shown.height, repeating: 0))
    var changed = Mask(shape: shown.shape)
    for (k, (fit, part)) in parts.enumerated() where part != 0 {
      let change = try patterns.change(
        fit.amounts, part: part, noise: noise[k], factor: Float(factors[k]), work: work)
      // Of two exposures both are wrong by half of it, in opposite ways.
      let left = Float(fit.left) * (isPair ? Float(2).squareRoot() : 1)
      withPixels(of: [change]) { planes in
        for i in 0..<change.count where planes[0][i] != 0 {
          let value = planes[0][i]
          let (perSignal, readout) = noise[k].at(i)
          out[k].pixels[i] -= value
          variance.pixels[i] = max(variance.pixels[i], left * left * value * value)
          if value * value > 4 * (max(shown.pixels[i], 0) * perSignal + readout) {
            changed.plane.pixels[i] = 1
          }
        }
      }
    }
    // Where hardly anything changes, more of the hits on sources would be lost than false ones.
    guard changed.flagged >= Self.least else { return nil }
    (self.exposures, self.variance, pixels) = (out, variance, changed.flagged)
  }

  /// Pixels on either side where a line goes on, the part of the light that it has there at least, and across itself at most.
  private static let (beside, along, across): (Int, Float, Float) = (8, 0.5, 0.3)
  /// Part of the steep pixels that lie on lines, at most.
  private static let lines = 0.2

  /// Whether much of what is steep goes on along an axis, as lines and traces of spectra do: those change each on its own,
  /// which is followed line by line (`SmoothChanges`, `ExpectedExposures`).
  private static func areLines(_ shown: Plane<Float>, at places: WholeDisplacement.Places) -> Bool {
    let sky = WholeDisplacement.level(of: shown)
    let (width, height) = (shown.width, shown.height)
    var (on, all) = (0, 0)
    withPixels(of: [shown]) { planes in
      let image = planes[0]
      for (x, y) in places.all {
        guard x >= beside, x + beside < width, y >= beside, y + beside < height else { continue }
        let i = y * width + x
        let own = image[i] - sky
        let alongX = min(image[i - beside], image[i + beside]) - sky
        let alongY = min(image[i - beside * width], image[i + beside * width]) - sky
        guard own > 0 else { continue }
        all += 1
        if max(alongX, alongY) > along * own, min(alongX, alongY) < across * own { on += 1 }
      }
    }
    return Double(on) > lines * Double(all)
  }

  /// What values may exceed the lowest one by and count: so many deviations and a part of its light, more than small changes
  /// make; the median of three exposures and more may exceed it by more, for a sharp image of a star is no hit.
  private static let (deviations, ofLight, ofMedian): (Float, Float, Float) = (5.7, 0.15, 0.25)
  /// How many times as bright as its brightest neighbour a pixel of a source may be.
  private static let sharpest: Float = 2.2

  /// What the exposures show without hits, of any of them or all: the mean of the values that agree with the lowest one, where
  /// no pixel stands alone as hits and hot pixels do; NaN where fewer than two have a value.
  private static func shown(_ exposures: [Plane<Float>], _ noise: PixelNoise, _ work: Work) throws -> Plane<
    Float
  > {
    let sky = exposures.map(WholeDisplacement.level).min() ?? 0
    let shape = exposures[0].shape
    let middles = exposures.count > 2 ? try StackPlanes(exposures, work: work).median : exposures[0]
    let hasMiddle = exposures.count > 2
    let agreed = try withPixels(of: exposures + [middles]) { planes in
      nonisolated(unsafe) let sources = Array(planes.dropLast())
      nonisolated(unsafe) let middle = planes[planes.count - 1]
      return try Plane<Float>.byRows(shape, work: work) { y, row in
        for x in 0..<shape.width {
          let i = y * shape.width + x
          var (low, there) = (Float.infinity, 0)
          for source in sources where source[i].isFinite {
            low = min(low, source[i])
            there += 1
          }
          // A lone value may be hit.
          guard there > 1 else {
            row[x] = .nan
            continue
          }
          let (perSignal, readout) = noise.at(i)
          let spread = deviations * (max(low, 0) * perSignal + readout).squareRoot()
          if hasMiddle, middle[i] <= low + spread + ofMedian * max(low - sky, 0) {
            row[x] = middle[i]
            continue
          }
          let limit = low + spread + ofLight * max(low - sky, 0)
          var (sum, count): (Float, Float) = (0, 0)
          for source in sources where source[i] <= limit {
            sum += source[i]
            count += 1
          }
          row[x] = sum / count
        }
      }
    }
    return try withPixels(of: [agreed]) { planes in
      nonisolated(unsafe) let image = planes[0]
      return try Plane<Float>.byRows(shape, work: work) { y, row in
        for x in 0..<shape.width {
          let i = y * shape.width + x
          row[x] = image[i]
          guard y > 0, y < shape.height - 1, x > 0, x < shape.width - 1 else { continue }
          var highest = -Float.infinity
          for j in [i - 1, i + 1, i - shape.width, i + shape.width] where image[j] > highest {
            highest = image[j]
          }
          let (perSignal, readout) = noise.at(i)
          let limit =
            sky + sharpest * max(highest - sky, 0) + 3 * (max(highest, 0) * perSignal + readout).squareRoot()
          if image[i] > limit { row[x] = max(highest, sky) }
        }
      }
    }
  }

  /// How an exposure differs at some places.
  private struct Difference {
    /// Without another sky [ADU]; NaN where a value does not count.
    let values: [Double]
    /// Of the noise alone [ADU^2].
    let variances: [Double]
    /// Mean squared deviation.
    var misfit: Double { SourceChanges.mean(values.indices.map { values[$0] * values[$0] / variances[$0] }) }

    init(
      of exposure: Plane<Float>, from other: Plane<Float>, shown: Plane<Float>,
      at places: WholeDisplacement.Places, noise: (own: PixelNoise, other: PixelNoise?), factor: Float
    ) {
      let width = shown.width
      let step = max(1, exposure.count / 12_000) | 1
      let all = stride(from: 0, to: exposure.count, by: step).map { exposure.pixels[$0] - other.pixels[$0] }
      let sky = lowMedian(all.filter(\.isFinite)) ?? 0
      (values, variances) = withPixels(of: [exposure, other, shown]) { planes in
        let indices = places.all.map { $0.y * width + $0.x }
        return (
          indices.map { Double(planes[0][$0] - planes[1][$0] - sky) },
          indices.map { i in
            func variance(_ noise: PixelNoise) -> Float {
              let (perSignal, readout) = noise.at(i)
              return max(planes[2][i], 0) * perSignal / factor + readout / (factor * factor)
            }
            return Double(variance(noise.own) + (noise.other.map(variance) ?? 0))
          }
        )
      }
    }
  }

  /// - Parameter squares: deviations; those that are not finite do not count.
  private static func mean(_ squares: [Double]) -> Double {
    var (sum, count) = (0.0, 0)
    for square in squares where square.isFinite {
      sum += min(square, most)
      count += 1
    }
    return count > 0 ? sum / Double(count) : 0
  }

  /// How much of each pattern a difference has: all over the image, and changing along x and y where many places tell.
  private struct Fit {
    let amounts: Patterns.Amounts
    let isEvident: Bool
    /// Part of the change that it may be wrong by.
    let left: Double

    private static let rounds = 7
    /// Places that are fitted, about, and how many tell what changes over the image.
    private static let (sample, many) = (4000, 1000)

    init(_ difference: Difference, _ patterns: Patterns, _ places: WholeDisplacement.Places) {
      let all = difference.values.indices.filter { difference.values[$0].isFinite }
      let step = max(1, all.count / Self.sample)
      let used = stride(from: 0, to: all.count, by: step).map { all[$0] }
      let (values, variances) = (used.map { difference.values[$0] }, used.map { difference.variances[$0] })
      let count = used.count >= Self.many ? Patterns.varyingCount : Patterns.count
      let rows = patterns.values(at: used.map { places.all[$0] }, count: count)
      var found = [Double](repeating: 0, count: count)
      func change(_ i: Int) -> Double { (0..<count).reduce(0) { $0 + rows[i * count + $1] * found[$1] } }
      for round in 0..<Self.rounds {
        var sums = [Double](repeating: 0, count: count * count)
        var right = [Double](repeating: 0, count: count)
        for i in values.indices {
          let change = change(i)
          let rest = values[i] - change
          // At first nothing is known of the changes, which are a part of the light.
          let slack = round == 0 ? 0.05 * rows[i * count] : SourceChanges.unknown * change
          let variance = variances[i] + slack * slack
          guard round == 0 || rest * rest < 16 * variance else { continue }
          let weight = 1 / (variance * (round == 0 ? 1 + rest * rest / (9 * variance) : 1))
          for a in 0..<count {
            let part = weight * rows[i * count + a]
            right[a] += part * values[i]
            for b in a..<count { sums[a * count + b] += part * rows[i * count + b] }
          }
        }
        // Patterns that are nearly alike get amounts that are no larger than they must be.
        let matrix = (0..<count).map { a in
          (0..<count).map { b in (a == b ? 1.001 : 1) * sums[min(a, b) * count + max(a, b)] }
        }
        found = LeastSquares.solveBalanced(matrix, right)
      }
      func misfit(_ rest: (Int) -> Double) -> Double {
        SourceChanges.mean(values.indices.map { rest($0) * rest($0) / variances[$0] })
      }
      let before = misfit { values[$0] }
      let gain = before - misfit { values[$0] - change($0) }
      // Broad wings look like another flux in part; another flux is that alone.
      let scaled =
        stride(from: -0.6, through: 0.6, by: 0.05).map { factor in
          misfit { values[$0] - factor * rows[$0 * count] }
        }.min() ?? before
      let isFlux = abs(found[0]) > SourceChanges.otherFlux && before - scaled > SourceChanges.ofFlux * gain
      // Hits on a few sources change nothing elsewhere.
      var (better, worse) = (0, 0)
      for i in values.indices {
        let rest = values[i] - change(i)
        let (a, b) = (
          min(values[i] * values[i] / variances[i], SourceChanges.most),
          min(rest * rest / variances[i], SourceChanges.most)
        )
        if a > b + SourceChanges.clearly { better += 1 }
        if b > a + SourceChanges.clearly { worse += 1 }
      }
      isEvident =
        Double(better) > SourceChanges.often * Double(worse) && used.count >= SourceChanges.fewest
        && found.allSatisfy(\.isFinite) && !isFlux
        && before > SourceChanges.quiet && gain > SourceChanges.explained * (before - 1)
        && gain > SourceChanges.clear / Double(max(1, used.count)).squareRoot()
      amounts = Patterns.Amounts(found)
      // Where a change is large, what noise does not explain of the rest.
      let clear = values.indices.filter { change($0) * change($0) > 16 * variances[$0] }
      let rests = clear.map { i in
        let (rest, change) = (values[i] - change(i), change(i))
        // The middle of squares of noise is 0.45.
        return Float((rest * rest / 0.45 - variances[i]) / (change * change))
      }
      let middle = Double(lowMedian(rests) ?? Float(SourceChanges.unknown * SourceChanges.unknown))
      left = max(SourceChanges.smallest, 1.5 * max(0, middle).squareRoot())
    }
  }
}
