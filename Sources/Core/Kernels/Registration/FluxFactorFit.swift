/// Relative flux of equivalent exposures, unbiased by cosmic rays (docs/differences.md, flux factors).
///
/// The factors come from one set of pixels for all exposures, those in which no exposure deviates from the common
/// mean by more than its noise allows, weighted by their signal and noise.
package struct FluxFactorFit: Sendable, Equatable {
  /// Flux of each exposure relative to their median.
  package let factors: [Double]
  /// One standard deviation of each factor, of noise alone.
  package let errors: [Double]
  /// Fraction of the pixels that were used.
  package let usedFraction: Double

  /// What the statistical error leaves out: wings of cosmic rays below the noise.
  package static let systematicError = 0.005

  /// Signal over noise of the brightest per cent of the common image.
  package let brightest: Double

  /// Whether no factor differs from 1 by three standard deviations, the systematic one included, or by as much as would
  /// show: where bright pixels have little noise, a small difference that is well measured makes thousands of false hits.
  package var isEquivalent: Bool {
    zip(factors, errors).allSatisfy { factor, error in
      let difference = abs(factor - 1)
      guard difference < 3 * (error * error + Self.systematicError * Self.systematicError).squareRoot() else {
        return false
      }
      return difference < 3 * error || difference * brightest < Self.shown
    }
  }

  /// Whether no factor differs from 1 by three of these errors.
  package var isWithinErrors: Bool { zip(factors, errors).allSatisfy { abs($0 - 1) < 3 * $1 } }

  /// The same among all exposures, of which those that were not fitted count as ones of factor 1.
  ///
  /// - Parameters:
  ///   - fitted: the exposures of this fit, from 0.
  ///   - count: number of all exposures.
  func among(_ fitted: [Int], of count: Int) -> FluxFactorFit {
    var (all, deviations) = ([Double](repeating: 1, count: count), [Double](repeating: 0, count: count))
    for (k, place) in fitted.enumerated() { (all[place], deviations[place]) = (factors[k], errors[k]) }
    return FluxFactorFit(factors: all, errors: deviations, usedFraction: usedFraction, brightest: brightest)
  }

  /// Part of the noise of bright pixels by which exposures may differ and still count as equivalent.
  private static let shown = 0.5

  /// The factors to use: 1 for equivalent exposures.
  package var adopted: [Double] { isEquivalent ? factors.map { _ in 1 } : factors }

  /// Passes over the image after the first estimate.
  private static let passes = 5
  /// Deviations that a good pixel may have [standard deviations].
  private static let clip: Float = 4

  /// - Parameters:
  ///   - exposures: at least 2.
  ///   - regions: only these pixels count; nil: all.
  ///   - offsets: displacements [pixel], when the exposures do not lie on each other.
  ///   - guess: what the factors should be about, from exposure times; nil: nothing is known but the exposures' levels.
  /// - Throws: `CRSError`: data when there is no signal or no good pixel; usage for regions outside; interrupted.
  package init(
    _ exposures: MatchedExposures, regions: [Section]? = nil, offsets: [Offset]? = nil,
    guess: [Double]? = nil, work: Work
  ) throws {
    let guess = guess ?? (exposures.hasLevels ? exposures.levels : nil)
    let (planes, use, slack) = try Self.prepared(exposures, regions: regions, offsets: offsets, work: work)
    var best: Pass?
    if let guess, let first = guess.first, guess.contains(where: { abs($0 - first) > 0.01 * abs(first) }) {
      best = try? Self.passes(
        Pass(guess: guess, planes, work: work), planes, use, exposures.noise, slack, work)
      try work.checkCancelled()
    }
    // Times that do not tell the flux leave few pixels that agree.
    if best.map({ $0.usedFraction < 0.1 }) ?? true {
      do {
        let other = try Self.passes(
          Pass(first: planes, use: use, work: work), planes, use, exposures.noise, slack, work)
        if best.map({ $0.usedFraction < other.usedFraction }) ?? true { best = other }
      } catch {
        if best == nil { throw error }
      }
    }
    factors = best?.factors ?? planes.map { _ in 1 }
    errors = best?.errors ?? planes.map { _ in 1 }
    usedFraction = best?.usedFraction ?? 0
    brightest = try best?.brightest(use, exposures.noise, work) ?? 0
  }

  /// The exposures on each other, the pixels that count, and the part of the slopes that interpolation leaves.
  ///
  /// - Throws: as the fit.
  static func prepared(
    _ exposures: MatchedExposures, regions: [Section]?, offsets: [Offset]?, work: Work
  ) throws -> (planes: [Plane<Float>], use: Plane<UInt8>, slack: Float) {
    var use = try PixelUse.plane(exposures.planes, regions: regions, parameter: "flux_factor_regions")
    let planes = try FilledExposures.filled(exposures.planes, work: work)
    guard let offsets, offsets.contains(where: { $0 != .zero }) else { return (planes, use, 0) }
    try offsets.checkOverlap(exposures.shape, parameter: "mm_xy_offsets")
    let aligned = try zip(planes, offsets).map {
      try CubicShift.shifted($0, by: Offset(x: -$1.x, y: -$1.y), work: work)
    }
    // Interpolated pixels deviate where the image is steep, and mean nothing at the border.
    clear(border: 6, of: &use)
    return (aligned, use, 0.3)
  }

  /// The factors of exposures whose levels are known to be unlike, relative to those levels.
  ///
  /// - Parameter levels: above 0, one for each exposure.
  package func relative(to levels: [Double]) -> FluxFactorFit {
    guard levels.contains(where: { $0 != levels[0] }) else { return self }
    let ratios = zip(factors, levels).map { $0 / $1 }
    let middle = Self.median(ratios)
    return FluxFactorFit(
      factors: ratios.map { $0 / middle }, errors: zip(errors, levels).map { $0 / $1 / middle },
      usedFraction: usedFraction, brightest: brightest)
  }

  private init(factors: [Double], errors: [Double], usedFraction: Double, brightest: Double) {
    (self.factors, self.errors) = (factors, errors)
    (self.usedFraction, self.brightest) = (usedFraction, brightest)
  }

  private static func passes(
    _ start: Pass, _ planes: [Plane<Float>], _ use: Plane<UInt8>, _ noise: StackNoise, _ slack: Float,
    _ work: Work
  ) throws -> Pass {
    var pass = start
    for _ in 0..<passes { try pass.improve(planes, use, noise, clip: clip, slack: slack, work) }
    return pass
  }

  private static func clear(border: Int, of use: inout Plane<UInt8>) {
    let (width, height) = (use.width, use.height)
    for y in 0..<height {
      for x in 0..<width
      where y < border || y >= height - border || x < border || x >= width - border {
        use.pixels[y * width + x] = 0
      }
    }
  }

  /// The median of a few numbers; even counts: the mean of the two central ones.
  static func median(_ values: [Double]) -> Double { values.sorted().middle ?? .nan }
}

/// The state between two passes of the fit.
private struct Pass {
  var factors: [Double]
  var errors: [Double]
  var usedFraction = 0.0
  /// The expected exposure of flux factor 1 [ADU].
  var common: Plane<Float>

  /// The first estimate: ratios to the mean of the smaller half, which cosmic rays do not reach, in bright pixels.
  init(first exposures: [Plane<Float>], use: Plane<UInt8>, work: Work) throws {
    let n = exposures.count
    let low = try Pass.reduced(exposures, [Double](repeating: 1, count: n), work) { sorted, _ in
      var sum: Float = 0
      for k in 0...n / 2 { sum += sorted[k] }
      return sum / Float(n / 2 + 1)
    }
    let smooth = try low.mean3x3(work: work)
    var values: [Float] = []
    for i in 0..<smooth.count where use.pixels[i] != 0 { values.append(max(smooth.pixels[i], 0)) }
    values.sort()
    let dark = CRSError.data(
      "the exposures have no signal to compare", parameter: "flux_factor",
      expected: "pixels above the bias, or numbers as flux factors")
    guard !values.isEmpty else { throw dark }
    let limit = values[min(values.count - 1, Int(0.9 * Double(values.count)))]
    guard limit > 0 else { throw dark }
    let bright = smooth.pixels.indices.filter { use.pixels[$0] != 0 && smooth.pixels[$0] >= limit }
    let ratios = exposures.map { exposure in
      var ratios = bright.map { exposure.pixels[$0] / max(smooth.pixels[$0], 1e-3) }
      ratios.sort()
      return Double(ratios.upperMiddle ?? .nan)
    }
    let middle = FluxFactorFit.median(ratios)
    guard ratios.allSatisfy({ $0 > 0 && $0.isFinite }), middle > 0 else { throw dark }
    factors = ratios.map { $0 / middle }
    errors = factors.map { _ in 1 }
    common = try Pass.reduced(exposures, factors, work) { sorted, _ in
      (sorted[(n - 1) / 2] + sorted[n / 2]) / 2
    }
  }

  /// A first estimate that comes from elsewhere.
  init(guess: [Double], _ exposures: [Plane<Float>], work: Work) throws {
    let n = exposures.count
    let middle = FluxFactorFit.median(guess)
    factors = guess.map { $0 / middle }
    errors = guess.map { _ in 1 }
    common = try Pass.reduced(exposures, factors, work) { sorted, _ in
      (sorted[(n - 1) / 2] + sorted[n / 2]) / 2
    }
  }

  /// Signal over noise that one pixel in a hundred exceeds.
  func brightest(_ use: Plane<UInt8>, _ noise: StackNoise, _ work: Work) throws -> Double {
    let level = try common.mean3x3(work: work)
    var values: [Float] = []
    // A step that shares no divisor with usual widths, so that no column is favoured.
    for i in stride(from: 0, to: level.count, by: max(1, level.count / 20_000) | 1) where use.pixels[i] != 0 {
      let (perSignal, readout) = noise.typical.at(i)
      let signal = max(level.pixels[i], 0)
      values.append(signal / max(1e-12, signal * perSignal + readout).squareRoot())
    }
    values.sort()
    return values.isEmpty ? 0 : Double(values[Int(0.99 * Double(values.count - 1))])
  }

  mutating func improve(
    _ exposures: [Plane<Float>], _ use: Plane<UInt8>, _ noise: StackNoise, clip: Float, slack: Float,
    _ work: Work
  ) throws {
    let level = try common.mean3x3(work: work).map { max($0, 0) }
    let steep = slack > 0 ? try level.gradientLength(work: work) : nil
    let scale = factors.map { Float($0) }
    @Sendable func tolerance(_ i: Int, _ k: Int) -> Float {
      let (perSignal, readout) = noise[k].at(i)
      return clip * (level.pixels[i] * scale[k] * perSignal + readout).squareRoot()
        + (steep.map { slack * $0.pixels[i] } ?? 0)
    }
    let good = try goodPixels(exposures, use, scale, tolerance, work)
    let width = common.width
    let n = exposures.count
    // Sums of each row, added in their order afterwards, so that threads do not matter.
    var sums = [Double](repeating: 0, count: common.height * (2 * n + 1))
    try sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      let shared = SharedPointer(base)
      try work.forTiles(common.height, size: 16) { tile in
        for y in tile {
          let row = shared.base + y * (2 * n + 1)
          for i in y * width..<(y + 1) * width where good.pixels[i] != 0 {
            let (perSignal, readout) = noise.typical.at(i)
            let signal = level.pixels[i]
            let weight = Double(signal / (signal * perSignal + readout))
            row[2 * n] += 1
            for k in 0..<n {
              row[k] += weight * Double(exposures[k].pixels[i])
              row[n + k] += weight * weight * Double(signal * scale[k] * perSignal + noise[k].at(i).readout)
            }
          }
        }
      }
    }
    var total = [Double](repeating: 0, count: 2 * n + 1)
    for start in stride(from: 0, to: sums.count, by: 2 * n + 1) {
      for k in 0...2 * n { total[k] += sums[start + k] }
    }
    let flux = Array(total[0..<n])
    let middle = FluxFactorFit.median(flux)
    guard middle > 0, flux.allSatisfy({ $0 > 0 }) else {
      throw CRSError.data(
        "no pixels agree in all exposures", parameter: "flux_factor",
        expected: "exposures of one field with the right gain and rnoise, or numbers as flux factors")
    }
    factors = flux.map { $0 / middle }
    errors = (0..<n).map { (total[n + $0] / (middle * middle) * (1 + 1 / Double(n))).squareRoot() }
    usedFraction = total[2 * n] / Double(max(1, use.pixels.reduce(0) { $0 + Int($1) }))
    try renew(exposures, tolerance, work)
  }

  /// Pixels in which no exposure deviates, nor any neighbour's.
  private func goodPixels(
    _ exposures: [Plane<Float>], _ use: Plane<UInt8>, _ scale: [Float],
    _ tolerance: @Sendable (Int, Int) -> Float, _ work: Work
  ) throws -> Plane<UInt8> {
    let width = common.width
    let bad = try Plane<UInt8>(width: width, height: common.height) { out in
      guard let base = out.baseAddress else { return }
      let shared = SharedPointer(base)
      try work.forTiles(common.height, size: 16) { tile in
        for y in tile {
          for i in y * width..<(y + 1) * width {
            var isBad = false
            for k in exposures.indices where !isBad {
              isBad = abs(exposures[k].pixels[i] - scale[k] * common.pixels[i]) > tolerance(i, k)
            }
            shared.base[i] = isBad ? 1 : 0
          }
        }
      }
    }
    var good = try Mask(plane: bad).dilated(times: 1, work: work).plane
    for i in 0..<good.count { good.pixels[i] = good.pixels[i] == 0 ? use.pixels[i] : 0 }
    return good
  }

  /// Ratio of factors beyond which values are weighted in the common mean.
  private static let unlike = 2.0

  /// The mean of the exposures that agree with their median.
  ///
  /// Where the factors differ by much, a value of a faint exposure has little weight in the mean. Scaled up, its noise
  /// would rule the common level, and with it the weights of that exposure's own bright values.
  private mutating func renew(
    _ exposures: [Plane<Float>], _ tolerance: @Sendable (Int, Int) -> Float, _ work: Work
  ) throws {
    let n = exposures.count
    let scale = factors.map { Float($0) }
    let isWeighted = (factors.max() ?? 1) > Self.unlike * (factors.min() ?? 1)
    common = try Pass.reduced(exposures, factors, work) { sorted, i in
      let middle = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2
      var sum: Float = 0
      var count: Float = 0
      for k in 0..<n {
        let value = exposures[k].pixels[i] / scale[k]
        let allowed = tolerance(i, k) / scale[k]
        if abs(value - middle) < allowed {
          let weight = isWeighted ? 1 / (allowed * allowed) : 1
          sum += value * weight
          count += weight
        }
      }
      return count > 0 ? sum / count : middle
    }
  }

  /// A plane made from the sorted values of each pixel, divided by their factors.
  private static func reduced(
    _ exposures: [Plane<Float>], _ factors: [Double], _ work: Work,
    _ value: @Sendable (_ sorted: UnsafeMutableBufferPointer<Float>, _ pixel: Int) -> Float
  ) throws -> Plane<Float> {
    let shape = exposures[0].shape
    let n = exposures.count
    let scale = factors.map { 1 / Float($0) }
    return try .byRows(shape, work: work) { y, row in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: n) { sorted in
        for x in 0..<shape.width {
          let i = y * shape.width + x
          for k in 0..<n {
            let new = exposures[k].pixels[i] * scale[k]
            var place = k
            while place > 0, sorted[place - 1] > new {
              sorted[place] = sorted[place - 1]
              place -= 1
            }
            sorted[place] = new
          }
          row[x] = value(sorted, i)
        }
      }
    }
  }
}
