import Glibc

/// Finds pixels whose median is spoilt by the probability of their values under the noise model
/// (docs/detector.md): a calibrated detector, whose false alarms the user chooses.
package struct PValueDetector: Sendable {
  /// What was found.
  package struct Result: Sendable {
    /// -log10 of the probability of each pixel; 0 where it was not evaluated.
    package let score: Plane<Float>
    /// Pixels whose probability is below the threshold.
    package let core: Mask
    /// The core with its less probable neighbours.
    package let mask: Mask
    package let summary: Summary
  }

  /// The numbers of a result.
  package struct Summary: Sendable {
    /// Pixels of the core, and with their neighbours.
    package let flagged: (core: Int, all: Int)
    /// The threshold's decimal logarithm.
    package let logThreshold: Double
    /// False alarms that were asked for, and expected from pixels with 0, 1, ... hits.
    package let askedFalseAlarms: Double
    package let expectedFalseAlarms: [Double]
    /// Fraction of all values that are hit by a cosmic ray.
    package let hitFraction: Double
    /// Scatter of the exposures' positions [pixel].
    package let mismatch: Double
    /// Part of the pixels on lines along which the exposures differ by more than noise and that scatter.
    package let changingPart: Double
    /// Pixels of sources whose sharpness, place or brightness was followed.
    package let followedPixels: Int
    /// How much more light each exposure has beside what was followed, NaN where nothing was; empty where none has any.
    package let followedLight: [Double]
    /// Fraction of the pixels that were evaluated.
    package let evaluatedFraction: Double
    /// Scatter of dark pixels over what gain and readout noise make expect; nil where it cannot be measured.
    package let darkNoise: Double?
    /// Pixels whose median chance coincidences of single hits would spoil.
    package let expectedSpoilt: Double
  }

  /// Without the changes of their sources.
  let exposures: [Plane<Float>]
  /// What each exposure is expected to show; the clean mean where they lie on each other and nothing changes.
  let expected: ExpectedExposures
  /// Without what each exposure is expected to show more than the clean mean: what medians are judged by.
  let levelled: [Plane<Float>]
  /// What the sources of the exposures differ by; nil where they do not.
  let sources: SourceChanges?
  /// How many values each pixel has; nil where every pixel has all of them.
  let used: Plane<Int16>?
  let factors: [Double]
  let noise: StackNoise
  let options: PValueOptions
  let work: Work
  let model: CleanModel
  let mismatch: PositionMismatch
  let changing: LocalMismatch
  let prior: LocalPrior?

  /// - Parameters:
  ///   - exposures: at least 2, bias subtracted and divided by their flux factors [ADU], one shape; NaN where a value
  ///     does not count. A pixel is judged by the values that it has, if there are two of them.
  ///   - factors: flux factors, above 0.
  ///   - offsets: displacements [pixel].
  ///   - noise: of the exposures before they were divided.
  ///   - sources: what was taken off a pair already. Of more exposures it is measured here.
  /// - Throws: `CRSError`: data for fewer exposures or none with values, interrupted.
  package init(
    _ exposures: [Plane<Float>], factors: [Double], offsets: [Offset], noise: StackNoise,
    options: PValueOptions, sources: SourceChanges? = nil, work: Work
  ) throws {
    guard exposures.count >= 2 else {
      throw CRSError.data("\(exposures.count) exposures", parameter: "images", expected: "at least 2")
    }
    guard factors.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw CRSError.usage(
        "a flux factor is not above 0", parameter: "flux_factor", expected: "numbers above 0")
    }
    let isFinite = try exposures.allSatisfy { try $0.isFinite(work: work) }
    used = isFinite ? nil : try StackPlanes.counts(exposures, work)
    if let used, !used.pixels.contains(where: { $0 > 0 }) {
      throw CRSError.data(
        "no pixel has a value that counts", parameter: "images", expected: "exposures with unmasked pixels")
    }
    (self.factors, self.options, self.work, self.noise) = (factors, options, work, noise)
    // Somebody who gives the mismatch gives all of it.
    let isMeasured = exposures.count > 2 && options.mismatch == nil && offsets.allSatisfy { $0 == .zero }
    let own =
      isMeasured
      ? try SourceChanges(
        of: exposures, factors: factors, noise: noise, work: work) : nil
    self.sources = own ?? sources
    let exposures = own?.exposures ?? exposures
    self.exposures = exposures
    model = try CleanModel(
      exposures, factors: factors, offsets: offsets, noise: noise, hasMasked: !isFinite, work: work)
    mismatch = try PositionMismatch(
      exposures, model: model, factors: factors, noise: noise, given: options.mismatch, work: work)
    // Three exposures have a middle value, and what little is measured
    // there costs true coincidences: only what single exposures show is judged by it (`singleScore`).
    changing =
      exposures.count == 2 && options.mismatch == nil
      ? try LocalMismatch(
        ofPair: exposures, model: model, factors: factors, noise: noise, mismatch: mismatch, work: work)
      : .none
    // The changes of two exposures are known already, and who gives a mismatch gives all of it.
    expected =
      exposures.count > 2 && options.mismatch == nil
      ? try ExpectedExposures(
        exposures, model: model, factors: factors, noise: noise, mismatch: mismatch, work: work)
      : ExpectedExposures(exposures.count, model: model, mismatch: mismatch, changing: changing)
    levelled = expected.levelled(exposures, on: model)
    prior =
      options.prior == .local
      ? try LocalPrior(
        model.mean, empty: model.empty, noise: noise.typical, box: options.priorBox, work: work) : nil
  }

  /// Pixels by the number of their values, from 0.
  private func numbersOfValues() -> [Int] {
    var counts = [Int](repeating: 0, count: exposures.count + 1)
    guard let used else {
      counts[exposures.count] = exposures[0].count
      return counts
    }
    for count in used.pixels { counts[Int(count)] += 1 }
    return counts
  }

  /// Innocent pixels of one number of values: how many with 0, 1, ... hits there are.
  struct Innocents {
    let values: Int
    let need: Int
    let numbers: [Double]
  }

  /// Largest readout noise of the exposures over the smallest; 1 for one detector.
  var noiseRatio: Double {
    guard !noise.isCommon else { return 1 }
    let levels = noise.detectors.map { max($0.readoutNoise.typical, 1e-6) }
    return max(1.0001, (levels.max() ?? 1) / (levels.min() ?? 1))
  }

  /// Judges every pixel.
  ///
  /// - Parameters:
  ///   - allowed: pixels that may be flagged.
  ///   - smallest: x_q - x_1 must exceed this [ADU].
  ///   - largest: the largest value must exceed this many readout noises.
  ///   - lacosmic: detections of L.A.Cosmic on the median, admitted where their probability is small too.
  /// - Throws: `CRSError.interrupted`.
  package func detect(
    allowed: Mask? = nil, smallest: Double = -.infinity, largest: Double = -.infinity, lacosmic: Mask? = nil
  ) throws -> Result {
    let n = exposures.count
    let hit = try hitFraction()
    let pixels = Double(exposures[0].count)
    let asked = options.expectedFalseAlarms(pixels: exposures[0].count, isPair: exposures.count == 2)
    let innocents = numbersOfValues().enumerated().dropFirst(2).filter { $0.element > 0 }.map {
      values, count in
      let need = PixelProbability.ranks(exposures: values).need
      return Innocents(
        values: values, need: need,
        numbers: (0..<need).map { j in
          Double(count) * Self.choose(values, j) * pow(hit, Double(j)) * pow(1 - hit, Double(values - j))
        })
    }
    let score = try scores(innocents)
    let threshold = min(
      Self.threshold(innocents, target: asked), log10(options.largestProbability))
    // The most lenient of the limits below.
    let lenient = min(-threshold - (lacosmic == nil ? 0 : 2), -min(threshold + options.hysteresis, -1.5))
    let candidates = try eligible(
      score, above: min(lenient, -threshold), allowed, smallest, largest)
    var core = try flags(score, above: -threshold, candidates)
    if let lacosmic {
      // Those that lie alone share the false alarms that were asked for; those that touch the core are parts of a hit.
      let beside = Self.connected(lacosmic | core, to: core)
      let alone = (lacosmic & !beside).flagged
      let strict = min(threshold + 2, max(threshold, Glibc.log10(asked / Double(max(1, alone)))))
      let admitted = try flags(score, above: -(threshold + 2), candidates)
      core = core | (lacosmic & beside & admitted)
      core = core | (lacosmic & (try flags(score, above: -strict, candidates)))
      if let used { core = core | (lacosmic & Mask(plane: used.map { $0 == 1 ? 1 : 0 })) }
    }
    var mask = core
    if options.hysteresis > 0 {
      let loose = min(threshold + options.hysteresis, -1.5)
      mask = try flags(score, above: -loose, candidates) | core
      mask = Self.connected(mask, to: core)
    }
    var expected = [Double](repeating: 0, count: PixelProbability.ranks(exposures: n).need)
    for group in innocents {
      for (j, number) in group.numbers.enumerated() {
        expected[j] += number * pow(10, threshold * Double(group.need - j))
      }
    }
    let summary = Summary(
      flagged: (core.flagged, mask.flagged), logThreshold: threshold, askedFalseAlarms: asked,
      expectedFalseAlarms: expected, hitFraction: hit, mismatch: mismatch.variance.squareRoot(),
      changingPart: changing.part, followedPixels: sources?.pixels ?? 0,
      followedLight: sources?.light ?? [],
      evaluatedFraction: Double(score.pixels.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }) / max(1, pixels),
      darkNoise: try DarkNoise.ratio(
        exposures, factors: factors, model: model, noise: noise, hasMasked: used != nil, work: work),
      expectedSpoilt: innocents.reduce(0) { $0 + Self.spoilt($1, hit: hit) })
    return Result(score: score, core: core, mask: mask, summary: summary)
  }

  private static func choose(_ n: Int, _ k: Int) -> Double {
    (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
  }

  /// How many pixels of a kind have so many hits that their median is spoilt, if hits fall independently.
  private static func spoilt(_ group: Innocents, hit: Double) -> Double {
    let all = group.numbers.first.map { $0 / pow(1 - hit, Double(group.values)) } ?? 0
    return (group.need...group.values).reduce(0.0) {
      $0 + all * choose(group.values, $1) * pow(hit, Double($1)) * pow(1 - hit, Double(group.values - $1))
    }
  }

  /// The t with sum N_j t^(need - j) = target over all kinds of pixels, its decimal logarithm.
  static func threshold(_ innocents: [Innocents], target: Double) -> Double {
    var (low, high) = (-12.0, 0.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      var sum = 0.0
      for group in innocents {
        for (j, number) in group.numbers.enumerated() {
          sum += number * pow(10, middle * Double(group.need - j))
        }
      }
      if sum < target { low = middle } else { high = middle }
    }
    return low
  }

  /// Groups of a mask (pixels that touch, corners included) that contain a pixel of `core`.
  static func connected(_ mask: Mask, to core: Mask) -> Mask {
    let groups = ConnectedRuns(of: mask.plane, connectivity: .eight)
    var holds = [Bool](repeating: false, count: groups.count)
    for (run, group) in zip(groups.runs, groups.groups) where !holds[Int(group)] {
      let row = Int(run.row) * mask.width
      holds[Int(group)] = core.plane.pixels[row + Int(run.start)..<row + Int(run.end)].contains { $0 != 0 }
    }
    var out = Mask(shape: mask.shape)
    for (run, group) in zip(groups.runs, groups.groups) where holds[Int(group)] {
      let row = Int(run.row) * mask.width
      for i in row + Int(run.start)..<row + Int(run.end) { out.plane.pixels[i] = 1 }
    }
    return out
  }
}
