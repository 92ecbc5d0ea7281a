/// Relative flux and additional sky of equivalent exposures, fitted together: exposure k shows `factor * scene + sky`.
///
/// A brighter sky raises faint pixels by as much as bright ones, a factor raises bright pixels more: the differences of
/// the exposures, in bins of the level, lie on a line. Medians of bins do not see cosmic rays. An image without structure
/// tells nothing of the two apart.
package struct FluxAndSkyFit: Sendable, Equatable {
  /// Flux of each exposure relative to their median.
  package let factors: [Double]
  /// One standard deviation of each factor, from the scatter of the bins.
  package let errors: [Double]
  /// What each exposure has more than the one with the least, in its own unit, at least 0 [ADU].
  package let skies: [Double]
  /// One standard deviation of each [ADU].
  package let skyErrors: [Double]
  /// Noise of a pixel without light [ADU].
  package let darkNoise: Double
  /// Whether the factors were known before.
  package let hasGivenFactors: Bool
  /// Whether the factors were taken for equal because the exposures do not tell a factor from a sky.
  package private(set) var isAmbiguous = false

  /// A factor that is known less well than this says that nothing tells factor and sky apart.
  private static let known = 0.02
  /// A sky below this part of the noise of dark pixels shows nowhere.
  private static let shown = 0.15

  /// Whether the exposures have the structure that tells a factor from a sky.
  package var isTold: Bool {
    !isAmbiguous && (hasGivenFactors || errors.allSatisfy { $0 < Self.known })
  }

  /// The skies alone where factors and skies cannot be told apart: the exposures are taken for ones of equal flux.
  ///
  /// - Parameter equal: factors of exposures of equal flux.
  /// - Throws: as the fit itself.
  static func ambiguous(
    _ exposures: MatchedExposures, regions: [Section]?, offsets: [Offset]?, equal: [Double], work: Work
  ) throws -> FluxAndSkyFit {
    var fit = try FluxAndSkyFit(exposures, regions: regions, offsets: offsets, factors: equal, work: work)
    fit.isAmbiguous = true
    return fit
  }

  /// Whether no factor is 0 within its error.
  var allHaveLight: Bool { zip(factors, errors).allSatisfy { $0 > 5 * $1 } }

  /// Whether a sky differs by more than chance and by as much as would show.
  package var isNeeded: Bool {
    zip(skies, skyErrors).contains { $0 > 5 * $1 && $0 > Self.shown * darkNoise }
  }

  /// Factors that differ from 1 by no more than their errors are 1.
  package var adopted: [Double] {
    if hasGivenFactors { return factors }
    if !isTold { return factors.map { _ in 1 } }
    let isEqual = zip(factors, errors).allSatisfy { factor, error in
      abs(factor - 1) < 3
        * (error * error + 0.25 * FluxFactorFit.systematicError * FluxFactorFit.systematicError)
        .squareRoot()
    }
    return isEqual ? factors.map { _ in 1 } : factors
  }

  /// Pixels that are looked at, at most.
  private static let sample = 60_000
  /// Bins by the part of the pixels below them, finer where few pixels have much light.
  private static let edges = [
    0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 1,
  ]
  /// Fewer pixels than this make no bin.
  private static let fewest = 30
  private static let rounds = 5

  /// - Parameters:
  ///   - exposures: at least 2.
  ///   - regions: only these pixels count; nil: all.
  ///   - offsets: displacements [pixel].
  ///   - factors: where they are known, one for each exposure, above 0; nil: they are fitted.
  /// - Throws: `CRSError`: data when too few pixels can be compared; usage for regions outside; interrupted.
  package init(
    _ exposures: MatchedExposures, regions: [Section]? = nil, offsets: [Offset]? = nil,
    factors given: [Double]? = nil, work: Work
  ) throws {
    let (planes, use, _) = try FluxFactorFit.prepared(
      exposures, regions: regions, offsets: offsets, work: work)
    let n = planes.count
    var state = State(factors: given ?? planes.map { _ in 1 }, fitsFactors: given == nil)
    let common = try StackPlanes(planes, work: work)
    // The smooth minimum orders pixels by their light, and knows few cosmic rays.
    let level = try common.minimum.mean3x3(work: work)
    var pixels: [Int] = []
    let total = use.pixels.reduce(0) { $0 + Int($1) }
    let step = max(1, total / Self.sample) | 1
    var seen = 0
    for i in 0..<use.count where use.pixels[i] != 0 {
      if seen % step == 0 { pixels.append(i) }
      seen += 1
    }
    guard pixels.count >= 4 * Self.fewest else {
      throw CRSError.data(
        "\(pixels.count) pixels to compare the exposures in", parameter: "sky",
        expected: "at least \(4 * Self.fewest) that count in all exposures")
    }
    pixels.sort { (level.pixels[$0], $0) < (level.pixels[$1], $1) }
    let places = Self.edges.map { Int($0 * Double(pixels.count)) }
    let bins = zip(places, places.dropFirst()).map { $0..<$1 }.filter { $0.count >= Self.fewest }
    for _ in 0..<Self.rounds {
      try work.checkCancelled()
      state.improve(planes, pixels, bins, level)
    }
    state.settle()
    (factors, errors, skies, skyErrors) = (state.factors, state.errors, state.skies, state.skyErrors)
    hasGivenFactors = given != nil
    darkNoise = (0..<n).map { exposures.noise.detector($0).readoutNoise.typical }.reduce(0, +) / Double(n)
  }

  /// What is known between two rounds.
  private struct State {
    var factors: [Double]
    var errors: [Double]
    var skies: [Double]
    var skyErrors: [Double]
    let fitsFactors: Bool

    init(factors: [Double], fitsFactors: Bool) {
      (self.factors, self.fitsFactors) = (factors, fitsFactors)
      (errors, skies, skyErrors) = (factors.map { _ in 0 }, factors.map { _ in 0 }, factors.map { _ in 0 })
    }

    /// What one bin says of one exposure: its level, how far the exposure lies above the mean of all, and the error.
    private struct Point {
      let level: Double
      let excess: Double
      let error: Double
    }

    mutating func improve(
      _ planes: [Plane<Float>], _ pixels: [Int], _ bins: [Range<Int>], _ order: Plane<Float>
    ) {
      let n = planes.count
      var points = [[Point]](repeating: [], count: n)
      let (skies, factors) = (skies.map { Float($0) }, factors.map { Float($0) })
      let most = bins.map(\.count).max() ?? 0
      var excesses = [[Float]](repeating: [Float](repeating: 0, count: most), count: n)
      var (levels, sizes) = (excesses[0], excesses[0])
      for bin in bins {
        for (place, i) in pixels[bin].enumerated() {
          var sum: Float = 0
          for k in 0..<n {
            let value = (planes[k].pixels[i] - skies[k]) / factors[k]
            excesses[k][place] = value
            sum += value
          }
          let mean = sum / Float(n)
          levels[place] = mean
          for k in 0..<n { excesses[k][place] -= mean }
        }
        let level = Self.middle(&levels, bin.count)
        for k in 0..<n {
          let middle = Self.middle(&excesses[k], bin.count)
          for place in 0..<bin.count { sizes[place] = abs(excesses[k][place] - middle) }
          let spread = 1.4826 * Double(Self.middle(&sizes, bin.count))
          points[k].append(
            Point(
              level: Double(level), excess: Double(middle),
              error: max(1e-9, 1.2533 * spread / Double(bin.count).squareRoot())))
        }
      }
      for k in 0..<n { take(points[k], of: k) }
    }

    private static func middle(_ values: inout [Float], _ count: Int) -> Float {
      values.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        return Selection.middle(base, count)
      }
    }

    /// The line through the points of an exposure; points far off it, where something else changes, count little.
    private mutating func take(_ points: [Point], of k: Int) {
      var (slope, constant) = (0.0, 0.0)
      var (slopeError, constantError) = (Double.infinity, Double.infinity)
      for pass in 0..<6 {
        var (w, wx, wxx, wy, wxy, chi, weights) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for point in points {
          let rest = (point.excess - constant - slope * point.level) / point.error
          let trust = pass == 0 ? 1 : 1 / (1 + rest * rest / 9)
          let own = trust / (point.error * point.error)
          w += own
          wx += own * point.level
          wxx += own * point.level * point.level
          wy += own * point.excess
          wxy += own * point.level * point.excess
          chi += trust * rest * rest
          weights += trust
        }
        guard w > 0 else { return }
        if fitsFactors {
          let determinant = w * wxx - wx * wx
          guard determinant > 1e-12 * w * wxx else {
            constant = wy / w
            constantError = (1 / w).squareRoot()
            continue
          }
          slope = (w * wxy - wx * wy) / determinant
          constant = (wy - slope * wx) / w
          slopeError = (w / determinant).squareRoot()
          constantError = (wxx / determinant).squareRoot()
        } else {
          constant = wy / w
          constantError = (1 / w).squareRoot()
        }
        // What the scatter of the points shows beyond their errors.
        let spread = max(1, chi / max(1, weights - (fitsFactors ? 2 : 1))).squareRoot()
        slopeError *= pass == 0 ? 1 : spread
        constantError *= pass == 0 ? 1 : spread
      }
      skies[k] += factors[k] * constant
      skyErrors[k] = factors[k] * constantError
      if fitsFactors {
        factors[k] *= max(0.1, 1 + slope)
        errors[k] = factors[k] * slopeError
      }
    }

    /// Factors relative to their median; the exposure with the least sky has none.
    mutating func settle() {
      if fitsFactors {
        let middle = FluxFactorFit.median(factors)
        if middle > 0 {
          factors = factors.map { $0 / middle }
          errors = errors.map { $0 / middle }
        }
      }
      let least = zip(skies, factors).map { $0 / $1 }.min() ?? 0
      skies = zip(skies, factors).map { max(0, $0 - $1 * least) }
    }
  }
}
