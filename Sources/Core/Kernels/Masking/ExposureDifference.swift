/// What makes one exposure differ from the others beside cosmic rays: sky, flux, place or sharpness.
///
/// The difference of an exposure from the others is taken for a sum of a constant (sky), the image (flux), its slopes
/// (displacement) and its curvature (seeing), by least squares in which far pixels, such as hits, count little.
package struct ExposureDifference: Sendable, Equatable {
  package enum Cause: Sendable, Equatable {
    /// More sky than the others [ADU].
    case sky(Double)
    /// Relative flux.
    case flux(Double)
    /// Displacement [pixel].
    case offset(x: Double, y: Double)
    /// Full width at half maximum of what blurs it, or them if it is sharper, in quadrature [pixel].
    case seeing(Double, isSharper: Bool)
  }

  /// From 1.
  package let exposure: Int
  package let cause: Cause
  /// Pixels that differ by more than 2 standard deviations for this reason.
  package let pixels: Int
  /// How much more sky a displaced exposure has beside that [ADU], 0 where it is lost in the noise; and its relative flux.
  package var moreSky = 0.0
  package var otherFlux = 1.0

  /// Pixels that are looked at, at most: of those with structure, and of all.
  private static let (sample, plain) = (16_000, 6_000)
  /// Fewer pixels than this tell nothing.
  private static let fewest = 200
  /// Pixels that must differ, and part of all.
  private static let (least, part) = (10, 3e-5)
  /// Blurs that are told [pixel].
  private static let smallestWidth = 1.2

  /// The exposure that differs most, and why; nil where none does by as much as shows.
  ///
  /// - Parameters:
  ///   - exposures: on one scale [ADU], at least 2; NaN where a value does not count.
  ///   - median: of the same.
  ///   - factors: relative flux that they were divided by.
  package static func largest(
    of exposures: [Plane<Float>], median: Plane<Float>, factors: [Double], noise: StackNoise
  ) -> ExposureDifference? {
    let places = Places(median, noise: noise.typical)
    guard places.indices.count >= fewest else { return nil }
    let all = exposures.indices.compactMap { k in
      Patterns(of: k, exposures, median, places, factors, noise).cause(of: k)
    }
    return all.max { $0.pixels < $1.pixels }
  }

  /// The pixels that are looked at, and how many pixels each stands for.
  private struct Places {
    private(set) var indices: [Int] = []
    private(set) var weights: [Double] = []

    init(_ median: Plane<Float>, noise: PixelNoise) {
      let (width, height) = (median.width, median.height)
      guard width > 2, height > 2 else { return }
      var steep: [Int] = []
      median.pixels.withUnsafeBufferPointer { pixels in
        for y in 1..<height - 1 {
          for i in y * width + 1..<(y + 1) * width - 1 {
            let gx = pixels[i + 1] - pixels[i - 1]
            let gy = pixels[i + width] - pixels[i - width]
            let (perSignal, readout) = noise.at(i)
            // Half the differences are the slopes, whose noise is less than that of a pixel.
            if gx * gx + gy * gy > 50 * (max(pixels[i], 0) * perSignal + readout) { steep.append(i) }
          }
        }
      }
      func add(_ candidates: some Collection<Int>, most: Int) {
        let step = max(1, candidates.count / most) | 1
        for (number, i) in candidates.enumerated() where number % step == 0 {
          indices.append(i)
          weights.append(Double(step))
        }
      }
      add(steep, most: ExposureDifference.sample)
      let step = max(1, median.count / ExposureDifference.plain) | 1
      // Both lists are in the order of memory.
      var next = 0
      for i in stride(from: width + 1, to: median.count - width - 1, by: step)
      where i % width > 0 && i % width < width - 1 {
        while next < steep.count, steep[next] < i { next += 1 }
        if next < steep.count, steep[next] == i { continue }
        indices.append(i)
        weights.append(Double(step))
      }
    }
  }

  /// What the places say of one exposure.
  private struct Patterns {
    /// Of each place: difference, variance, and the patterns constant, level, slopes and curvature, three zeros behind them.
    private var rows: [(difference: Double, variance: Double, pattern: SIMD8<Double>, weight: Double)] = []

    init(
      of k: Int, _ exposures: [Plane<Float>], _ median: Plane<Float>, _ places: Places, _ factors: [Double],
      _ noise: StackNoise
    ) {
      let width = median.width
      let isUnlike = factors.areUnlikeFactors
      self.isUnlike = isUnlike
      rows.reserveCapacity(places.indices.count)
      withPixels(of: exposures + [median]) { planes in
        let p = planes[exposures.count]
        withUnsafeTemporaryAllocation(of: Float.self, capacity: exposures.count) { values in
          for (place, i) in places.indices.enumerated() {
            var count = 0
            for other in exposures.indices where other != k && planes[other][i].isFinite {
              // In order.
              let value = planes[other][i]
              var at = count
              while at > 0, values[at - 1] > value {
                values[at] = values[at - 1]
                at -= 1
              }
              values[at] = value
              count += 1
            }
            guard count > 0, planes[k][i].isFinite else { continue }
            let reference = Double(values[(count - 1) / 2] + values[count / 2]) / 2
            let (left, right, below, above) = (p[i - 1], p[i + 1], p[i - width], p[i + width])
            let curvature = left + right + below + above - 4 * p[i]
            guard curvature.isFinite else { continue }
            func variance(_ k: Int) -> Double {
              let (perSignal, readout) = noise[k].at(i)
              let factor = Float(factors[k])
              return Double(max(p[i], 0) * perSignal / factor + readout / (factor * factor))
            }
            let own = variance(k)
            var spread = own * (1 + 1 / Double(count))
            if isUnlike {
              // The reference has the noise of the others.
              var sum = 0.0
              for other in exposures.indices where other != k { sum += variance(other) }
              spread = own + sum / Double((exposures.count - 1) * count)
            }
            rows.append(
              (
                Double(planes[k][i]) - reference, max(1e-12, spread),
                SIMD8(
                  1, Double(p[i]), Double(right - left) / 2, Double(above - below) / 2, Double(curvature), 0,
                  0, 0),
                places.weights[place]
              ))
          }
        }
      }
    }

    /// Whether the exposures have very unlike noise: the median follows the better ones, whose noise then looks like a
    /// pattern.
    private let isUnlike: Bool

    /// All pixels, and those that must differ by 4 standard deviations.
    private var all: Double { rows.reduce(0.0) { $0 + $1.weight } }
    private var needed: Double { max(Double(ExposureDifference.least), ExposureDifference.part * all) }

    /// The level of the sky [ADU]: a factor changes it with the rest.
    private var middle: Double {
      let plain = rows.map(\.weight).max() ?? 1
      return Double(lowMedian(rows.filter { $0.weight == plain }.map { Float($0.pattern[1]) }) ?? 0)
    }

    /// Parts of the image, its slopes and its curvature that a pixel may be off by: less from round to round.
    private static let tolerances = [1, 0.3, 0.1, 0.05, 0.05, 0.05]

    func cause(of k: Int) -> ExposureDifference? {
      guard rows.count >= ExposureDifference.fewest, let found = fitted(leavingOut: nil) else { return nil }
      let parts = parts(of: found)
      let largest = parts.map(\.explained).max() ?? 0
      guard max(parts[0].explained, parts[1].explained) == largest else { return cause(of: k, found, parts) }
      if let single = single(besides: found),
        isBoth(parts) || rest(of: single).steep < 0.97 * rest(of: found).steep
      {
        return cause(of: k, single, self.parts(of: single))
      }
      // Where the image is nearly level, a sky and a factor are one, and large ones may cancel each other.
      let both = part(of: found, [0, 1])
      if both.explained < 0.5 * min(parts[0].explained, parts[1].explained) {
        // Sources on a sky that all share have another flux alone.
        if both.explained > max(parts[2].explained, parts[3].explained), both.far >= needed,
          isSeen(found, [0, 1])
        {
          return ExposureDifference(exposure: k + 1, cause: .flux(1 + found[1]), pixels: Int(both.near))
        }
        guard let found = fitted(leavingOut: 1) else { return nil }
        return cause(of: k, found, self.parts(of: found))
      }
      return cause(of: k, found, parts)
    }

    /// Whether a sky and a factor both change the image.
    private func isBoth(_ parts: [Part]) -> Bool {
      min(parts[0].explained, parts[1].explained) > 0.1 * max(parts[0].explained, parts[1].explained)
    }

    /// A sky or a factor alone, where one of them explains what both do; nil where it needs both.
    private func single(besides both: [Double]) -> [Double]? {
      let none = rest(of: [Double](repeating: 0, count: 5))
      let least = rest(of: both)
      let fits = [1, 0].compactMap { left -> (found: [Double], rest: (plain: Double, steep: Double))? in
        fitted(leavingOut: left).map { ($0, rest(of: $0)) }
      }
      func isEnough(_ rest: Double, _ least: Double, _ none: Double) -> Bool {
        rest - least <= Self.spare * max(0, none - least) || rest <= Self.alike * least
      }
      return fits.filter {
        isEnough($0.rest.plain, least.plain, none.plain) && isEnough($0.rest.steep, least.steep, none.steep)
      }.min { $0.rest.plain + $0.rest.steep < $1.rest.plain + $1.rest.steep }?.found
    }

    /// Part of what both explain that one of them may leave, and by how much of all its rest may be larger.
    private static let (spare, alike) = (0.1, 1.03)

    /// Mean squares in units of the noise, at most 25 a pixel, that patterns leave: of a sample of all pixels and of the steep
    /// ones.
    private func rest(of found: [Double]) -> (plain: Double, steep: Double) {
      let now = SIMD8(found[0], found[1], found[2], found[3], found[4], 0, 0, 0)
      let plain = rows.map(\.weight).max() ?? 1
      var (sums, counts) = ((plain: 0.0, steep: 0.0), (plain: 0, steep: 0))
      for row in rows {
        let rest = row.difference - Self.sum(now, row.pattern)
        let square = min(25, rest * rest / row.variance)
        if row.weight == plain {
          sums.plain += square
          counts.plain += 1
        } else {
          sums.steep += square
          counts.steep += 1
        }
      }
      return (sums.plain / Double(max(1, counts.plain)), sums.steep / Double(max(1, counts.steep)))
    }

    /// How much of each pattern there is, by least squares.
    ///
    /// - Parameter left: the pattern that is not looked for; nil for none.
    private func fitted(leavingOut left: Int?) -> [Double]? {
      var found = [Double](repeating: 0, count: 5)
      // Far pixels count little, which those of another sky would all be.
      found[0] = Double(lowMedian(rows.map { Float($0.difference) }) ?? 0)
      for tolerance in Self.tolerances {
        let now = SIMD8(found[0], found[1], found[2], found[3], found[4], 0, 0, 0)
        var (m0, m1, m2, m3, m4) = (
          SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero
        )
        var sums = SIMD8<Double>.zero
        for row in rows {
          let p = row.pattern
          let rest = row.difference - Self.sum(now, p)
          let steep = p[2] * p[2] + p[3] * p[3] + p[4] * p[4] / 16 + 0.04 * p[1] * p[1]
          let spread = row.variance + tolerance * tolerance * steep
          let square = rest * rest / (9 * spread)
          let weight = row.weight / (spread * (1 + square * square))
          let weighted = weight * p
          sums += weighted * row.difference
          m0 += weighted[0] * p
          m1 += weighted[1] * p
          m2 += weighted[2] * p
          m3 += weighted[3] * p
          m4 += weighted[4] * p
        }
        // Of both orders of a product the one with the larger place in front.
        let triangle = [m0, m1, m2, m3, m4]
        var matrix = (0..<5).map { a in (0..<5).map { b in a >= b ? triangle[a][b] : triangle[b][a] } }
        var right = (0..<5).map { sums[$0] }
        if let left {
          for a in 0..<5 { (matrix[a][left], matrix[left][a]) = (0, 0) }
          (matrix[left][left], right[left]) = (1, 0)
        }
        found = LeastSquares.solveBalanced(matrix, right)
        guard found.allSatisfy(\.isFinite) else { return nil }
      }
      return found
    }

    private func parts(of found: [Double]) -> [Part] {
      let kinds: [[Int]] = [[0], [1], [2, 3], [4]]
      return kinds.map { part(of: found, $0) }
    }

    private func part(of found: [Double], _ kind: [Int]) -> Part {
      var part = Part()
      if let only = kind.first, kind.count == 1 {
        let factor = found[only]
        for row in rows { part.add(factor * row.pattern[only], row.variance, row.weight) }
      } else if kind.count == 2 {
        let (a, b) = (kind[0], kind[1])
        for row in rows {
          part.add(found[a] * row.pattern[a] + found[b] * row.pattern[b], row.variance, row.weight)
        }
      }
      return part
    }

    private func cause(of k: Int, _ found: [Double], _ parts: [Part]) -> ExposureDifference? {
      guard var best = parts.indices.max(by: { parts[$0].explained < parts[$1].explained }) else {
        return nil
      }
      // A wide blur lowers the peaks, as a factor does; a factor alone bends nothing.
      if best == 1, parts[3].explained > 0.25 * parts[1].explained { best = 3 }
      // A sky shows everywhere, though nowhere by much.
      guard parts[best].far >= needed || (best < 2 && parts[best].explained > 0.5 * all) else { return nil }
      // Hits that meet are steep: they lie elsewhere by a little, and differ as before without it.
      let isTiny = best == 2 && max(abs(found[2]), abs(found[3])) < Self.tiny
      if isUnlike || isTiny, !isSeen(found, [[0], [1], [2, 3], [4]][best]) { return nil }
      let width = 2.3548 * (2 * abs(found[4])).squareRoot()
      // Pixels sample a smaller width too coarsely to tell it from unlike noise.
      if best == 3, width < ExposureDifference.smallestWidth { return nil }
      let cause: Cause =
        switch best {
        case 0: .sky(found[0] + found[1] * middle)
        case 1: .flux(1 + found[1])
        case 2: .offset(x: -found[2], y: -found[3])
        default: .seeing(width, isSharper: found[4] < 0)
        }
      return ExposureDifference(exposure: k + 1, cause: cause, pixels: Int(parts[best].near))
    }

    /// Displacements that a few steep pixels may feign [pixel].
    private static let tiny = 0.05

    /// Whether the pixels that a pattern changes most do differ as it says.
    private func isSeen(_ found: [Double], _ kind: [Int]) -> Bool {
      var (before, after) = (0.0, 0.0)
      for row in rows {
        let part = kind.reduce(0.0) { $0 + found[$1] * row.pattern[$1] }
        guard part * part > 16 * row.variance else { continue }
        let rest = row.difference - part
        before += row.weight * min(100, row.difference * row.difference / row.variance)
        after += row.weight * min(100, rest * rest / row.variance)
      }
      return after <= 0.7 * before
    }

    /// What one pattern does to all pixels.
    private struct Part {
      /// Mean squares in units of the noise, at most 25 a pixel.
      private(set) var explained = 0.0
      /// Pixels that differ by more than 2 and 4 standard deviations.
      private(set) var (near, far) = (0.0, 0.0)

      @inline(__always)
      mutating func add(_ part: Double, _ variance: Double, _ weight: Double) {
        let square = part * part / variance
        explained += weight * min(square, 25)
        if square > 4 { near += weight }
        if square > 16 { far += weight }
      }
    }

    /// One after the other.
    @inline(__always)
    private static func sum(_ found: SIMD8<Double>, _ pattern: SIMD8<Double>) -> Double {
      let products = found * pattern
      return products[0] + products[1] + products[2] + products[3] + products[4]
    }
  }
}
