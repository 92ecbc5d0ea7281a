/// How bright each exposure of a stack is beside the others, and how much of it differs from them.
package struct StackLevels: Sendable, Equatable {
  /// Level of each exposure relative to the one in the middle; nil where too few pixels have light.
  package let relative: [Double?]
  /// Fraction of the pixels in which each exposure differs from the median of all by more than noise.
  package let differing: [Double]
  /// The middle value of each exposure [ADU]; nil where none was compared.
  package let middle: [Double?]
  /// Whether much of an exposure stands out of its noise.
  package let hasLight: [Bool]
  /// Whether as much of an exposure stands out of its noise as of the others, and its middle is theirs, and where that is
  /// little, as bright: what its pixels lack lies elsewhere in it.
  private let isAlike: [Bool]
  /// Whether it is a level by which an exposure differs: what hits make of a dark sky differs from pixel to pixel, and blurs
  /// lower peaks and raise wings.
  private let isSteady: [Bool]
  /// Whether what is bright has another ratio in each pixel, as hits that meet have and no sources.
  let areHits: Bool

  /// Levels that no flux factor should have to make up for: a closed shutter, saturation.
  /// 100 s beside 300 s are refused whatever the noise makes of their ratio.
  package static let refused = 0.36...(1 / 0.36)
  /// A difference that is told, and the fraction of the pixels beyond which it is told too.
  private static let (told, most) = (0.05, 0.5)

  /// Exposures that a level of `expected` times the others' would not explain.
  package func outside(expected: [Double]) -> [Int] {
    relative.indices.filter { k in
      guard let level = relative[k], expected[k] > 0, !isAlike[k] else { return false }
      return !Self.refused.contains(level / expected[k])
    }
  }

  /// Exposures whose level differs although all should agree.
  package var deviating: [Int] {
    relative.indices.filter { k in
      (isSteady[k] && relative[k].map { abs($0 - 1) > Self.told } ?? false) || differing[k] > Self.most
    }
  }

  /// Exposures that saw next to nothing of the light of the others; none where no other one has light.
  package var unlit: [Int] {
    let isBright = relative.contains { $0 == .infinity }
    let dark = relative.indices.filter { k in
      if let level = relative[k] { return level < Self.faintest }
      return isBright && middle[k] != nil && !hasLight[k]
    }
    return dark.count < relative.count ? dark : []
  }

  /// A part of the light of the others that nobody wants to make up for.
  private static let faintest = 0.05

  /// Parts by which what is alike differs.
  private static let alike = 0.25

  /// Width of the middle half of two exposures' ratios from which on they tell no level.
  private static let uneven: Float = 1
  /// The same where a level is told.
  private static let scattered: Float = 0.6

  /// Pixels that are looked at, at most.
  private static let sample = 20_000
  private static let fewest = 100
  /// Fewer than this tell not even that they are hits.
  private static let few = 30

  /// - Parameters:
  ///   - exposures: on one scale [ADU], NaN where a value does not count.
  ///   - planes: median and mean of the same.
  package init(_ exposures: [Plane<Float>], planes: StackPlanes, noise: StackNoise) {
    let (n, median) = (exposures.count, planes.median)
    // A step that shares no divisor with usual widths, so that no column is favoured.
    let step = max(1, median.count / Self.sample) | 1
    let none = [[Float]](repeating: [], count: n)
    var (ratios, levelsOfRatios, values, bright) = (none, none, none, none)
    var (apart, compared) = (exposures.map { _ in 0 }, exposures.map { _ in 0 })
    for i in stride(from: 0, to: median.count, by: step) {
      let level = median.pixels[i]
      guard level.isFinite else { continue }
      for k in 0..<n {
        let value = exposures[k].pixels[i]
        guard value.isFinite else { continue }
        let (perSignal, readout) = noise[k].at(i)
        let square = max(level, 0) * perSignal + readout
        compared[k] += 1
        values[k].append(value)
        if (value - level) * (value - level) > 16 * square { apart[k] += 1 }
        // The median of three sides with the fainter of two that agree; the mean has no favourite.
        if level > 0, level * level > 25 * square, planes.mean.pixels[i] > 0 {
          ratios[k].append(value / planes.mean.pixels[i])
          levelsOfRatios[k].append(level)
        }
        if value > 0, value * value > 25 * (value * perSignal + readout) { bright[k].append(value) }
      }
    }
    let middles = ratios.map { ratios -> Double? in
      guard ratios.count >= Self.fewest else { return nil }
      let sorted = ratios.sorted()
      // Hits of exposures without light: one has all and another nothing, in turns.
      if sorted[3 * sorted.count / 4] - sorted[sorted.count / 4] > Self.uneven { return nil }
      return sorted.upperMiddle.map { Double($0) }
    }
    isSteady = Self.areSteady(ratios, levelsOfRatios)
    areHits = ratios.allSatisfy { Self.areScattered($0) }
    let shares = (0..<n).map { Double(bright[$0].count) / Double(max(1, compared[$0])) }
    let isLit = shares.map { $0 > 0.1 }
    let darkest = (0..<n).filter { compared[$0] >= Self.fewest }.map { shares[$0] }.min() ?? 0
    let common = middles.compactMap { $0 }.sorted().middle ?? 1
    relative = (0..<n).map { k in
      if let middle = middles[k] { return common > 0 ? middle / common : 1 }
      // Light over much of one exposure where the others have none.
      return compared[k] >= Self.fewest && isLit[k] && darkest < shares[k] / 3 ? .infinity : nil
    }
    let centres = values.map { lowMedian($0).map(Double.init) }
    let (centre, share) = (centres.compactMap { $0 }.sorted().middle ?? 0, shares.sorted().middle ?? 0)
    (middle, hasLight) = (centres, isLit)
    differing = (0..<n).map { Double(apart[$0]) / Double(max(1, compared[$0])) }
    let levels = relative
    let tops = bright.map { lowMedian($0).map(Double.init) }
    let top = tops.compactMap { $0 }.sorted().middle ?? 0
    let scatters = (0..<n).map { Double(noise[$0].at(0).readout).squareRoot() }
    isAlike = (0..<n).map { k in
      guard let own = centres[k], let peak = tops[k], levels[k] != .infinity,
        abs(shares[k] - share) < Self.alike * share
      else { return false }
      if isLit[k] { return abs(own - centre) < Self.alike * abs(centre) }
      // Narrow spectra on a dark sky.
      return bright[k].count >= Self.fewest && abs(peak - top) < Self.alike * top
        && abs(own - centre) < max(Self.alike * abs(centre), scatters[k])
    }
  }

  private static func areScattered(_ ratios: [Float]) -> Bool {
    guard ratios.count >= few else { return false }
    let sorted = ratios.sorted()
    return sorted[3 * sorted.count / 4] - sorted[sorted.count / 4] >= scattered
  }

  /// Whether dim and bright pixels tell the same of each exposure.
  ///
  /// - Parameters:
  ///   - ratios: of its values to the mean of all.
  ///   - levels: medians of the same pixels [ADU].
  private static func areSteady(_ ratios: [[Float]], _ levels: [[Float]]) -> [Bool] {
    let kinds = [false, true].map { isBright -> [Double] in
      let middles = zip(ratios, levels).map { ratios, levels -> Double in
        guard !levels.isEmpty else { return 1 }
        let limit = levels.sorted()[levels.count - 1 - levels.count / 5]
        let own = zip(ratios, levels).filter { ($0.1 > limit) == isBright }.map(\.0)
        return lowMedian(own).map(Double.init) ?? 1
      }
      let common = middles.sorted().middle ?? 1
      return middles.map { common > 0 ? $0 / common - 1 : 0 }
    }
    return ratios.indices.map { k in
      guard ratios[k].count >= fewest, !areScattered(ratios[k]) else { return false }
      let (dim, bright) = (kinds[0][k], kinds[1][k])
      return dim * bright >= 0 || min(abs(dim), abs(bright)) < told / 2
    }
  }
}
