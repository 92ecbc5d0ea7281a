import Glibc

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

  /// Steep pixels that tell changes, at least.
  private static let fewest = 200
  /// Mean squared deviation from which on changes are looked for.
  private static let quiet = 1.05
  /// Part of what is more than noise that they explain, and in units of chance.
  private static let (explained, clear) = (0.25, 6.0)
  /// Squared deviations count up to here, so that what is hit decides nothing.
  private static let most = 9.0
  /// Part of the changes that is left of them, before it is measured; and the smallest one.
  private static let (unknown, smallest) = (0.3, 0.1)
  /// Changes that are as large as this part of the light are no small ones.
  private static let largest: Float = 0.5
  /// Another flux from which on exposures are no more alike, and part of what is followed that it explains alone.
  private static let (otherFlux, ofFlux) = (0.08, 0.6)

  /// nil where the exposures are alike but for noise and hits.
  ///
  /// - Parameters:
  ///   - exposures: on one scale [ADU], at least 2; NaN where a value does not count.
  ///   - median: of the same.
  ///   - factors: relative fluxes that they were divided by.
  /// - Throws: `CRSError.interrupted`.
  init?(
    of exposures: [Plane<Float>], median: Plane<Float>, factors: [Double], noise: StackNoise, work: Work
  ) throws {
    let isPair = exposures.count == 2
    let shown = isPair ? Self.together(exposures, noise.typical) : median
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

  /// What two exposures show: their mean where no hit makes them unlike.
  private static func together(_ exposures: [Plane<Float>], _ noise: PixelNoise) -> Plane<Float> {
    let sky = exposures.map(WholeDisplacement.level).min() ?? 0
    var out = exposures[0]
    withPixels(of: [exposures[1]]) { planes in
      for i in 0..<out.count {
        let (a, b) = (out.pixels[i], planes[0][i])
        // A lone value may be hit.
        guard a.isFinite, b.isFinite else {
          out.pixels[i] = .nan
          continue
        }
        let (perSignal, readout) = noise.at(i)
        let low = min(a, b)
        let most = 5.7 * (max(low, 0) * perSignal + readout).squareRoot() + 0.1 * max(low - sky, 0)
        out.pixels[i] = abs(a - b) < most ? 0.5 * (a + b) : low
      }
    }
    return out
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
        let matrix = (0..<count).map { a in
          (0..<count).map { b in sums[min(a, b) * count + max(a, b)] }
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
      isEvident =
        used.count >= SourceChanges.fewest && found.allSatisfy(\.isFinite) && !isFlux
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

  /// The image without its sky, its slopes and curvatures, and what smoothing does to it.
  private struct Patterns {
    let shape: Shape
    private let image: Plane<Float>
    private let narrow: Plane<Float>
    private let wide: Plane<Float>
    static let count = 8
    /// The same with all but the image growing along x and along y.
    static let varyingCount = 3 * count - 2

    /// Amounts of the patterns: in the middle of the image, and what they grow by along x and y from border to border.
    struct Amounts {
      private(set) var middle = Lanes.zero
      private(set) var alongX = Lanes.zero
      private(set) var alongY = Lanes.zero

      /// - Parameter found: as many as `values` gives of a place.
      init(_ found: [Double]) {
        for k in 0..<Patterns.count { middle[k] = Float(found[k]) }
        guard found.count == Patterns.varyingCount else { return }
        for k in 1..<Patterns.count {
          alongX[k] = Float(found[Patterns.count + k - 1])
          alongY[k] = Float(found[2 * Patterns.count + k - 2])
        }
      }
    }

    /// Widths that the image is smoothed by [pixel].
    private static let widths = [1.2, 2.5]

    init(_ shown: Plane<Float>, work: Work) throws {
      shape = shown.shape
      let sky = WholeDisplacement.level(of: shown)
      var image = shown
      image.fillGaps()
      for i in 0..<image.count { image.pixels[i] -= sky }
      let smooth = try Self.widths.map { sigma in
        let reach = Int((3 * sigma).rounded(.up))
        let weights = (-reach...reach).map { Float(exp(-0.5 * Double($0 * $0) / (sigma * sigma))) }
        let total = weights.reduce(0, +)
        let kernel = weights.map { $0 / total }
        let row = Plane(width: kernel.count, height: 1, pixels: kernel)
        let column = Plane(width: 1, height: kernel.count, pixels: kernel)
        return try Convolution.convolve(
          Convolution.convolve(image, kernel: row, work: work), kernel: column, work: work)
      }
      (self.image, narrow, wide) = (image, smooth[0], smooth[1])
    }

    /// The patterns at places that are not at the border, one place after the other.
    ///
    /// - Parameter count: of each place, `count` or `varyingCount`.
    func values(at places: [(x: Int, y: Int)], count: Int) -> [Double] {
      var out: [Double] = []
      out.reserveCapacity(places.count * count)
      withPixels(of: [image, narrow, wide]) { planes in
        for (x, y) in places {
          let terms = Self.terms(planes[0], planes[1], planes[2], y * shape.width + x, shape.width)
          for k in 0..<Self.count { out.append(Double(terms[k])) }
          guard count > Self.count else { continue }
          for part in [Self.part(x, shape.width), Self.part(y, shape.height)] {
            for k in 1..<Self.count { out.append(Double(part * terms[k])) }
          }
        }
      }
      return out
    }

    /// From -0.5 at one border to 0.5 at the other.
    @inline(__always)
    private static func part(_ x: Int, _ width: Int) -> Float { Float(x) / Float(width) - 0.5 }

    @inline(__always)
    private static func terms(
      _ image: UnsafeBufferPointer<Float>, _ narrow: UnsafeBufferPointer<Float>,
      _ wide: UnsafeBufferPointer<Float>, _ i: Int, _ width: Int
    ) -> Lanes {
      let own = image[i]
      let (left, right, below, above) = (image[i - 1], image[i + 1], image[i - width], image[i + width])
      let corners =
        image[i + width + 1] + image[i - width - 1] - image[i + width - 1] - image[i - width + 1]
      return Lanes(
        own, 0.5 * (right - left), 0.5 * (above - below), left + right - 2 * own, below + above - 2 * own,
        0.25 * corners, narrow[i] - own, wide[i] - own)
    }

    /// The sum of the patterns where it stands out of the noise; 0 at the border, and where noise makes it.
    func change(
      _ amounts: Amounts, part: Float, noise: PixelNoise, factor: Float, work: Work
    ) throws -> Plane<Float> {
      let (width, height) = (shape.width, shape.height)
      return try withPixels(of: [image, narrow, wide]) { planes in
        nonisolated(unsafe) let planes = planes
        return try .byRows(shape, work: work) { y, row in
          for x in 0..<width { row[x] = 0 }
          guard y > 0, y < height - 1 else { return }
          let here = amounts.middle + Self.part(y, height) * amounts.alongY
          for x in 1..<max(1, width - 1) {
            let i = y * width + x
            let sum = here + Self.part(x, width) * amounts.alongX
            let change = part * (sum * Self.terms(planes[0], planes[1], planes[2], i, width)).sum()
            let (perSignal, readout) = noise.at(i)
            let light = max(planes[0][i], 0)
            // The sky has little to do with the noise of a source.
            let variance = light * perSignal / factor + readout / (factor * factor)
            let square = change * change
            guard change.isFinite, square > 0.25 * variance else { continue }
            let limit = SourceChanges.largest * light + 3 * variance.squareRoot()
            row[x] = max(-limit, min(limit, change * square / (square + variance)))
          }
        }
      }
    }
  }
}
