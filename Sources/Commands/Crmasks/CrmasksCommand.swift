import Calling
import Files
import Kernels
import Pipeline

/// `crmasks`: the whole pipeline, from a parameter file or a stack of the session.
struct CrmasksCommand: Command {
  static let info = CommandInfo(
    "crmasks", "Masks of coincident and single cosmic rays in equivalent exposures, and clean combinations",
    family: .detect, effect: .files,
    results: [.result("masks", .maskset, "MEDIANCR, MEANCRT, CRMASK1..n and LAMEDIAN", optional: true)],
    examples: ["masks = crmasks (simulate nx=120 ny=100 seed=1) seed=1"],
    discussion: [
      "With a parameter file (name ending in .yaml or .yml) everything is written to output_dir under the names of "
        + "the original: crmasks.fits, combined_mediancr.fits, combined_meancrt.fits, combined_meancr.fits, the tables "
        + "and the figures; of the other arguments for the masks only seed may stand beside it, and wins over the "
        + "file's. With a stack the masks are a value of the session; combine applies them.",
      "Requirements have the names of the documents without their la_ and mm_ prefix.",
      "Two exposures, crmasks [a, b], are judged by gain and readout noise of both (docs/detector.md): CRMASK1 and CRMASK2 "
        + "have far false alarms each, MEDIANCR and MEANCRT are both together. What changes smoothly between the two, "
        + "sky lines along the slit or an object along its trace, is followed first (scale). Masks do not grow unless "
        + "dilation says so. One exposure is a case for lacosmic.",
    ])

  @Parameter("parameter file, or a stack of exposures, two at least", positional: true) var input: Value
  @Parameter("crmasks.fits to apply instead of computing masks") var crmasks: MaskSet? = nil
  @Parameter("boundary to use instead of simulating one") var boundary: Boundary? = nil
  @Parameter("folder for all products of a parameter file") var outputDir = "."
  @Parameter("program to agree with, defects included") var compat: Compatibility? = nil
  @Parameter("what is told: DEBUG, INFO, WARNING, ERROR or CRITICAL") var logLevel = LogLevel.info
  @Parameter("keep the report in terminal_output.txt of the output folder") var record = false
  @Parameter("print the call first") var echo = false
  @Parameter("draw the diagnostic figures") var figures = true
  @DetectorParameters("; a stack's own or the header's when left out") var detectors
  @Parameter("go on where the level of an exposure is far from the others'") var force = false
  @Parameter(
    "two exposures: along which axis what changes smoothly between them is followed; auto: both, the better one first; "
      + "none: they differ by flux_factor alone")
  var scale = SmoothChanges.Axes.auto
  @SettingsParameters var given

  enum LogLevel: String, WordParameter {
    case debug = "DEBUG"
    case info = "INFO"
    case warning = "WARNING"
    case error = "ERROR"
    case critical = "CRITICAL"
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    if compat != nil { try context.call.bound.refuse(["trim"], "with compat") }
    if case .text(let path) = input,
      path.lowercased().hasSuffix(".yaml") || path.lowercased().hasSuffix(".yml")
    {
      return try runParameterFile(path, context)
    }
    return try runStack(context.reading.stack(input), context)
  }

  private func call(_ context: CommandContext) -> String { "Executing: crs " + context.call.text }

  private var isQuiet: Bool { logLevel != .info && logLevel != .debug }

  private func runParameterFile(_ path: String, _ context: CommandContext) throws -> CommandResult {
    try context.call.bound.refuse(["scale"], "on a parameter file", expected: "two exposures")
    let others = Setting.all.filter { given.isGiven($0.name) && $0.name != "mm_seed" }
    guard others.isEmpty, !detectors.isGiven else {
      throw CRSError.usage(
        "a parameter file brings its own requirements", parameter: others.first?.callName ?? "gain",
        expected: "them in \(path)")
    }
    var file = try ParameterFile.read(path)
    // A record of the session gives the seed that was drawn.
    file.settings.seed = given.seed ?? file.settings.seed
    let record = Recorder()
    let report: @Sendable (String) -> Void = { [isQuiet] line in
      record.add(line)
      if !isQuiet { context.report(line) }
    }
    if echo { report(call(context)) }
    report("crs \(CRSVersion.text): cosmic ray masks")
    for note in file.notes { context.note(note) }
    if file.settings.display.isInteractive {
      context.note("interactive: figures are written to files, none is shown")
    }
    let group = try ExposureGroup(file.images, hdu: file.extnum, context: context, report: report)
    let planes = try group.planes(gain: file.gain, rnoise: file.rnoise, bias: file.bias, work: context.work)
    var reduction = file.reduction(boundary: boundary, compatibility: compat, masks: crmasks)
    reduction.isForced = force
    try reduction.prepare(group, planes, detectors.trim, context, report: report)
    reduction.callLines = [
      "$ crs crmasks", "--inputyaml \(path.split(separator: "/").last ?? "")",
      "--log_level \(logLevel.rawValue)",
      "--compat \(compat?.rawValue ?? "none")",
    ]
    let talk = RunTalk(context, report: report, reviews: file.settings.display.verifies)
    let draws = figures ? RunFigures(context).products : nil
    let files = AtomicFiles()
    let outcome = try files.committing {
      let folder = try ProductFolder(outputDir, with: files)
      let outcome = try reduction.run(
        group, planes, into: .init(results: folder, work: folder), talk, figures: draws)
      if self.record {
        try folder.write([Product("terminal_output.txt", record.lines)], work: context.work)
      }
      return outcome
    }
    return CommandResult(
      outcome.masks.map { [.maskSet($0)] } ?? [], resolved: Self.resolved(outcome.seed))
  }

  private func runStack(_ stack: Stack, _ context: CommandContext) throws -> CommandResult {
    let report: @Sendable (String) -> Void = { [isQuiet] in if !isQuiet { context.report($0) } }
    let bound = context.call.bound
    try bound.refuse(
      ["output_dir", "figures", "record", "semiwindow", "color_scale", "maxplots"],
      "on a stack: nothing is written", expected: "a parameter file, or save and plot for the masks")
    if crmasks != nil {
      try bound.refuse(
        bound.names.subtracting(["input", "crmasks", "log_level", "echo"]).sorted(), "where masks are given",
        expected: "it without crmasks=")
    }
    try context.call.bound.locating { try given.checkEffects() }
    if echo { report(call(context)) }
    if let crmasks { return CommandResult([.maskSet(crmasks)]) }
    let found = try detectors.lookup(stack, allowsErrors: compat == nil)
    let isExplained = try context.tell(found, of: stack, compat == nil ? detectors.trim : nil)
    var settings = given
    if settings.seed == nil { context.report("seed: \(settings.drawSeed()) (drawn)") }
    // Probabilities where nothing asks for the diagram's boundary.
    if !settings.isGiven("mm_detector"), compat != nil || boundary != nil {
      settings.masking.detection = .boundary
    }
    if stack.count == 2 {
      adaptToPair(&settings)
    } else {
      try bound.refuse(["scale"], "on more than two exposures", expected: "flux_factor for their levels")
    }
    try settings.check(exposures: stack.count)
    let group = ExposureGroup(stack.exposures, names: (1...stack.count).map { "exposure \($0)" })
    let exposures = try CalibratedExposures(
      group, stack.planes(found, scalesErrors: !hasLevels(settings), work: context.work),
      trims: detectors.trim == .header, for: .masks(compat), work: context.work)
    var run = try CrmasksRun(
      exposures, settings: settings, boundary: boundary, compatibility: compat, isForced: force,
      work: context.work)
    run.isScatterExplained = isExplained
    let result = try run.masks(
      RunTalk(context, report: report, reviews: settings.display.verifies), isBrief: logLevel == .info)
    return CommandResult(
      [.maskSet(result.masks)],
      resolved: found.resolved.merging(Self.resolved(run.options.seed)) { $1 })
  }

  /// Two exposures have no diagram, and one hit pixel is replaced by one value: nothing grows unless it is asked for.
  private func adaptToPair(_ settings: inout CrmasksSettings) {
    settings.masking.changes = scale
    if !settings.isGiven("dilation") { settings.masking.dilation = 0 }
  }

  /// Whether something was given in the unit of the pixels.
  private func hasLevels(_ settings: CrmasksSettings) -> Bool {
    boundary != nil || (settings.masking.threshold ?? 0) != 0 || !settings.fixedPoints.isEmpty
  }

  private static func resolved(_ seed: UInt64?) -> [String: Value] {
    seed.map { ["seed": .integer(Int(clamping: $0))] } ?? [:]
  }
}
