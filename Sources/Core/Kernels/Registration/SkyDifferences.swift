/// How much more sky each of several exposures has than the darkest one, where that is the same all over the image or
/// changes over it evenly, or by the amplifiers that read its halves or quarters.
///
/// A fifth of a standard deviation more sky hardly shows, and makes several times as many values pass for hits as were asked
/// for. It is a smooth surface through an exposure's differences from the first one, through those that lie near it. It counts
/// where dark and bright pixels and all parts of the image agree that without it the exposures are more alike.
package struct SkyDifferences: Sendable {
  /// Of each exposure, divided by its flux factor.
  let skies: [SkySurface]
  /// The noise of the exposures with the photons of the sky that was taken off.
  package let noise: StackNoise

  /// Of each exposure, the mean over the image [ADU].
  var levels: [Float] { skies.map(\.level) }

  /// The same beside the exposure in the middle.
  var besideMiddle: [Double] {
    let middle = levels.sorted()[(levels.count - 1) / 2]
    return levels.map { Double($0 - middle) }
  }

  /// Readout noise below which values are compared as whole electrons [electron].
  private static let least = 0.9
  /// Pixels that are looked at, about, and at least.
  private static let (sample, fewest) = (30_000, 1000)
  /// A difference, and another noise [standard deviations of a pixel, and of its variance].
  private static let (smallest, ofVariance): (Float, Float) = (0.03, 0.02)
  /// Standard deviations of a level that chance does not make.
  private static let clear: Float = 4
  /// Another flux from which on exposures are no more alike.
  private static let otherFlux: Float = 0.08
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
    // Whole electrons stay whole.
    guard noise.detectors.allSatisfy({ $0.readoutNoise.typical * $0.gain.typical >= Self.least }) else {
      return nil
    }
    let sample = Sample(exposures, factors: factors, noise: noise)
    guard sample.places.count >= Self.fewest else { return nil }
    var skies = exposures.indices.map { k in k == 0 ? SkySurface() : sample.sky(of: k, beside: 0) }
    // In shape beside the one in the middle, in level beside the darkest one: what is taken off has photons, and none can have
    // less noise than the readout.
    let levels = skies.map(\.level).sorted()
    let (darkest, middle) = (levels[0], levels[(levels.count - 1) / 2])
    if let reference = skies.first(where: { $0.level == middle }) {
      skies = skies.map { sky in
        var beside = SkySurface(amounts: sky.amounts - reference.amounts)
        beside.amounts[0] = sky.level - darkest
        return beside
      }
    }
    let typical = sample.variances.map { lowMedian($0) ?? 0 }
    let error = (2 / Float(sample.dark.count)).squareRoot()
    let limits = typical.map { max(Self.smallest, Self.clear * error) * $0.squareRoot() }
    // What chance may make is none.
    skies = zip(skies, limits).map { $0.largest > $1 ? $0 : SkySurface() }
    guard skies.contains(where: { $0.largest > 0 }), sample.areMoreAlike(without: skies),
      !sample.areOfOtherFlux(rather: skies)
    else { return nil }
    self.skies = skies
    self.noise = Self.noise(noise, with: skies.map(\.level), factors: factors, typical: typical)
  }

  /// Whole differences: from the darkest place of one exposure to the brightest one of another [ADU].
  package var range: Double {
    Double((skies.map { $0.values.max() ?? 0 }.max() ?? 0) - (skies.map { $0.values.min() ?? 0 }.min() ?? 0))
  }

  /// The exposures without it.
  package func without(_ exposures: [Plane<Float>]) -> [Plane<Float>] {
    zip(exposures, skies).map { exposure, sky in sky.largest > 0 ? sky.takenOff(exposure) : exposure }
  }

  /// Exposures without it as they were.
  func addedTo(_ exposures: [Plane<Float>]) -> [Plane<Float>] {
    zip(exposures, skies).map { exposure, sky in
      sky.largest > 0 ? SkySurface(amounts: -1 * sky.amounts).takenOff(exposure) : exposure
    }
  }

  /// Pixels that stand for all.
  private struct Sample {
    /// Of each pixel.
    let places: [SIMD8<Float>]
    /// Parts of the image that they lie in, and those whose surroundings are no brighter than usual in their part: there wings of
    /// blurred sources pass for sky the least.
    let parts: [Int]
    let dark: [Int]
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
      places = indices.map {
        SkySurface.terms(SkySurface.part($0 % width, width), SkySurface.part($0 / width, height))
      }
      let parts = SkyDifferences.parts
      self.parts = indices.map { $0 % width * parts / width * parts + $0 / width * parts / height }
      values = exposures.map { exposure in indices.map { exposure.pixels[$0] } }
      let middles = Self.middles(values)
      self.middles = middles
      // A pixel's own noise must not decide whether it counts.
      let around = indices.map { Self.brightness(around: $0, exposures) }
      let numbers = self.parts
      let limits = (0..<parts * parts).map { part in
        lowMedian(around.indices.filter { numbers[$0] == part }.map { around[$0] }) ?? 0
      }
      dark = around.indices.filter { around[$0] <= limits[numbers[$0]] }
      variances = exposures.indices.map { k in
        let factor = Float(factors[k])
        return zip(indices, middles).map { i, level in
          let (perSignal, readout) = noise[k].at(i)
          return max(level, 0) * perSignal / factor + readout / (factor * factor)
        }
      }
    }

    /// Deviations up to which values count, from round to round: of a level, which the middle tells, and of a surface.
    private static let near: [[Float]] = [
      [2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5], [8, 5, 3.5, 2.5, 2.5, 2.5],
    ]
    /// Terms of the surfaces, and by how much squared deviations must be less for more of them.
    private static let surfaces: [(terms: Int, gain: Float)] = [(3, 25), (8, 40)]

    /// By how much one exposure's values exceed another's: a level, a plane where that fits better, or all that a sky may be.
    func sky(of k: Int, beside other: Int) -> SkySurface {
      let differences = zip(values[k], values[other]).map { $0 - $1 }
      let variances = zip(variances[k], variances[other]).map { $0 + $1 }
      func misfit(_ sky: SkySurface) -> Float {
        var sum: Float = 0
        for i in dark {
          let rest = differences[i] - sky.value(places[i])
          sum += min(SkyDifferences.most, rest * rest / variances[i])
        }
        return sum
      }
      var start = SkySurface()
      start.amounts[0] = lowMedian(dark.map { differences[$0] }) ?? 0
      // Values of whole numbers have a middle that is one.
      var best = fitted(start, to: differences, variances, terms: 1, near: Self.near[0])
      for surface in Self.surfaces {
        let found = fitted(best, to: differences, variances, terms: surface.terms, near: Self.near[1])
        if misfit(found) < misfit(best) - surface.gain { best = found }
      }
      return best
    }

    private func fitted(
      _ start: SkySurface, to differences: [Float], _ variances: [Float], terms: Int, near: [Float]
    ) -> SkySurface {
      var sky = start
      for near in near {
        var sums = [SIMD8<Double>](repeating: .zero, count: terms)
        var (right, count) = (SIMD8<Double>.zero, 0)
        for i in dark {
          let rest = differences[i] - sky.value(places[i])
          guard rest * rest <= near * near * variances[i] else { continue }
          let row = SIMD8<Double>(places[i])
          for a in 0..<terms { sums[a] += row[a] * row }
          right += Double(rest) * row
          count += 1
        }
        guard count > 10 * terms else { break }
        let found = LeastSquares.solveBalanced(
          (0..<terms).map { a in (0..<terms).map { sums[a][$0] } }, (0..<terms).map { right[$0] })
        for a in 0..<terms where found[a].isFinite { sky.amounts[a] += Float(found[a]) }
      }
      return sky
    }

    /// Whether pixels of all kinds and places are more alike so.
    func areMoreAlike(without skies: [SkySurface]) -> Bool {
      let gains = zip(squares(values, variances), squares(self.without(skies), variances)).map { $0 - $1 }
      let sorted = middles.sorted()
      let kinds = SkyDifferences.kinds
      let limits = (1..<kinds).map { sorted[$0 * sorted.count / kinds] }
      let ofBrightness = middles.map { level in limits.count { $0 <= level } }
      func agree(_ kind: [Int]) -> Bool {
        Set(kind).allSatisfy { own in
          let chosen = gains.indices.filter { kind[$0] == own }.map { gains[$0] }
          guard chosen.count > 30 else { return true }
          return Self.significance(of: chosen) > -2
        }
      }
      return gains.reduce(0, +) > 0 && agree(ofBrightness) && agree(parts)
    }

    /// Whether factors, which differ by more than small changes do, make pixels clearly more alike.
    func areOfOtherFlux(rather skies: [SkySurface]) -> Bool {
      let level = lowMedian(middles) ?? 0
      guard level > 0 else { return false }
      let factors = skies.map { 1 + $0.level / level }
      guard factors.contains(where: { abs($0 - 1) > SkyDifferences.otherFlux }),
        factors.allSatisfy({ $0 > 0.05 })
      else { return false }
      // Their noise is divided, too.
      let scaled = squares(
        zip(values, factors).map { values, factor in values.map { $0 / factor } },
        zip(variances, factors).map { variances, factor in variances.map { $0 / (factor * factor) } })
      let gains = zip(squares(without(skies), variances), scaled).map { $0 - $1 }
      return Self.significance(of: gains) > 4
    }

    /// The mean of values in units of its error.
    private static func significance(of values: [Float]) -> Float {
      let count = Float(values.count)
      let mean = values.reduce(0, +) / count
      let scatter = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      return scatter > 0 ? mean / (scatter / count).squareRoot() : mean > 0 ? .infinity : -.infinity
    }

    private func without(_ skies: [SkySurface]) -> [[Float]] {
      zip(values, skies).map { values, sky in values.indices.map { values[$0] - sky.value(places[$0]) } }
    }

    /// Sum over the exposures of each pixel's squared deviations from the middle one.
    private func squares(_ values: [[Float]], _ variances: [[Float]]) -> [Float] {
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

    /// The mean of pixels two steps away; infinite without any value.
    private static func brightness(around i: Int, _ exposures: [Plane<Float>]) -> Float {
      let (width, height) = (exposures[0].width, exposures[0].height)
      let (x, y) = (i % width, i / width)
      var (sum, count): (Float, Float) = (0, 0)
      for (u, v) in [(x - 2, y), (x + 2, y), (x, y - 2), (x, y + 2)]
      where u >= 0 && u < width && v >= 0 && v < height {
        for exposure in exposures where exposure.pixels[v * width + u].isFinite {
          sum += exposure.pixels[v * width + u]
          count += 1
        }
      }
      return count > 0 ? sum / count : .infinity
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
