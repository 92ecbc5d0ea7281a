/// How much exposures differ from each other over what gain and readout noise make expect: the median difference of
/// pairs, which neither structure nor cosmic rays touch much.
package struct StackScatter: Sendable, Equatable {
  /// Measured over expected standard deviation; 1 where the noise model holds.
  package let ratio: Double
  /// Level of the pixels that were compared [ADU], their scatter and what was expected [ADU].
  package let level: Double
  package let measured: Double
  package let expected: Double
  /// The variance of one exposure [ADU^2] at some levels [ADU], from dark to bright.
  let variances: [(level: Double, variance: Double)]
  /// Largest scatter of two neighbouring exposures over the smallest.
  let unevenness: Double
  /// Differences in each of these groups.
  let groupSize: Int

  package static func == (a: StackScatter, b: StackScatter) -> Bool {
    a.ratio == b.ratio && a.level == b.level && a.measured == b.measured && a.expected == b.expected
  }

  /// Groups of pixels of one level that are looked at, and fewest pixels of one.
  private static let (groups, least) = (8, 60)

  /// Pixels that are looked at, at most, and fewest that tell anything.
  private static let (sample, fewest) = (10_000, 500)

  /// Ratios within which nothing is wrong that false alarms or missed hits would show badly: a gain that is wrong by two
  /// lies outside where photons make the noise.
  package static let accepted = 0.9...1.3

  /// nil where too few pixels can be compared.
  ///
  /// - Parameters:
  ///   - exposures: on one scale [ADU], at least 2; NaN where a value does not count.
  ///   - median: of the same.
  ///   - factors: relative fluxes that they were divided by; those that differ little count as 1.
  ///   - dark: only pixels whose photons make less noise than the readout.
  package init?(
    _ exposures: [Plane<Float>], median: Plane<Float>, factors: [Double] = [], noise: StackNoise,
    dark: Bool = false
  ) {
    let n = exposures.count
    let divisors = factors.count == n && factors.areUnlikeFactors ? factors.map { Float($0) } : []
    guard n >= 2 else { return nil }
    // A step that shares no divisor with usual widths, so that no column is favoured.
    let step = max(1, median.count / Self.sample) | 1
    var (ratios, levels, squares): ([Float], [Float], [Float]) = ([], [], [])
    var pairs = [[Float]](repeating: [], count: n)
    for i in stride(from: 0, to: median.count, by: step) {
      let level = median.pixels[i]
      guard level.isFinite else { continue }
      let (perSignal, readout) = noise[0].at(i)
      if dark, level * perSignal >= readout { continue }
      for k in 0..<(n == 2 ? 1 : n) {
        let other = (k + 1) % n
        let difference = exposures[k].pixels[i] - exposures[other].pixels[i]
        guard difference.isFinite else { continue }
        let own = noise[k].at(i).readout
        var square = 2 * max(level, 0) * perSignal + own + noise[other].at(i).readout
        if !divisors.isEmpty {
          let (a, b) = (divisors[k], divisors[other])
          square =
            max(level, 0) * perSignal * (1 / a + 1 / b) + own / (a * a) + noise[other].at(i).readout / (b * b)
        }
        ratios.append(abs(difference) / max(1e-12, square).squareRoot())
        pairs[k].append(ratios[ratios.count - 1])
        levels.append(level)
        squares.append(square / 2)
      }
    }
    guard ratios.count >= Self.fewest else { return nil }
    unevenness = Self.unevenness(pairs.compactMap { $0.count >= Self.fewest ? $0 : nil })
    groupSize = max(Self.least, levels.count / Self.groups)
    variances = Self.variances(ratios, levels, squares, groupSize)
    func middle(_ values: inout [Float]) -> Double {
      values.sort()
      return Double(values.upperMiddle ?? .nan)
    }
    ratio = Self.deviation(&ratios)
    level = middle(&levels)
    expected = middle(&squares).squareRoot()
    measured = ratio * expected
  }

  /// The standard deviation that sizes of normal values have: the mean of their middle half, which whole numbers do not fix
  /// to a step.
  private static func deviation(_ sizes: inout [Float]) -> Double {
    sizes.sort()
    let part = sizes[sizes.count / 4..<max(sizes.count / 4 + 1, sizes.count * 3 / 4)]
    return Double(part.reduce(0, +)) / Double(part.count) / 0.6934
  }

  private static func unevenness(_ pairs: [[Float]]) -> Double {
    let deviations = pairs.map { pair in
      var sizes = pair
      return deviation(&sizes)
    }
    guard let least = deviations.min(), let most = deviations.max(), least > 0 else { return 1 }
    return most / least
  }

  private static func variances(
    _ ratios: [Float], _ levels: [Float], _ squares: [Float], _ size: Int
  ) -> [(level: Double, variance: Double)] {
    let order = levels.indices.sorted { (levels[$0], $0) < (levels[$1], $1) }
    return stride(from: 0, to: order.count - size + 1, by: size).map { first in
      let group = order[first..<first + size]
      var own = group.map { ratios[$0] }
      let ratio = Self.deviation(&own)
      let square = group.map { squares[$0] }.sorted()[size / 2]
      return (Double(levels[group[first + size / 2]]), ratio * ratio * Double(square))
    }
  }

  /// Readout noise and gain that explain the scatter of two exposures where the known ones make too little by so much that
  /// false alarms would show it.
  package struct Raised: Sendable, Equatable {
    /// Known and measured readout noise [ADU].
    package let assumed: Double
    package let measured: Double
    /// Gain that explains the noise of bright pixels [electron/ADU]; nil where the known one does.
    package let gain: Double?
  }

  /// More than this much scatter is no chance.
  private static let noisy = 1.06

  /// The noise with as much readout noise as the scatter asks for; nil where it is known well enough.
  package func raised(_ noise: StackNoise) -> (noise: StackNoise, raised: Raised)? {
    let assumed = noise.typicalDetector.readoutNoise.typical
    guard ratio > Self.noisy, ratio.isFinite, assumed > 0 else { return nil }
    let gain = noise.typicalDetector.gain.typical
    // variance = readout + perSignal * level, neither below what is known.
    var sums = VarianceSums()
    for (level, variance) in variances where variance > 0 { sums.add(level: level, variance: variance) }
    let (w, wl, wll, wv, wlv) = (sums.w, sums.wl, sums.wll, sums.wv, sums.wlv)
    guard w > 0, gain > 0 else { return nil }
    let (known, least) = (assumed * assumed, 1 / gain)
    let determinant = sums.determinant
    // Levels that hardly differ tell one number, which readout noise stands for.
    var perSignal = determinant > 0.01 * w * wll ? (w * wlv - wl * wv) / determinant : least
    if perSignal < least * Self.noisy { perSignal = least }
    var readout = (wv - perSignal * wl) / w
    if readout < known {
      readout = known
      perSignal = wll > 0 ? max(least, (wlv - readout * wl) / wll) : least
    }
    guard readout.isFinite, perSignal.isFinite else { return nil }
    let measured = readout.squareRoot()
    return (
      noise.scaled(by: measured / assumed, gain: least / perSignal),
      Raised(
        assumed: assumed, measured: measured, gain: perSignal > least * 1.001 ? 1 / perSignal : nil)
    )
  }
}
