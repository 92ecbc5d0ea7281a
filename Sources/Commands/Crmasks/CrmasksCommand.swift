import Calling
import Files
import Kernels
import Pipeline

/// `crmasks`: the whole pipeline, from a parameter file or a stack of the session.
struct CrmasksCommand: Command {
  static let info = CommandInfo(
    "crmasks", "Masks of coincident and single cosmic rays in equivalent exposures, and clean combinations",
    family: .detect, effect: .files,
    results: [.result("masks", .maskset, "MEDIANCR, MEANCRT, CRMASK1..n and LAMEDIAN")],
    examples: ["masks = crmasks (simulate nx=120 ny=100 seed=1) seed=1"],
    discussion: [
      "With a parameter file (name ending in .yaml or .yml) everything is written to output_dir under the names of "
        + "the original: crmasks.fits, combined_mediancr.fits, combined_meancrt.fits, combined_meancr.fits, the tables "
        + "and the figures. With a stack the masks are a value of the session; combine applies them.",
      "Requirements have the names of the documents without their la_ and mm_ prefix.",
    ])

  @Parameter("parameter file, or a stack of exposures", positional: true) var input: Value
  @Parameter("crmasks.fits to apply instead of computing masks") var crmasks: MaskSet? = nil
  @Parameter("boundary to use instead of simulating one") var boundary: Boundary? = nil
  @Parameter("folder for all products of a parameter file") var outputDir = "."
  @Parameter("program to agree with, defects included") var compat: Compatibility? = nil
  @Parameter("what is told: DEBUG, INFO, WARNING, ERROR or CRITICAL") var logLevel = LogLevel.info
  @Parameter("keep the report in terminal_output.txt of the output folder") var record = false
  @Parameter("print the call first") var echo = false
  @Parameter("draw the diagnostic figures") var figures = true
  @Parameter("gain; a stack's own or the header's when left out", unit: "e-/ADU", above: 0, upTo: 1e6)
  var gain: Double? = nil
  @Parameter("readout noise; a stack's own or the header's when left out", unit: "ADU", in: 0...1e6)
  var rnoise: Double? = nil
  @Parameter("bias level", unit: "ADU", in: -1e7...1e7) var bias: Double? = nil
  @Requirements var requirements: [String: SettingValue]

  enum LogLevel: String, WordParameter {
    case debug = "DEBUG"
    case info = "INFO"
    case warning = "WARNING"
    case error = "ERROR"
    case critical = "CRITICAL"
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    if case .text(let path) = input,
      path.lowercased().hasSuffix(".yaml") || path.lowercased().hasSuffix(".yml")
    {
      return try runParameterFile(path, context)
    }
    return try runStack(context.reading.stack(input), context)
  }

  private var isQuiet: Bool { logLevel != .info && logLevel != .debug }

  private func runParameterFile(_ path: String, _ context: CommandContext) throws -> CommandResult {
    guard requirements.isEmpty, gain == nil, rnoise == nil, bias == nil else {
      throw CRSError.usage(
        "a parameter file brings its own requirements", parameter: requirements.keys.sorted().first ?? "gain",
        expected: "them in \(path)")
    }
    let file = try ParameterFile.read(path)
    let record = Recorder()
    let report: @Sendable (String) -> Void = { [isQuiet] line in
      record.add(line)
      if !isQuiet { context.report(line) }
    }
    if echo { report("Executing: crs " + context.call.text) }
    report("crs \(CRSVersion.text): cosmic ray masks")
    for note in file.notes { context.note(note) }
    if file.parameters.interactive {
      context.note("interactive: figures are written to files, none is shown")
    }
    let group = try ExposureGroup(file.images, hdu: file.extnum, context: context, report: report)
    let detector = try group.detector(
      gain: file.gain, rnoise: file.rnoise, bias: file.bias, work: context.work)
    var job = try CrmasksJob(
      images: group.images, names: file.images, detector: detector, parameters: file.parameters,
      boundary: boundary, compatibility: compat, work: context.work, note: context.note)
    if file.parameters.verifyCR { job.review = { try ReviewDialogue(context: context).answer($0) } }
    job.givenMasks = crmasks
    job.drawsFigures = figures
    job.style = context.figures.plotStyle
    job.callLines = [
      "$ crs crmasks", "--inputyaml \(path.split(separator: "/").last ?? "")",
      "--log_level \(logLevel.rawValue)",
      "--compat \(compat?.rawValue ?? "none")",
    ]
    let products = try CrmasksProducts(directory: outputDir, work: context.work)
    let masks = try products.committing {
      let masks = try job.run(into: products, report: report, note: context.note, work: context.work)
      if self.record { try products.write(record.lines, name: "terminal_output.txt") }
      return masks
    }
    return CommandResult(
      [.maskSet(masks)], resolved: ["seed": .integer(Int(truncatingIfNeeded: job.options.seed))])
  }

  private func runStack(_ stack: Stack, _ context: CommandContext) throws -> CommandResult {
    if let crmasks { return CommandResult([.maskSet(crmasks)]) }
    let found = try DetectorLookup(stack: stack, gain: gain, readoutNoise: rnoise, bias: bias)
    for line in found.sources { context.report(line) }
    var values = requirements
    let seed = values["seed"] ?? values["mm_seed"]
    if seed == nil || seed == .null {
      let drawn = Int.random(in: 1...999_999_999)
      values["seed"] = .integer(drawn)
      values["mm_seed"] = nil
      context.report("seed: \(drawn) (drawn)")
    }
    // Probabilities where nothing asks for the diagram's boundary.
    if values["detector"] == nil, values["mm_detector"] == nil, compat != nil || boundary != nil {
      values["detector"] = .text("boundary")
    }
    let parameters = try CrmasksParameters(values: values, source: .shell, exposures: stack.count)
    for note in parameters.notes { context.note(note) }
    var job = try CrmasksJob(
      images: stack.exposures, names: (1...stack.count).map { "exposure \($0)" }, detector: found.detector,
      parameters: parameters, boundary: boundary, compatibility: compat, work: context.work,
      note: context.note)
    if parameters.verifyCR { job.review = { try ReviewDialogue(context: context).answer($0) } }
    job.isBrief = logLevel == .info
    let report: @Sendable (String) -> Void = { [isQuiet] in if !isQuiet { context.report($0) } }
    let result = try job.compute(report: report, note: context.note, work: context.work)
    var resolved = found.resolved
    resolved["seed"] = .integer(Int(truncatingIfNeeded: job.options.seed))
    return CommandResult([.maskSet(result.masks)], resolved: resolved)
  }
}
