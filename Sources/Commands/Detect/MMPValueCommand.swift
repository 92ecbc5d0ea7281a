import Calling
import Files
import Kernels
import Pipeline

/// `mmpvalue`: the detector that knows its false alarms.
struct MMPValueCommand: Command {
  static let info = CommandInfo(
    "mmpvalue", "Find spoilt medians by the probability of each pixel under the noise model", family: .detect,
    results: [
      .result("pvalue", .image, "-log10 of the probability of each pixel, 0 where it is not small"),
      .result("mask", .mask, "pixels that noise does not explain"),
    ],
    examples: ["pvalue, mask = mmpvalue (simulate nx=120 ny=100 seed=1)"],
    discussion: [
      "far false alarms are expected in the whole image. docs/detector.md explains the method and its limits. Flux "
        + "factors and offsets are those of fluxfactor and offsets."
    ])

  @Parameter("stack of at least 3 exposures", positional: true) var stack: Stack
  @Parameter("expected false alarms an image; none: 1, or 3 in a million pixels", above: 0, upTo: 1e9)
  var far: Double? = nil
  @Parameter("largest probability of a pixel flagged on its own", above: 0, upTo: 0.5) var pmax = 1e-3
  @Parameter("how much weaker neighbours of a flagged pixel may be", unit: "dex", in: 0...10) var hysteresis =
    1.5
  @Parameter("what is known of a pixel before it is looked at") var prior = PValueOptions.Prior.local
  @Parameter("neighbourhood that chooses the prediction, odd", unit: "pixel", in: 3...101) var priorBox = 7
  @Parameter("scatter of the exposures' positions; none: measured", unit: "pixel", in: 0...10)
  var mismatch: Double? = nil
  @Parameter("relative flux of each exposure") var fluxFactor: [Double] = []
  @Parameter("displacement [dx, dy] of each exposure", unit: "pixel") var xyOffsets: [Value]? = nil
  @Parameter("smallest difference between the tested value and the minimum", unit: "ADU", in: -1e9...1e9)
  var threshold = 0.0
  @Parameter("smallest maximum", unit: "rnoise", in: 0...1e6) var minimumMax2dRnoise = 5.0
  @Parameter("gain", unit: "e-/ADU", above: 0, upTo: 1e6) var gain: Double? = nil
  @Parameter("readout noise", unit: "ADU", in: 0...1e6) var rnoise: Double? = nil
  @Parameter("bias level", unit: "ADU", in: -1e7...1e7) var bias: Double? = nil

  func run(_ context: CommandContext) throws -> CommandResult {
    guard priorBox % 2 == 1 else {
      throw CRSError.usage("\(priorBox) is even", parameter: "prior_box", expected: "an odd number")
    }
    let found = try DetectorLookup(stack: stack, gain: gain, readoutNoise: rnoise, bias: bias)
    for line in found.sources { context.report(line) }
    var factors = fluxFactor
    if factors.isEmpty { factors = [1] }
    if factors.count == 1 { factors = stack.exposures.map { _ in factors[0] } }
    guard factors.count == stack.count, factors.allSatisfy({ $0 > 0 }) else {
      throw CRSError.usage(
        "these are no flux factors", parameter: "flux_factor", expected: "\(stack.count) numbers above 0")
    }
    let exposures = try zip(stack.exposures, factors).map {
      try Calibration.calibrated($0.pixels, bias: found.detector.bias, fluxFactor: $1, work: context.work)
    }
    let offsets =
      try xyOffsets.map { try OffsetList(values: $0, exposures: stack.count).offsets }
      ?? exposures.map { _ in .zero }
    var options = PValueOptions()
    (options.falseAlarms, options.largestProbability, options.hysteresis) = (far, pmax, hysteresis)
    (options.prior, options.priorBox, options.mismatch) = (prior, priorBox, mismatch)
    let detector = try PValueDetector(
      exposures, factors: factors, offsets: offsets, detector: found.detector, options: options,
      work: context.work)
    let result = try detector.detect(smallest: threshold, largest: minimumMax2dRnoise)
    PValueReport.lines(result.summary).forEach(context.report)
    PValueReport.warnings(result.summary).forEach(context.note)
    var image = stack.exposures[0].replacing(result.score)
    image.unit = .none
    return CommandResult([.image(image), .mask(result.mask)], resolved: found.resolved)
  }
}

extension PValueOptions.Prior: WordParameter {}
