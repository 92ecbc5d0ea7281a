/// How much more sky each of several exposures has than the one in the middle, where that is the same all over the image.
///
/// A fifth of a standard deviation more sky hardly shows, and makes several times as many values pass for hits as were asked
/// for. It is the mean of an exposure's differences from the first one, of those that lie near their middle. It counts where
/// dark and bright pixels and all parts of the image agree that without it the exposures are more alike.
package struct SkyDifferences: Sendable {
  /// Of each exposure [ADU], divided by its flux factor.
  package let levels: [Float]
  /// The noise of the exposures with the photons of the sky that was taken off.
  package let noise: StackNoise

  /// Pixels that are looked at, about, and at least.
  private static let (sample, fewest) = (20_000, 1000)
  /// What is near, what is a difference, and another noise [standard deviations of a pixel, and of its variance].
  private static let (near, smallest, ofVariance): (Float, Float, Float) = (2.5, 0.03, 0.02)
  private static let rounds = 12
  /// Squared deviations of hits count as this.
  private static let most: Float = 9
  /// Kinds of brightness, and parts of the image along each axis.
  private static let (kinds, parts) = (4, 2)

  /// nil where the exposures have one sky.
  ///
  /// - Parameters:
  ///   - exposures: at least 3, divided by their flux factors [ADU]; NaN where a value does not count.
  ///   - noise: of the exposures before they were divided.
  package init?(of exposures: [Plane<Float>], factors: [Double], noise: StackNoise) {
    let step = max(1, exposures[0].count / Self.sample) | 1
    let places = stride(from: 0, to: exposures[0].count, by: step).filter { i in
      exposures.allSatisfy { $0.pixels[i].isFinite }
    }
    guard places.count >= Self.fewest else { return nil }
    let values = exposures.map { exposure in places.map { exposure.pixels[$0] } }
    let middles = Self.middles(values)
    let variances = exposures.indices.map { k in
      let factor = Float(factors[k])
      return zip(places, middles).map { i, level in
        let (perSignal, readout) = noise[k].at(i)
        return max(level, 0) * perSignal / factor + readout / (factor * factor)
      }
    }
    let beside = exposures.indices.map { k in
      k == 0 ? 0 : Self.centre(values[k], values[0], variances[k], variances[0])
    }
    let middle = beside.sorted()[(beside.count - 1) / 2]
    let levels = beside.map { $0 - middle }
    let typical = variances.map { lowMedian($0) ?? 0 }
    guard
      zip(levels, typical).contains(where: { abs($0) > Self.smallest * $1.squareRoot() }),
      Self.isShared(levels, values, variances, middles, places, width: exposures[0].width)
    else { return nil }
    self.levels = levels
    self.noise = Self.noise(noise, with: levels, factors: factors, typical: typical)
  }

  /// The exposures without it.
  package func without(_ exposures: [Plane<Float>]) -> [Plane<Float>] {
    zip(exposures, levels).map { exposure, level in level == 0 ? exposure : exposure.map { $0 - level } }
  }

  /// By how much one exposure's values exceed another's.
  private static func centre(_ own: [Float], _ other: [Float], _ a: [Float], _ b: [Float]) -> Float {
    let differences = zip(own, other).map { $0 - $1 }
    var centre = lowMedian(differences) ?? 0
    for _ in 0..<rounds {
      // Values of whole numbers have a middle that is one.
      var (sum, count): (Float, Float) = (0, 0)
      for (i, difference) in differences.enumerated() {
        let rest = difference - centre
        guard rest * rest <= near * near * (a[i] + b[i]) else { continue }
        sum += rest
        count += 1
      }
      guard count > 0 else { break }
      centre += sum / count
    }
    return centre
  }

  /// Whether pixels of all kinds and places are more alike without a sky.
  private static func isShared(
    _ levels: [Float], _ values: [[Float]], _ variances: [[Float]], _ middles: [Float], _ places: [Int],
    width: Int
  ) -> Bool {
    let before = squares(values, variances)
    let after = squares(zip(values, levels).map { values, level in values.map { $0 - level } }, variances)
    let gains = zip(before, after).map { $0 - $1 }
    let rows = (places.last ?? 0) / width + 1
    let sorted = middles.sorted()
    let limits = (1..<kinds).map { sorted[$0 * sorted.count / kinds] }
    let ofBrightness = middles.map { level in limits.count { $0 <= level } }
    let ofPlace = places.map { i in
      (i % width) * parts / width * parts + (i / width) * parts / rows
    }
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
  private static func squares(_ values: [[Float]], _ variances: [[Float]]) -> [Float] {
    var sums = [Float](repeating: 0, count: values[0].count)
    let middles = middles(values)
    for (own, variances) in zip(values, variances) {
      for i in sums.indices {
        let rest = own[i] - middles[i]
        sums[i] += min(most, rest * rest / variances[i])
      }
    }
    return sums
  }

  /// The lower one in the middle of each pixel's values.
  private static func middles(_ values: [[Float]]) -> [Float] {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: values.count) { own in
      values[0].indices.map { i in
        for k in values.indices { own[k] = values[k][i] }
        return lowMedian(reordering: own)
      }
    }
  }

  private static func noise(
    _ noise: StackNoise, with levels: [Float], factors: [Double], typical: [Float]
  ) -> StackNoise {
    let photons = levels.indices.map { k in
      Double(levels[k]) * factors[k] / max(1e-12, noise.detector(k).gain.typical)
    }
    guard
      zip(photons, zip(typical, factors)).contains(where: { photons, own in
        abs(photons) > Double(ofVariance * own.0) * own.1 * own.1
      })
    else { return noise }
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
