import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// `run`: an observation file (crmasks.md section 16b).
struct RunCommand: Command {
  static let info = CommandInfo(
    "run", "Reduce an observation file: make masks, or combine frames with them", family: .detect,
    effect: .files,
    results: [.result("result", .any, "MaskSet or Image: the masks, or the combination")],
    discussion: [
      "Mode MegaraCrDetection writes obsid<id>_results/crmasks.fits and its tables and figures into obsid<id>_work; "
        + "any image mode combines the frames by its method into obsid<id>_results/combined_<method>.fits. The folders "
        + "are made in output_dir. Requirements of other reduction steps are left out with a warning."
    ])

  @Parameter("observation file", positional: true) var observation: FileName
  @Parameter("control file of the pipeline; only looked for", aliases: ["r"]) var control: FileName? = nil
  @Parameter("folder for the results") var outputDir = "."
  @Parameter("program to agree with, defects included") var compat: Compatibility? = nil
  @Parameter("draw the diagnostic figures") var figures = true

  func run(_ context: CommandContext) throws -> CommandResult {
    if let control, !FileManager.default.isReadableFile(atPath: control.path) {
      throw CRSError.file("the control file cannot be read", file: control.path, expected: "a YAML file")
    }
    let file = try ObservationFile.read(observation.path)
    for note in file.notes { context.note(note) }
    let base = outputDir.isEmpty || outputDir == "." ? "" : outputDir + "/"
    let results = base + "obsid\(file.id)_results"
    switch file.task {
    case .masks(let task):
      return try makeMasks(file, task, results: results, workFolder: base + "obsid\(file.id)_work", context)
    case .combination(let task): return try combine(file, task, results: results, context)
    }
  }

  private func makeMasks(
    _ file: ObservationFile, _ task: ObservationFile.Masks, results: String, workFolder: String,
    _ context: CommandContext
  ) throws -> CommandResult {
    let group = try ExposureGroup(file.frames, hdu: nil, context: context, report: context.report)
    let detector = try group.detector(
      gain: task.gain, rnoise: task.rnoise, bias: task.bias, work: context.work)
    var job = try CrmasksJob(
      images: group.images, names: group.names, detector: detector, parameters: task.parameters,
      boundary: nil,
      compatibility: compat, work: context.work, note: context.note)
    job.style = context.figures.plotStyle
    if task.parameters.verifyCR { job.review = { try ReviewDialogue(context: context).answer($0) } }
    let result = try job.compute(report: context.report, note: context.note, work: context.work)
    let files = AtomicFiles()
    let products = try CrmasksProducts(directory: results, work: context.work, with: files)
    let workProducts = try CrmasksProducts(directory: workFolder, work: context.work, with: files)
    try products.committing {
      try products.write(masks: result.masks)
      context.report("cosmic ray masks saved to \(products.path("crmasks.fits"))")
      try job.writeTables(result, workProducts, context.report)
      if figures { try job.writeFigures(result, workProducts, context.report, work: context.work) }
      guard task.savesPreprocessed else { return }
      for (k, image) in group.images.enumerated() {
        let plane = try Calibration.calibrated(image.pixels, bias: detector.bias, work: context.work)
        let name = "preprocessed_\(k + 1).fits"
        try workProducts.write(image.replacing(plane), name: name)
        context.report("preprocessed exposure saved to \(workProducts.path(name))")
      }
    }
    return CommandResult(
      [.maskSet(result.masks)], resolved: ["seed": .integer(Int(truncatingIfNeeded: job.options.seed))],
      hasWritten: true)
  }

  private func combine(
    _ file: ObservationFile, _ task: ObservationFile.Combination, results: String, _ context: CommandContext
  ) throws -> CommandResult {
    let group = try ExposureGroup(file.frames, hdu: nil, context: context, report: context.report)
    let masks = try task.crmasks.map { try FITSReader.maskSet(at: $0, work: context.work) }
    let combined = try MaskedGroup(
      group: group, masks: masks, bias: .constant(0), appliesFluxFactor: task.appliesFluxFactor,
      useLAMedian: task.useLAMedian
    ).combined(task.method, work: context.work)
    let products = try CrmasksProducts(directory: results, work: context.work)
    let name = products.path("combined_\(task.method.rawValue).fits")
    let first = group.images[0]
    try products.committing {
      try products.write(
        combined, method: task.method, header: first.header, unit: first.unit,
        history: MaskedGroup.history(task.method, names: group.names, masks: masks), to: name)
    }
    context.report("\(task.method.rawValue): \(combined.replaced) masked pixels, saved to \(name)")
    return CommandResult(
      [.image(Image(combined: combined, header: first.header, unit: first.unit))], hasWritten: true)
  }
}
