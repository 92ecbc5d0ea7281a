/// Displacements of equivalent exposures, unbiased by cosmic rays (docs/differences.md, offsets).
package struct OffsetFit: Sendable, Equatable {
  /// Displacement of each exposure [pixel] relative to the median displacement: an exposure whose features lie at
  /// larger x has x > 0. Those below four standard deviations are 0.
  package let offsets: [Offset]
  /// One standard deviation of each [pixel], of noise alone.
  package let errors: [Offset]
  /// The largest contradiction between the displacements of pairs [pixel]; above 0.1 the offsets are doubtful.
  package let closure: Double

  /// - Parameters:
  ///   - exposures: at least 2.
  ///   - region: the part that is compared.
  ///   - largest: offsets up to which cosmic rays are kept out [pixel].
  ///   - guess: what the flux factors should be about; nil: nothing is known.
  /// - Throws: `CRSError`: data when the region has no structure, usage for a region outside; interrupted.
  package init(
    _ exposures: MatchedExposures, region: Section, largest: Double = 3, guess: [Double]? = nil, work: Work
  ) throws {
    guard exposures.planes.count > 1 else {
      throw CRSError.data("there is one exposure", expected: "at least 2 exposures")
    }
    let inside = try region.validated(inside: exposures.shape, parameter: "mm_crosscorr_region")
    guard min(inside.width, inside.height) >= OffsetFit.smallest else {
      throw CRSError.data(
        "the region \(inside) has \(inside.width)x\(inside.height) pixels", parameter: "mm_crosscorr_region",
        expected: "at least \(OffsetFit.smallest) pixels a side")
    }
    let part = exposures.inside(inside)
    let planes = try FilledExposures.filled(part.planes, work: work)
    let (start, closure) = try OffsetFit.correlated(planes, part.noise, largest, work)
    let factors = try FluxFactorFit(part, offsets: start, guess: guess, work: work)
    var refinement = OffsetRefinement(
      planes, gaps: part.hasMasked ? part.planes : nil, factors: factors.factors, noise: part.noise,
      offsets: start)
    try refinement.run(work: work)
    try OffsetFit.check(refinement, planes, part.noise, largest, work)
    self.closure = closure
    errors = refinement.errors
    let zero = OffsetFit.middle(refinement.offsets)
    offsets = zip(refinement.offsets, refinement.errors).map { offset, error in
      let (x, y) = (offset.x - zero.x, offset.y - zero.y)
      return Offset(x: abs(x) < 4 * error.x ? 0 : x, y: abs(y) < 4 * error.y ? 0 : y)
    }
  }

  /// Pixels that a side of the region needs.
  static let smallest = 24

  /// The median of each coordinate.
  static func middle(_ offsets: [Offset]) -> Offset {
    Offset(x: FluxFactorFit.median(offsets.map(\.x)), y: FluxFactorFit.median(offsets.map(\.y)))
  }

  /// Makes sure that nothing else fits better.
  private static func check(
    _ found: OffsetRefinement, _ planes: [Plane<Float>], _ noise: StackNoise, _ largest: Double, _ work: Work
  ) throws {
    for j in planes.indices {
      for i in 0..<j {
        let (a, b) = (found.offsets[i], found.offsets[j])
        let (u, v) = (found.errors[i], found.errors[j])
        let own = Offset(x: b.x - a.x, y: b.y - a.y)
        let error = Offset(x: (u.x * u.x + v.x * v.x).squareRoot(), y: (u.y * u.y + v.y * v.y).squareRoot())
        let trial = try OffsetTrial(
          planes[i], planes[j], noise: (noise[i], noise[j]), largest: largest, work: work)
        guard let rival = try trial.rival(of: own, error: error) else { continue }
        func text(_ offset: Offset) -> String { "(\(short(offset.x)), \(short(offset.y)))" }
        throw CRSError.data(
          "exposures \(i + 1) and \(j + 1) do not tell how they lie: offsets of \(text(own)) were found, but "
            + "\(text(rival)) pixels fit better", parameter: "mm_crosscorr_region",
          expected: "a region with stars, lines or spectra that stand out of noise and cosmic rays",
          hint: "give the offsets (xy_offsets) if they are known")
      }
    }
  }

  private static func short(_ value: Double) -> Double { (value * 10).rounded() / 10 }

  /// Rounds after which exposures lie as near to each other as they ever will.
  private static let rounds = 4

  /// First estimates of the displacements. What lies farther apart than cosmic rays are kept out for would lose its peaks with
  /// them, so such exposures are moved by whole pixels and compared once more.
  private static func correlated(
    _ planes: [Plane<Float>], _ noise: StackNoise, _ largest: Double, _ work: Work
  ) throws -> ([Offset], closure: Double) {
    var (found, closure) = try compared(planes, noise, largest, work)
    for _ in 0..<rounds {
      guard found.contains(where: { max(abs($0.x), abs($0.y)) > largest - 1 }) else { break }
      let whole = found.map { Offset(x: $0.x.rounded(), y: $0.y.rounded()) }
      let near = try zip(planes, whole).map {
        try CubicShift.shifted($0, by: Offset(x: -$1.x, y: -$1.y), work: work)
      }
      let (rest, contradiction) = try compared(near, noise, largest, work)
      closure = contradiction
      found = zip(whole, rest).map { Offset(x: $0.x + $1.x, y: $0.y + $1.y) }
      if rest.allSatisfy({ max(abs($0.x), abs($0.y)) < 1 }) { break }
    }
    return (found, closure)
  }

  /// Least squares of the displacements of all pairs.
  private static func compared(
    _ planes: [Plane<Float>], _ noise: StackNoise, _ largest: Double, _ work: Work
  ) throws -> ([Offset], closure: Double) {
    let capped = try CosmicRayCap.capped(planes, noise: noise, reach: Int(largest.rounded(.up)), work: work)
    let correlation = try PairCorrelation(shape: planes[0].shape, work: work)
    let spectra = try capped.map { try correlation.spectrum($0) }
    let n = planes.count
    var pairs = [[Offset]](repeating: [Offset](repeating: .zero, count: n), count: n)
    for i in 0..<n {
      for j in i + 1..<max(i + 1, n) {
        let found = try correlation.displacement(spectra[i], spectra[j])
        let trial = try OffsetTrial(
          planes[i], planes[j], noise: (noise[i], noise[j]), largest: largest, work: work
        ).better(than: found)
        // Few stars are few pixels of many: those tell more.
        let own = StackNoise([noise.detector(i), noise.detector(j)])
        let d = try WholeDisplacement.better(than: trial, of: planes[i], planes[j], noise: own, work: work)
        pairs[i][j] = d
        pairs[j][i] = Offset(x: -d.x, y: -d.y)
      }
    }
    let means = (0..<n).map { j in
      Offset(
        x: pairs.reduce(0) { $0 + $1[j].x } / Double(n), y: pairs.reduce(0) { $0 + $1[j].y } / Double(n))
    }
    var closure = 0.0
    for i in 0..<n {
      for j in i + 1..<max(i + 1, n) {
        closure = max(
          closure, abs(pairs[i][j].x - (means[j].x - means[i].x)),
          abs(pairs[i][j].y - (means[j].y - means[i].y)))
      }
    }
    let zero = middle(means)
    return (means.map { Offset(x: $0.x - zero.x, y: $0.y - zero.y) }, closure)
  }
}

/// Limits every exposure to what the others show nearby, which removes cosmic rays and nothing else.
enum CosmicRayCap {
  /// - Parameters:
  ///   - reach: pixels by which the exposures may lie apart.
  ///   - sigmas: tolerance above the largest of the others' minima nearby.
  ///   - gaps: exposures whose NaN mark what was filled in there: no minimum, and where all others have nothing nothing is cut
  ///     off; nil for none.
  static func capped(
    _ planes: [Plane<Float>], noise: StackNoise, reach: Int, sigmas: Float = 3, gaps: [Plane<Float>]? = nil,
    work: Work
  ) throws -> [Plane<Float>] {
    let shape = planes[0].shape
    return try planes.indices.map { own in
      let noise = noise[own]
      let others = planes.indices.filter { $0 != own }
      let minimum = try Plane<Float>.byRows(shape, work: work) { y, row in
        for x in 0..<shape.width {
          let i = y * shape.width + x
          var low = Float.infinity
          for k in others where gaps.map({ $0[k].pixels[i].isFinite }) ?? true {
            low = min(low, planes[k].pixels[i])
          }
          row[x] = low
        }
      }
      let most = try minimum.maximum(size: 2 * reach + 1, work: work)
      return try .byRows(shape, work: work) { y, row in
        for x in 0..<shape.width {
          let i = y * shape.width + x
          let (perSignal, readout) = noise.at(i)
          let limit = most.pixels[i] + sigmas * (max(most.pixels[i], 0) * perSignal + readout).squareRoot()
          row[x] = min(planes[own].pixels[i], limit)
        }
      }
    }
  }
}
