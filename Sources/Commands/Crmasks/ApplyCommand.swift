import Calling
import Files
import Kernels
import Pipeline

/// `apply`: the second of the two steps of the older cookbook.
struct ApplyCommand: Command {
  static let info = CommandInfo(
    "apply", "Combine listed exposures with given masks (older combine)",
    family: .combine, effect: .files,
    results: [.result("image", .image, "the combination, with planes VARIANCE and MAP", optional: true)],
    discussion: [
      "combine does the same with values of the session."
    ])

  @Parameter("text file with one FITS file per line") var inputlist: FileName
  @Parameter("masks of compute or crmasks") var inputMask: MaskSet
  @Parameter("file to write") var outputCombined: FileName
  @Parameter("how the exposures are combined") var combination = CombinationMethod.mediancr
  @Parameter("bias level; auto: measured in the overscan of each exposure", unit: "ADU", in: -1e7...1e7)
  var bias: BiasChoice? = nil
  @Parameter("extension of the exposures: name or number") var extname = "PRIMARY"

  func run(_ context: CommandContext) throws -> CommandResult {
    try context.call.refuseOutputs(expected: "--output_combined FILE")
    let clock = RunClock()
    try WrittenName.check(outputCombined.path)
    try OutputName.check(outputCombined.path, for: .pixels)
    let names = try ExposureList.names(in: inputlist.path)
    try ExposureList.protect(
      names + [inputlist.path], from: outputCombined.path, parameter: "output_combined", takesMasks: false)
    let group = try ExposureGroup(names, hdu: ExposureList.hdu(extname), context: context)
    let found = try group.detectors(bias: bias)
    if found.each.contains(where: { $0.bias != .constant(0) }) { found.sources.forEach(context.report) }
    if bias == nil {
      try context.tellBias(
        ofCombined: group.images, found, isDivided: inputMask.fluxFactors.contains { $0 != 1 })
    }
    var reduction = Reduction(masks: .given(inputMask), compatibility: nil)
    reduction.combinations = [combination]
    let files = AtomicFiles()
    let outcome = try files.committing {
      var places = Reduction.Places(results: try ProductFolder(".", with: files))
      places.combination = outputCombined.path
      return try reduction.run(
        group, group.planes(found, work: context.work), into: places, RunTalk(context))
    }
    context.report(clock.line)
    return CommandResult(outcome.combined.map { [.image($0)] } ?? [], hasWritten: true)
  }
}
