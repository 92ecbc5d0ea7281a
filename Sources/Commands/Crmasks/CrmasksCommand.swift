import Calling
import Files
import Kernels
import Pipeline

/// `crmasks`: the whole pipeline, from a parameter file or a stack of the session.
struct CrmasksCommand: Command {
  static let info = CommandInfo(
    "crmasks", "Mask cosmic rays in equivalent exposures and combine them",
    family: .detect, effect: .files,
    results: [.result("masks", .maskset, "MEDIANCR, MEANCRT, CRMASK1..n and LAMEDIAN", optional: true)],
    examples: ["masks = crmasks (simulate nx=120 ny=100 seed=1) seed=1"],
    discussion: [
      "With a parameter file (.yaml or .yml) crs writes everything to output_dir under the names of numina: "
        + "crmasks.fits, combined_mediancr.fits, combined_meancrt.fits, combined_meancr.fits, tables and figures. Of "
        + "the parameters that define the masks only seed may be given as well; it replaces that of the file. With a "
        + "stack the masks are a value of the session; combine applies them. output_dir= or figures=yes writes the "
        + "same products for a stack of three or more exposures.",
      "Parameters have the names of the numina documentation; the prefixes la_ and mm_ are optional.",
      "Two exposures, crmasks [a, b], are tested against the gain and readout noise of both (docs/detector.md): "
        + "CRMASK1 and CRMASK2 have far false alarms each, MEDIANCR and MEANCRT are the union of both. crs first fits "
        + "what changes smoothly between the two, such as sky lines along the slit or an object along its trace "
        + "(scale). Masks of a pair grow only if you give dilation. For a single exposure use lacosmic.",
    ])

  @Parameter("parameter file, or a stack of at least two exposures", positional: true) var input: Value
  @Parameter("masks to apply (crmasks.fits) instead of making new ones") var crmasks: MaskSet? = nil
  @Parameter("boundary to use instead of a simulated one") var boundary: Boundary? = nil
  @Parameter("directory for all products") var outputDir = "."
  @Parameter("reproduce this program, including its known bugs") var compat: Compatibility? = nil
  @Parameter("lowest severity to print; notes are warnings, the numbers of the detector are always told")
  var logLevel = LogLevel.info
  @Parameter("save the report as terminal_output.txt") var record = false
  @Parameter("print the call before the report") var echo = false
  @Parameter("write the diagnostic figures") var figures = true
  @DetectorParameters("; if omitted, that of the stack or its header") var detectors
  @Parameter("pixels that are bad in every exposure: excluded everywhere, never flagged")
  var badpixels: Mask? = nil
  @Parameter("continue even if the level of an exposure is far from the others") var force = false
  @Parameter(
    "pair: axis along which smooth changes are fitted; auto: both, the better one first; none: flux_factor alone"
  )
  var scale = SmoothChanges.Axes.auto
  @SettingsParameters var given

  enum LogLevel: String, WordParameter {
    case debug = "DEBUG"
    case info = "INFO"
    case warning = "WARNING"
    case error = "ERROR"
    case critical = "CRITICAL"
  }

  static func check(_ bound: Bound) throws {
    // Masks or a boundary of which nothing is known yet may be none.
    guard ["crmasks", "boundary"].allSatisfy({ bound[$0] == nil || bound.isKnown($0) }) else { return }
    guard let command = written(bound) else { return }
    try command.refuseIdle(bound)
    guard !bound.isKnown("crmasks"), !command.isParameterFile(bound) else { return }
    // How many exposures there are, and in which unit, their stack tells later.
    let settings = command.settingsOfStack(bound)
    try command.refuseIdle(
      settings,
      in: Circumstances(
        hasBoundary: bound.isKnown("boundary"), exposures: exposures(bound["input"]), hasLevels: true,
        compatibility: command.compat),
      bound)
    try bound.locating { try settings.check() }
  }

  /// How many exposures a value has; nil where only reading it tells.
  private static func exposures(_ input: Value?) -> Int? {
    switch input {
    case .stack(let stack): stack.count
    case .list(let values): values.count
    default: nil
    }
  }

  /// Refuses what the others leave without an effect, whatever the exposures are.
  private func refuseIdle(_ bound: Bound) throws {
    if compat != nil { try bound.refuse(["trim", "badpixels"], "with compat") }
    guard isParameterFile(bound) else { return }
    try bound.refuse(["scale"], "on a parameter file", expected: "two exposures")
    try bound.refuse(["badpixels"], "beside a parameter file", expected: "bad_pixel_mask: FILE in it")
  }

  /// The same of the settings of a stack.
  private func refuseIdle(_ settings: CrmasksSettings, in circumstances: Circumstances, _ bound: Bound) throws
  {
    try refuseBoundary(beside: settings, bound)
    try bound.locating { try settings.checkEffects(in: circumstances) }
    try refuseIdleProducts(bound)
  }

  private func isParameterFile(_ bound: Bound) -> Bool {
    guard case .text(let path)? = bound["input"] else { return false }
    return path.lowercased().hasSuffix(".yaml") || path.lowercased().hasSuffix(".yml")
  }

  /// Probabilities where nothing asks for the diagram's boundary.
  private func settingsOfStack(_ bound: Bound) -> CrmasksSettings {
    var settings = given
    if !settings.isGiven("mm_detector"), compat != nil || bound.isKnown("boundary") {
      settings.masking.detection = .boundary
    }
    return settings
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    var context = context
    if logLevel == .error || logLevel == .critical {
      context.note = { _ in }
      context.work.remark = nil
    }
    try refuseIdle(context.call.bound)
    if case .text(let path) = input, isParameterFile(context.call.bound) {
      return try runParameterFile(path, context)
    }
    return try runStack(context.reading.stack(input), context)
  }

  private func call(_ context: CommandContext) -> String { "Executing: crs " + context.call.text }

  private var isQuiet: Bool { logLevel != .info && logLevel != .debug }

  private func runParameterFile(_ path: String, _ context: CommandContext) throws -> CommandResult {
    let others = Setting.all.filter { given.isGiven($0.name) && $0.name != "mm_seed" }
    guard others.isEmpty, !detectors.isGiven else {
      throw CRSError.usage(
        "cannot be combined with a parameter file", parameter: others.first?.callName ?? "gain",
        expected: "the key in \(path)")
    }
    var file = try ParameterFile.read(path)
    try refuseIdle(beside: file.settings, context)
    // A record of the session gives the seed that was drawn.
    file.settings.seed = given.seed ?? file.settings.seed
    let clock = RunClock()
    let record = Recorder()
    let report = report(to: record, context)
    if echo { report(call(context)) }
    report("crs \(CRSVersion.text): cosmic ray masks")
    for note in file.notes { context.note(note) }
    if file.settings.display.isInteractive {
      context.note("interactive: figures are written to files, none is shown")
    }
    let group = try ExposureGroup(file.images, hdu: file.extnum, context: context, report: report)
    let planes = try group.planes(
      gain: file.gain, rnoise: file.rnoise, bias: file.bias, compatibility: compat, work: context.work)
    group.biasNote(planes, bias: file.bias).map(context.note)
    if crmasks == nil {
      let circumstances = Circumstances(
        hasBoundary: boundary != nil, exposures: planes.count, hasLevels: planes.contains { $0.level != 1 },
        compatibility: compat)
      (file.settings.contradictions(in: circumstances)
        + [file.settings.idleNote(in: circumstances)].compactMap { $0 })
        .forEach(context.note)
      if let reason = file.settings.idleSeed(in: circumstances) { noteIdleSeed(reason, context) }
    }
    var reduction = file.reduction(boundary: boundary, compatibility: compat, masks: crmasks)
    reduction.isForced = force
    if let path = file.badPixels { reduction.badPixels = try context.reading.mask(.text(path)) }
    try reduction.prepare(group, planes, detectors.trim, context, report: report)
    reduction.callLines = [
      "$ crs crmasks", "--inputyaml \(path.split(separator: "/").last ?? "")",
      "--log_level \(logLevel.rawValue)",
      "--compat \(compat?.rawValue ?? "none")",
    ]
    let talk = RunTalk(context, report: report, reviews: file.settings.display.verifies)
    let outcome = try write(reduction, group, planes, talk, clock, record, context)
    return CommandResult(
      outcome.masks.map { [.maskSet($0)] } ?? [], resolved: Self.resolved(outcome.seed))
  }

  /// Refuses arguments that a parameter file, or masks that are given, leave without an effect.
  private func refuseIdle(beside settings: CrmasksSettings, _ context: CommandContext) throws {
    let bound = context.call.bound
    if crmasks != nil {
      try bound.refuse(
        ["boundary", "figures", "force", "trim", "seed"], "where masks are given",
        expected: "it without crmasks=")
    }
    try refuseBoundary(beside: settings, bound)
  }

  /// Refuses what tells how products of a stack look where none is made.
  private func refuseIdleProducts(_ bound: Bound) throws {
    let ofFigures = ["semiwindow", "color_scale", "maxplots"]
    if !writes(bound) {
      try bound.refuse(ofFigures, "without output_dir or figures: nothing is written")
      try bound.refuse(
        ["use_lamedian"], "without output_dir or figures: nothing is combined",
        expected: "combine with use_lamedian=yes")
      if logLevel != .debug {
        try bound.refuse(["verbose"], "on the short report of a stack", expected: "log_level=DEBUG beside it")
      }
    } else if !figures {
      try bound.refuse(ofFigures, "with figures=no")
    }
  }

  /// Refuses a boundary that no detector looks at.
  private func refuseBoundary(beside settings: CrmasksSettings, _ bound: Bound) throws {
    let method = settings.masking.method
    guard method.usesMM else {
      return try bound.refuse(
        ["boundary"], "with crmethod=\(method.rawValue)", expected: "crmethod=mm_lacosmic or mmcosmic")
    }
    if settings.masking.detection == .pvalue {
      try bound.refuse(["boundary"], "with detector=pvalue", expected: "detector=boundary")
    }
  }

  /// Runs a reduction whose products go into the output folder, all of them or none.
  private func write(
    _ reduction: Reduction, _ group: ExposureGroup, _ planes: [ExposurePlanes], _ talk: RunTalk,
    _ clock: RunClock, _ record: Recorder, _ context: CommandContext
  ) throws -> Reduction.Outcome {
    let draws = figures ? RunFigures(context).products : nil
    let files = AtomicFiles()
    return try files.committing {
      let folder = try ProductFolder(outputDir, with: files)
      let outcome = try reduction.run(
        group, planes, into: .init(results: folder, work: folder), talk, figures: draws)
      try end(clock, record, folder, talk.report, context)
      return outcome
    }
  }

  /// Reports as the severity says, and keeps every line.
  private func report(to record: Recorder, _ context: CommandContext) -> @Sendable (String) -> Void {
    { [isQuiet] line in
      record.add(line)
      if !isQuiet { context.report(line) }
    }
  }

  /// The last line of a report, and the report itself where it is to be kept.
  private func end(
    _ clock: RunClock, _ record: Recorder, _ folder: ProductFolder, _ report: (String) -> Void,
    _ context: CommandContext
  ) throws {
    let name = "terminal_output.txt"
    if self.record { report("report saved to \(folder.path(name))") }
    report(clock.line)
    if self.record { try folder.write([Product(name, record.lines)], work: context.work) }
  }

  /// Whether products of a stack are asked for: nothing is written of values otherwise.
  private func writes(_ bound: Bound) -> Bool {
    bound.names.contains("output_dir") || record || (figures && bound.names.contains("figures"))
  }

  private func runStack(_ stack: Stack, _ context: CommandContext) throws -> CommandResult {
    let clock = RunClock()
    let record = Recorder()
    let report = report(to: record, context)
    let bound = context.call.bound
    if stack.count == 2 || crmasks != nil {
      try bound.refuse(
        ["output_dir", "figures", "record", "semiwindow", "color_scale", "maxplots"],
        (crmasks != nil ? "where masks are given" : "on two exposures") + ": nothing is written",
        expected: "save and plot for the masks")
    }
    if crmasks != nil {
      try bound.refuse(
        bound.names.subtracting(["input", "crmasks", "log_level", "echo"]).sorted(), "where masks are given",
        expected: "it without crmasks=")
    }
    var settings = settingsOfStack(bound)
    let circumstances = Circumstances(
      hasBoundary: boundary != nil, exposures: stack.count, hasLevels: stack.unit.isRate,
      compatibility: compat)
    try refuseIdle(settings, in: circumstances, bound)
    if echo { report(call(context)) }
    if let crmasks { return CommandResult([.maskSet(crmasks)]) }
    let found = try detectors.lookup(stack, allowsErrors: compat == nil)
    let isExplained = try context.tell(found, of: stack, compat == nil ? detectors.trim : nil)
    badpixels?.placeNote(beside: stack.exposures[0]).map(context.note)
    settings.contradictions(in: circumstances).forEach(context.note)
    let isDrawn = tellSeed(&settings, settings.idleSeed(in: circumstances), context)
    if stack.count == 2 {
      adaptToPair(&settings)
    } else {
      try bound.refuse(["scale"], "on more than two exposures", expected: "flux_factor for their levels")
    }
    try settings.check(exposures: stack.count)
    let group = ExposureGroup(
      stack.exposures,
      names: stack.exposures.enumerated().map { $1.origin?.file ?? "exposure \($0 + 1)" })
    let planes = try stack.planes(
      found, scalesNoise: compat == nil, leavesSaturated: compat != nil, work: context.work)
    if writes(bound) {
      var reduction = settings.reduction(boundary: boundary, compatibility: compat)
      reduction.isForced = force
      reduction.trims = detectors.trim == .header && compat == nil
      reduction.badPixels = badpixels
      reduction.isScatterExplained = isExplained
      reduction.callLines = ["$ crs " + context.call.text]
      let talk = RunTalk(context, report: report, reviews: settings.display.verifies)
      let outcome = try write(reduction, group, planes, talk, clock, record, context)
      return CommandResult(
        outcome.masks.map { [.maskSet($0)] } ?? [],
        resolved: found.resolved.merging(Self.resolved(isDrawn ? outcome.seed : nil)) { $1 })
    }
    let exposures = try CalibratedExposures(
      group, planes, trims: detectors.trim == .header, badPixels: badpixels, for: .masks(compat),
      work: context.work)
    var run = try CrmasksRun(
      exposures, settings: settings, boundary: boundary, compatibility: compat, isForced: force,
      work: context.work)
    run.isScatterExplained = isExplained
    let result = try run.masks(
      RunTalk(context, report: report, reviews: settings.display.verifies), isBrief: logLevel == .info)
    return CommandResult(
      [.maskSet(result.masks)],
      resolved: found.resolved.merging(Self.resolved(isDrawn ? run.options.seed : nil)) { $1 })
  }

  /// Reports the seed that is drawn, and one that was given for nothing.
  ///
  /// - Returns: whether a seed matters; records of older sessions have one in any case.
  private func tellSeed(
    _ settings: inout CrmasksSettings, _ idle: String?, _ context: CommandContext
  ) -> Bool {
    guard let idle else {
      if settings.seed == nil { context.report("seed: \(settings.drawSeed()) (drawn)") }
      return true
    }
    let isWritten = noteIdleSeed(idle, context)
    // Masks that were told the same have the same identity.
    settings.seed = isWritten ? settings.seed ?? 0 : 0
    return false
  }

  /// - Returns: whether somebody has written a seed.
  @discardableResult
  private func noteIdleSeed(_ reason: String, _ context: CommandContext) -> Bool {
    let isWritten = context.call.bound.isWritten("seed")
    if isWritten { context.note("seed has no effect \(reason): nothing is drawn at random") }
    return isWritten
  }

  /// Two exposures have no diagram, and one hit pixel is replaced by one value: nothing grows unless it is asked for.
  private func adaptToPair(_ settings: inout CrmasksSettings) {
    settings.masking.changes = scale
    if !settings.isGiven("dilation") { settings.masking.dilation = 0 }
  }

  private static func resolved(_ seed: UInt64?) -> [String: Value] {
    seed.map { ["seed": .integer(Int(clamping: $0))] } ?? [:]
  }
}
