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
    /// Fraction of the pixels that were evaluated.
    package let evaluatedFraction: Double
    /// Scatter of dark pixels over what gain and readout noise make expect; nil where it cannot be measured.
    package let darkNoise: Double?
  }

  let exposures: [Plane<Float>]
  let finite: Plane<UInt8>?
  let factors: [Double]
  let noise: PixelNoise
  let options: PValueOptions
  let work: Work
  let model: CleanModel
  let mismatch: PositionMismatch
  let prior: LocalPrior?

  /// - Parameters:
  ///   - exposures: at least 3, bias subtracted and divided by their flux factors [ADU], one shape. Pixels that are
  ///     not finite in an exposure are not judged.
  ///   - factors: flux factors, above 0.
  ///   - offsets: displacements [pixel].
  /// - Throws: `CRSError`: data for fewer exposures or no readout noise, interrupted.
  package init(
    _ exposures: [Plane<Float>], factors: [Double], offsets: [Offset], detector: Detector,
    options: PValueOptions,
    work: Work
  ) throws {
    guard exposures.count >= 3 else {
      throw CRSError.data("\(exposures.count) exposures", parameter: "images", expected: "at least 3")
    }
    guard factors.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw CRSError.usage(
        "a flux factor is not above 0", parameter: "flux_factor", expected: "numbers above 0")
    }
    let isFinite = exposures.allSatisfy { $0.pixels.allSatisfy(\.isFinite) }
    finite = isFinite ? nil : try PixelUse.plane(exposures, regions: nil, parameter: "images")
    self.exposures = isFinite ? exposures : PValueDetector.filled(exposures)
    (self.factors, self.options, self.work) = (factors, options, work)
    noise = PixelNoise(detector)
    model = try CleanModel(self.exposures, offsets: offsets, noise: noise, work: work)
    mismatch = try PositionMismatch(
      self.exposures, model: model, factors: factors, noise: noise, given: options.mismatch, work: work)
    prior =
      options.prior == .local
      ? try LocalPrior(model.mean, noise: noise, box: options.priorBox, work: work) : nil
  }

  /// The exposures with the mean of the others, or 0, where one is not finite.
  private static func filled(_ exposures: [Plane<Float>]) -> [Plane<Float>] {
    var out = exposures
    for i in 0..<exposures[0].count where exposures.contains(where: { !$0.pixels[i].isFinite }) {
      let values = exposures.map { $0.pixels[i] }.filter(\.isFinite)
      let mean = values.isEmpty ? 0 : values.reduce(0, +) / Float(values.count)
      for k in out.indices where !out[k].pixels[i].isFinite { out[k].pixels[i] = mean }
    }
    return out
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
    let ranks = PixelProbability.ranks(exposures: n)
    let hit = try hitFraction()
    let pixels = Double(exposures[0].count)
    let asked = options.expectedFalseAlarms(pixels: exposures[0].count)
    let numbers = (0..<ranks.need).map { j in
      pixels * Self.choose(n, j) * pow(hit, Double(j)) * pow(1 - hit, Double(n - j))
    }
    let score = try scores(numbers: numbers)
    let threshold = min(
      Self.threshold(numbers, need: ranks.need, target: asked), log10(options.largestProbability))
    // The most lenient of the limits below.
    let lenient = min(-threshold - (lacosmic == nil ? 0 : 2), -min(threshold + options.hysteresis, -1.5))
    let candidates = try eligible(
      score, above: min(lenient, -threshold), allowed, smallest, largest, tested: ranks.tested)
    var core = try flags(score, above: -threshold, candidates)
    if let lacosmic {
      let admitted = try flags(score, above: -(threshold + 2), candidates)
      core = core | (lacosmic & admitted)
    }
    var mask = core
    if options.hysteresis > 0 {
      let loose = min(threshold + options.hysteresis, -1.5)
      mask = try flags(score, above: -loose, candidates) | core
      mask = Self.connected(mask, to: core)
    }
    let expected = numbers.enumerated().map { j, number in
      number * pow(10, threshold * Double(ranks.need - j))
    }
    let summary = Summary(
      flagged: (core.flagged, mask.flagged), logThreshold: threshold, askedFalseAlarms: asked,
      expectedFalseAlarms: expected, hitFraction: hit, mismatch: mismatch.variance.squareRoot(),
      evaluatedFraction: Double(score.pixels.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }) / max(1, pixels),
      darkNoise: try DarkNoise.ratio(exposures, factors: factors, model: model, noise: noise, work: work))
    return Result(score: score, core: core, mask: mask, summary: summary)
  }

  private static func choose(_ n: Int, _ k: Int) -> Double {
    (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
  }

  /// The t with sum N_j t^(need - j) = target, its decimal logarithm.
  static func threshold(_ numbers: [Double], need: Int, target: Double) -> Double {
    var (low, high) = (-12.0, 0.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      let sum = numbers.enumerated().reduce(0.0) {
        $0 + $1.element * pow(10, middle * Double(need - $1.offset))
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
