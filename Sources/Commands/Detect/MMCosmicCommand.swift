import Calling
import Files
import Kernels
import Pipeline

/// `mmcosmic`: pixels above the boundary of the median-minimum diagram.
struct MMCosmicCommand: Command {
  static let info = CommandInfo(
    "mmcosmic", "Flag pixels above the boundary of the median-minimum diagram", family: .detect,
    results: [.result("mask", .mask, "flagged pixels, not dilated")],
    discussion: [
      "target=median finds pixels hit in several exposures; target=mean those hit in any exposure, a number those "
        + "of that exposure."
    ])

  @Parameter("exposures", positional: true) var stack: Stack
  @Parameter("boundary of fitboundary, or its file", positional: true) var boundary: Boundary
  @Parameter("median, mean, or the number of an exposure", in: 1...99_999)
  var target: ValueOrWord<Int, Average> = .word(.median)
  @SettingsParameters(only: ["threshold", "minimum_max2d_rnoise"]) var settings
  @Parameter("readout noise", unit: "ADU", in: 0...1e6) var rnoise: Double? = nil
  @Parameter("bias level; auto: measured in the overscan of each exposure", unit: "ADU", in: -1e7...1e7)
  var bias: BiasChoice? = nil
  @Parameter("exclude prescan and overscan as TRIMSEC or DATASEC define them") var trim = Trim.header

  enum Average: String, WordParameter { case median, mean }

  func run(_ context: CommandContext) throws -> CommandResult {
    let found = try DetectorLookup(
      stack: stack, gain: nil, readoutNoise: rnoise, bias: bias, need: [.noise, .bias], allowsErrors: true)
    try context.tell(found, of: stack, trim)
    let read = try stack.planes(found, trims: trim == .header, work: context.work)
    // As of errors far smaller or larger than counts, which have no squares.
    let scale = read[0].scale
    let matched = try MatchedExposures(read, work: context.work)
    let boundary = scale == 1 ? boundary : boundary.multiplied(by: scale)
    let exposures =
      try matched.hasLevels ? matched.divided(by: matched.levels, work: context.work) : matched.planes
    let planes = try StackPlanes(exposures, work: context.work)
    let image: Plane<Float>
    switch target {
    case .word(.median): image = planes.median
    case .word(.mean): image = planes.mean
    case .value(let number):
      guard exposures.indices.contains(number - 1) else {
        throw CRSError.usage(
          "\(number) is no target", parameter: "target", expected: "median, mean or 1...\(exposures.count)")
      }
      image = exposures[number - 1]
    }
    let detection = MMDetection(
      boundary: boundary, threshold: settings.masking.threshold.map { $0 * scale } ?? boundary.lowest,
      minimumMaximum: settings.masking.minimumMax2d, noises: matched.noise.detectors.map(\.readoutNoise))
    let masks = try detection.masks(
      of: [image], minimum: planes.minimum, used: planes.used, exposures: exposures, toBeCleaned: nil,
      work: context.work)
    var resolved = found.resolved
    resolved["gain"] = nil
    return CommandResult([.mask(stack.exposures[0].owning(masks[0]))], resolved: resolved)
  }
}
