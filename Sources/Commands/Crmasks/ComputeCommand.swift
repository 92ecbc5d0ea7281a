import Calling
import Files
import Kernels
import Pipeline

/// `compute`: the first of the two steps of the older cookbook.
struct ComputeCommand: Command {
  static let info = CommandInfo(
    "compute", "Make masks for listed exposures (older form of crmasks)", family: .detect, effect: .files,
    results: [.result("masks", .maskset, "MEDIANCR, MEANCRT and CRMASK1..n", optional: true)],
    discussion: [
      "compute uses the boundary detector alone, with a spline. It writes the masks to output_masks; with "
        + "plots=yes it also writes tables and figures next to them, the group that lies highest above the boundary "
        + "first. apply combines the exposures with these masks. crmasks does both and more."
    ])

  @Parameter("text file with one FITS file per line") var inputlist: FileName
  @Parameter("conversion gain; if omitted, that of the headers", unit: "e-/ADU", above: 0, upTo: 1e6)
  var gain: Double? = nil
  @Parameter("readout noise; if omitted, that of the headers", unit: "ADU", in: 0...1e6) var rnoise: Double? =
    nil
  @Parameter("bias level; auto: measured in the overscan of each exposure", unit: "ADU", in: -1e7...1e7)
  var bias: BiasChoice? = nil
  @SettingsParameters(
    only: [
      "flux_factor", "knots_splfit", "nsimulations", "niter_boundary_extension", "weight_boundary_extension",
      "threshold", "minimum_max2d_rnoise", "interactive", "dilation", "semiwindow", "color_scale", "maxplots",
      "seed",
    ],
    change: {
      $0.masking.method = .mmcosmic
      $0.masking.detection = .boundary
      $0.masking.boundaryFit.extensions = 3
      $0.display.isInteractive = false
      $0.display.colorScale = .minmax
      $0.display.maxplots = 10
    }) var given
  @Parameter("file to write the masks to") var outputMasks = FileName(path: "masks.fits")
  @Parameter("also write tables and figures") var plots = false
  @Parameter("extension of the exposures: name or number") var extname = "PRIMARY"
  @Parameter("reproduce this program, including its known bugs") var compat: Compatibility? = nil

  static func check(_ bound: Bound) throws {
    guard let command = written(bound) else { return }
    try bound.locating {
      try command.given.checkEffects(in: Circumstances(hasLevels: true, compatibility: command.compat))
      try command.given.check()
    }
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    try context.call.refuseOutputs(expected: "--output_masks FILE")
    let bound = context.call.bound
    if !plots {
      // Lines of the documents give them all the same.
      let idle = ["semiwindow", "color_scale", "maxplots"].filter { bound[$0] != nil }
      if !idle.isEmpty { context.note("no effect without plots=yes: " + idle.joined(separator: ", ")) }
    }
    let circumstances = Circumstances(compatibility: compat)
    try bound.locating { try given.checkEffects(in: circumstances) }
    if bound.isWritten("seed"), let reason = given.idleSeed(in: circumstances) {
      context.note("seed has no effect \(reason): nothing is drawn at random")
    }
    given.contradictions(in: circumstances).forEach(context.note)
    let clock = RunClock()
    try WrittenName.check(outputMasks.path)
    try OutputName.check(outputMasks.path, for: .pixels)
    let names = try ExposureList.names(in: inputlist.path)
    try ExposureList.protect(
      names + [inputlist.path], from: outputMasks.path, parameter: "output_masks", takesMasks: true)
    let group = try ExposureGroup(names, hdu: ExposureList.hdu(extname), context: context)
    let stack = try Stack(exposures: group.images)
    let found = try DetectorLookup(
      stack: stack, gain: gain, readoutNoise: rnoise, bias: bias)
    let isExplained = try context.tell(found, of: stack, nil)
    var settings = given
    if !plots { settings.display.maxplots = 0 }
    try settings.check(exposures: names.count)
    var reduction = Reduction(masks: .made(settings, boundary: nil), compatibility: compat)
    reduction.sortsGroups = true
    reduction.isScatterExplained = isExplained
    let figures = RunFigures(context)
    let files = AtomicFiles()
    let outcome = try files.committing {
      var places = Reduction.Places(results: try ProductFolder(".", with: files))
      places.masks = outputMasks.path
      let work = try ProductFolder(outputMasks.path.folder, with: files)
      if plots { places.work = work }
      return try reduction.run(
        group, stack.planes(found, leavesSaturated: compat != nil, work: context.work), into: places,
        RunTalk(context),
        figures: figures.products)
    }
    context.report(clock.line)
    var resolved = found.resolved
    resolved["seed"] = outcome.seed.map { .integer(Int(clamping: $0)) }
    return CommandResult(outcome.masks.map { [.maskSet($0)] } ?? [], resolved: resolved, hasWritten: true)
  }
}
