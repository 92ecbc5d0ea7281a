/// How much more sky each of several exposures has than the one in the middle, where that is the same all over the image or
/// grows over it evenly.
///
/// A fifth of a standard deviation more sky hardly shows, and makes several times as many values pass for hits as were asked
/// for. It is a plane through an exposure's differences from the first one, through those that lie near it. It counts where
/// dark and bright pixels and all parts of the image agree that without it the exposures are more alike.
package struct SkyDifferences: Sendable {
  /// Of each exposure in the middle of the image [ADU], divided by its flux factor.
  package let levels: [Float]
  /// What they grow by from border to border.
  let slopes: [(x: Float, y: Float)]
  /// The noise of the exposures with the photons of the sky that was taken off.
  package let noise: StackNoise

  /// Pixels that are looked at, about, and at least.
  private static let (sample, fewest) = (20_000, 1000)
  /// What is near, what is a difference, and another noise [standard deviations of a pixel, and of its variance].
  private static let (near, smallest, ofVariance): (Float, Float, Float) = (2.5, 0.03, 0.02)
  /// Standard deviations of a slope that chance does not make.
  private static let clear: Float = 4
  private static let rounds = 12
  /// Squared deviations of hits count as this.
  private static let most: Float = 9
  /// Kinds of brightness, and parts of the image along each axis.
  private static let (kinds, parts) = (4, 3)

  /// nil where the exposures have one sky.
  ///
  /// - Parameters:
  ///   - exposures: at least 3, divided by their flux factors [ADU]; NaN where a value does not count.
  ///   - noise: of the exposures before they were divided.
  package init?(of exposures: [Plane<Float>], factors: [Double], noise: StackNoise) {
    let sample = Sample(exposures, factors: factors, noise: noise)
    guard sample.places.count >= Self.fewest else { return nil }
    var skies = exposures.indices.map { k in k == 0 ? Sky() : sample.sky(of: k, beside: 0) }
    let middle = skies.map(\.level).sorted()[(skies.count - 1) / 2]
    if let reference = skies.first(where: { $0.level == middle }) {
      skies = skies.map { $0.beside(reference) }
    }
    let typical = sample.variances.map { lowMedian($0) ?? 0 }
    guard
      zip(skies, typical).contains(where: { $0.largest > Self.smallest * $1.squareRoot() }),
      sample.areMoreAlike(without: skies)
    else { return nil }
    levels = skies.map(\.level)
    slopes = skies.map { ($0.alongX, $0.alongY) }
    self.noise = Self.noise(noise, with: skies.map(\.level), factors: factors, typical: typical)
  }

  /// Whole differences: from the darkest corner of one exposure to the brightest one of another [ADU].
  package var range: Double {
    let ends = zip(levels, slopes).map { level, slope in (level, (abs(slope.x) + abs(slope.y)) / 2) }
    return Double((ends.map { $0 + $1 }.max() ?? 0) - (ends.map { $0 - $1 }.min() ?? 0))
  }

  /// The exposures without it.
  package func without(_ exposures: [Plane<Float>]) -> [Plane<Float>] {
    exposures.indices.map { k in
      let sky = Sky(level: levels[k], alongX: slopes[k].x, alongY: slopes[k].y)
      guard sky.largest > 0 else { return exposures[k] }
      var out = exposures[k]
      let (width, height) = (out.width, out.height)
      out.pixels.withUnsafeMutableBufferPointer { pixels in
        for y in 0..<height {
          let row = sky.level + sky.alongY * Sky.part(y, height)
          for x in 0..<width { pixels[y * width + x] -= row + sky.alongX * Sky.part(x, width) }
        }
      }
      return out
    }
  }

  /// A sky that grows evenly.
  private struct Sky {
    var level: Float = 0
    var alongX: Float = 0
    var alongY: Float = 0

    var largest: Float { abs(level) + (abs(alongX) + abs(alongY)) / 2 }

    /// From -0.5 at one border to 0.5 at the other.
    @inline(__always)
    static func part(_ x: Int, _ width: Int) -> Float { (Float(x) + 0.5) / Float(width) - 0.5 }

    func beside(_ other: Sky) -> Sky {
      Sky(level: level - other.level, alongX: alongX - other.alongX, alongY: alongY - other.alongY)
    }
  }

  /// Pixels that stand for all.
  private struct Sample {
    let places: [(x: Float, y: Float)]
    /// Of each exposure [ADU].
    let values: [[Float]]
    /// Of their noise [ADU^2].
    let variances: [[Float]]
    /// The lower one in the middle of each pixel's values.
    let middles: [Float]

    init(_ exposures: [Plane<Float>], factors: [Double], noise: StackNoise) {
      let (width, height) = (exposures[0].width, exposures[0].height)
      let step = max(1, exposures[0].count / SkyDifferences.sample) | 1
      let indices = stride(from: 0, to: exposures[0].count, by: step).filter { i in
        exposures.allSatisfy { $0.pixels[i].isFinite }
      }
      places = indices.map { (Sky.part($0 % width, width), Sky.part($0 / width, height)) }
      values = exposures.map { exposure in indices.map { exposure.pixels[$0] } }
      let middles = Self.middles(values)
      self.middles = middles
      variances = exposures.indices.map { k in
        let factor = Float(factors[k])
        return zip(indices, middles).map { i, level in
          let (perSignal, readout) = noise[k].at(i)
          return max(level, 0) * perSignal / factor + readout / (factor * factor)
        }
      }
    }

    /// By how much one exposure's values exceed another's.
    func sky(of k: Int, beside other: Int) -> Sky {
      let differences = zip(values[k], values[other]).map { $0 - $1 }
      var sky = Sky(level: lowMedian(differences) ?? 0)
      for round in 0..<SkyDifferences.rounds {
        // Values of whole numbers have a middle that is one.
        let isPlane = 2 * round >= SkyDifferences.rounds
        var (sums, right, count) = ([SIMD3<Double>](repeating: .zero, count: 3), SIMD3<Double>.zero, 0.0)
        var spread = 0.0
        for (i, difference) in differences.enumerated() {
          let rest = difference - value(of: sky, at: i)
          let variance = variances[k][i] + variances[other][i]
          guard rest * rest <= near * near * variance else { continue }
          let row = SIMD3(1, Double(places[i].x), Double(places[i].y))
          for a in 0..<3 { sums[a] += row[a] * row }
          right += Double(rest) * row
          spread += Double(rest * rest)
          count += 1
        }
        guard count > 2 else { break }
        guard isPlane else {
          sky.level += Float(right[0] / count)
          continue
        }
        let found = LeastSquares.solveBalanced(
          (0..<3).map { a in (0..<3).map { sums[a][$0] } }, (0..<3).map { right[$0] })
        sky.level += Float(found[0])
        sky.alongX += Float(found[1])
        sky.alongY += Float(found[2])
        guard round == SkyDifferences.rounds - 1 else { continue }
        // A slope that chance may make is none.
        let errors = (1...2).map { Float((spread / count / max(sums[$0][$0], 1e-12)).squareRoot()) }
        if abs(sky.alongX) < SkyDifferences.clear * errors[0] { sky.alongX = 0 }
        if abs(sky.alongY) < SkyDifferences.clear * errors[1] { sky.alongY = 0 }
      }
      return sky
    }

    private var near: Float { SkyDifferences.near }

    private func value(of sky: Sky, at i: Int) -> Float {
      sky.level + sky.alongX * places[i].x + sky.alongY * places[i].y
    }

    /// Whether pixels of all kinds and places are more alike so.
    func areMoreAlike(without skies: [Sky]) -> Bool {
      let before = squares(values)
      let after = squares(
        zip(values, skies).map { values, sky in values.indices.map { values[$0] - value(of: sky, at: $0) } })
      let gains = zip(before, after).map { $0 - $1 }
      let (kinds, parts) = (SkyDifferences.kinds, SkyDifferences.parts)
      let sorted = middles.sorted()
      let limits = (1..<kinds).map { sorted[$0 * sorted.count / kinds] }
      let ofBrightness = middles.map { level in limits.count { $0 <= level } }
      func part(_ x: Float) -> Int { min(parts - 1, Int((x + 0.5) * Float(parts))) }
      let ofPlace = places.map { part($0.x) * parts + part($0.y) }
      func agree(_ kind: [Int]) -> Bool {
        Set(kind).allSatisfy { own in
          let chosen = gains.indices.filter { kind[$0] == own }.map { gains[$0] }
          guard chosen.count > 30 else { return true }
          let mean = chosen.reduce(0, +) / Float(chosen.count)
          let scatter = chosen.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(chosen.count)
          return mean > -2 * (scatter / Float(chosen.count)).squareRoot()
        }
      }
      return gains.reduce(0, +) > 0 && agree(ofBrightness) && agree(ofPlace)
    }

    /// Sum over the exposures of each pixel's squared deviations from the middle one.
    private func squares(_ values: [[Float]]) -> [Float] {
      var sums = [Float](repeating: 0, count: places.count)
      let middles = Self.middles(values)
      for (own, variances) in zip(values, variances) {
        for i in sums.indices {
          let rest = own[i] - middles[i]
          sums[i] += min(SkyDifferences.most, rest * rest / variances[i])
        }
      }
      return sums
    }

    private static func middles(_ values: [[Float]]) -> [Float] {
      withUnsafeTemporaryAllocation(of: Float.self, capacity: values.count) { own in
        values[0].indices.map { i in
          for k in values.indices { own[k] = values[k][i] }
          return lowMedian(reordering: own)
        }
      }
    }
  }

  private static func noise(
    _ noise: StackNoise, with levels: [Float], factors: [Double], typical: [Float]
  ) -> StackNoise {
    let photons = levels.indices.map { k in
      Double(levels[k]) * factors[k] / max(1e-12, noise.detector(k).gain.typical)
    }
    let shows = levels.indices.contains { k in
      abs(photons[k]) > Double(ofVariance * typical[k]) * factors[k] * factors[k]
    }
    guard shows else { return noise }
    return StackNoise(
      levels.indices.map { k in
        let own = noise.detector(k)
        return Detector(
          gain: own.gain,
          readoutNoise: own.readoutNoise.combined(own.gain) { readout, gain in
            max(0, readout * readout + Double(levels[k]) * factors[k] / max(1e-12, gain)).squareRoot()
          })
      })
  }
}
