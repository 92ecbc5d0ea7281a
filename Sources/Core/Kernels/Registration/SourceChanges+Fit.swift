extension SourceChanges {
  /// How an exposure differs at some places.
  struct Difference {
    /// Squared deviations count up to here, so that what is hit decides nothing.
    static let most = 9.0
    /// Without another sky [ADU]; NaN where a value does not count.
    let values: [Double]
    /// Of the noise alone [ADU^2].
    let variances: [Double]
    /// Mean squared deviation.
    var misfit: Double {
      var (sum, count) = (0.0, 0)
      for i in values.indices {
        let square = values[i] * values[i] / variances[i]
        guard square.isFinite else { continue }
        sum += min(square, Self.most)
        count += 1
      }
      return count > 0 ? sum / Double(count) : 0
    }

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

  /// How much of each pattern a difference has: all over the image, and changing along x and y where many places tell.
  struct Fit {
    let amounts: Patterns.Amounts
    let isEvident: Bool
    /// How much more of the light there is beside other changes.
    let light: Double
    /// Part of the change that it may be wrong by.
    let left: Double

    /// Part of what is more than noise that they explain, and in units of chance.
    private static let (explained, clear) = (0.25, 6.0)
    /// Squared deviations by which a place fits better or worse, and how many times as many must fit better; or the part of
    /// what the fit explains that every other block of the image explains of the rest.
    private static let (clearly, often, transferred) = (0.3, 1.5, 0.8)
    /// Another flux from which on exposures are no more alike, and part of what is followed that it explains alone.
    private static let (otherFlux, ofFlux) = (0.08, 0.6)
    /// Part of a change that is left of it, at least; and how much more of it is left at the brightest places.
    private static let (smallest, more) = (0.1, 1.5)
    /// Places that are fitted, about, and how many tell what changes over the image.
    private static let (sample, many) = (4000, 1000)
    /// Side of the blocks of which every other one tells what the rest says [pixel].
    private static let block = 24

    init(_ difference: Difference, _ patterns: Patterns, _ places: WholeDisplacement.Places) {
      let all = difference.values.indices.filter {
        difference.values[$0].isFinite && difference.variances[$0].isFinite && difference.variances[$0] > 0
      }
      let step = max(1, all.count / Self.sample)
      let used = stride(from: 0, to: all.count, by: step).map { all[$0] }
      let (values, variances) = (used.map { difference.values[$0] }, used.map { difference.variances[$0] })
      let count = used.count >= Self.many ? Patterns.varyingCount : Patterns.count
      let rows = patterns.values(at: used.map { places.all[$0] }, count: count)
      let sums = Sums(rows: rows, values: values, variances: variances, count: count)
      let found = sums.fit(to: Array(values.indices))
      let before = sums.misfit { _ in 0 }
      let gain = before - sums.misfit { sums.change($0, found) }
      // Broad wings look like another flux in part; another flux is that alone.
      let scaled =
        stride(from: -0.6, through: 0.6, by: 0.05).map { factor in sums.misfit { factor * rows[$0 * count] } }
        .min() ?? before
      let isFlux = abs(found[0]) > Self.otherFlux && before - scaled > Self.ofFlux * gain
      // Hits on a few sources change nothing elsewhere.
      var (better, worse) = (0, 0)
      for i in values.indices {
        let less = sums.square(i, change: 0) - sums.square(i, change: sums.change(i, found))
        if less > Self.clearly { better += 1 }
        if less < -Self.clearly { worse += 1 }
      }
      let clear = Self.clear / Double(max(1, used.count)).squareRoot()
      let isLikely =
        used.count >= SourceChanges.fewest && found.allSatisfy(\.isFinite) && !isFlux
        && before > SourceChanges.quiet
        && gain > max(clear, Self.explained * (before - 1))
      if isLikely, Double(better) <= Self.often * Double(worse) {
        let isOdd = used.map { (places.all[$0].x / Self.block + places.all[$0].y / Self.block) % 2 == 1 }
        isEvident = sums.gain(of: isOdd) > max(clear, Self.transferred * gain)
      } else {
        isEvident = isLikely
      }
      (amounts, light) = (Patterns.Amounts(found), found[0])
      left = max(Self.smallest, Self.more * sums.left(found))
    }
  }

  /// What least squares need of a difference.
  struct Sums {
    /// Patterns of each place, one place after the other.
    let rows: [Double]
    let values: [Double]
    let variances: [Double]
    let count: Int

    private static let rounds = 7
    /// Part of the changes that is left of them, before it is measured.
    private static let unknown = 0.3
    /// Squared deviations from which on a change shows, the larger ones where as many places tell of them.
    private static let (shows, telling) = ([16.0, 4], 30)

    /// Squared deviation of a place without a change.
    func square(_ i: Int, change: Double) -> Double {
      let rest = values[i] - change
      return min(rest * rest / variances[i], Difference.most)
    }

    /// Mean of them.
    func misfit(_ change: (Int) -> Double) -> Double {
      values.indices.reduce(0) { $0 + square($1, change: change($1)) } / Double(max(1, values.count))
    }

    /// By how much less places deviate on average where the others of them say how.
    ///
    /// - Parameter isOdd: parts places in two.
    func gain(of isOdd: [Bool]) -> Double {
      let fits = [false, true].map { odd in fit(to: values.indices.filter { isOdd[$0] == odd }) }
      return misfit { _ in 0 } - misfit { change($0, fits[isOdd[$0] ? 0 : 1]) }
    }

    /// Part of a change that noise does not explain of the rest where the change shows.
    func left(_ amounts: [Double]) -> Double {
      let changes = values.indices.map { change($0, amounts) }
      let shown = Self.shows.lazy.map { least in
        values.indices.filter { changes[$0] * changes[$0] > least * variances[$0] }
      }.first { $0.count >= Self.telling }
      guard let shown else { return Self.unknown }
      var (low, high) = (0.0, 1.0)
      for _ in 0..<10 {
        let middle = 0.5 * (low + high)
        let squares = shown.map { i in
          let (rest, slack) = (values[i] - changes[i], middle * changes[i])
          return Float(rest * rest / (variances[i] + slack * slack))
        }
        // The middle of squares of noise is 0.45.
        if let square = lowMedian(squares), square > 0.45 { low = middle } else { high = middle }
      }
      return high
    }

    func change(_ i: Int, _ amounts: [Double]) -> Double {
      (0..<count).reduce(0) { $0 + rows[i * count + $1] * amounts[$1] }
    }

    /// Amounts of the patterns that places show.
    func fit(to places: [Int]) -> [Double] {
      var found = [Double](repeating: 0, count: count)
      for round in 0..<Self.rounds {
        var sums = [Double](repeating: 0, count: count * count)
        var right = [Double](repeating: 0, count: count)
        for i in places {
          let change = change(i, found)
          let rest = values[i] - change
          // At first nothing is known of the changes, which are a part of the light.
          let slack = round == 0 ? 0.05 * rows[i * count] : Self.unknown * change
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
      return found
    }
  }
}
