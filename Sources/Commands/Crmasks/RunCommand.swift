import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// `run`: an observation file.
struct RunCommand: Command {
  static let info = CommandInfo(
    "run", "Make masks, or combine frames, as an observation file says", family: .detect,
    effect: .files,
    results: [.result("result", .any, "MaskSet or Image: the masks, or the combination", optional: true)],
    discussion: [
      "Mode MegaraCrDetection writes obsid<id>_results/crmasks.fits, and tables and figures in obsid<id>_work. Any "
        + "image mode combines the frames by its method into obsid<id>_results/combined_<method>.fits. The directories "
        + "are made in output_dir. Requirements may be missing: the defaults of the older program apply "
        + "(docs/coming-from.md). Those of other reduction steps are ignored with a warning."
    ])

  @Parameter("observation file", positional: true) var observation: FileName
  @Parameter("control file; must be readable, its contents are ignored", aliases: ["r"]) var control:
    FileName? = nil
  @Parameter("directory for the results") var outputDir = "."
  @Parameter("reproduce this program, including its known bugs") var compat: Compatibility? = nil
  @Parameter("write the diagnostic figures") var figures = true
  @Parameter("exclude prescan and overscan as TRIMSEC or DATASEC define them") var trim = Trim.header

  func run(_ context: CommandContext) throws -> CommandResult {
    try context.call.refuseOutputs(expected: "names in the observation file")
    if compat != nil { try context.call.bound.refuse(["trim"], "with compat") }
    if let control, !FileManager.default.isReadableFile(atPath: control.path) {
      throw CRSError.file("the control file cannot be read", file: control.path, expected: "a YAML file")
    }
    let clock = RunClock()
    let file = try ObservationFile.read(observation.path)
    for note in file.notes { context.note(note) }
    let base = outputDir.isEmpty || outputDir == "." ? "" : outputDir + "/"
    let group = try ExposureGroup(file.frames, context: context)
    let files = AtomicFiles()
    var places = Reduction.Places(
      results: try ProductFolder(base + "obsid\(file.id)_results", with: files))
    let reduction: Reduction
    let planes: [ExposurePlanes]
    var reviews = false
    switch file.task {
    case .masks(let task):
      places.work = try ProductFolder(base + "obsid\(file.id)_work", with: files)
      var masking = task.reduction(compatibility: compat)
      planes = try group.planes(
        gain: task.gain, rnoise: task.rnoise, bias: task.bias, compatibility: compat, work: context.work)
      group.biasNote(planes, bias: task.bias).map(context.note)
      let circumstances = Circumstances(
        exposures: planes.count, hasLevels: planes.contains { $0.level != 1 }, compatibility: compat)
      (task.settings.contradictions(in: circumstances)
        + [task.settings.idleNote(in: circumstances)].compactMap { $0 })
        .forEach(context.note)
      try masking.prepare(group, planes, trim, context, report: context.report)
      reduction = masking
      reviews = task.settings.display.verifies
    case .combination(let task):
      try context.call.bound.refuse(
        ["figures", "trim"], "on a combination", expected: "mode MegaraCrDetection")
      let masks = try task.crmasks.map { try FITSReader.maskSet(at: $0, work: context.work) }
      reduction = task.reduction(masks: masks, compatibility: compat)
      let found = try group.detectors(bias: compat == nil ? nil : .level(0))
      if compat == nil {
        if found.each.contains(where: { $0.bias != .constant(0) }) { found.sources.forEach(context.report) }
        try context.tellBias(
          ofCombined: group.images, found,
          isDivided: task.appliesFluxFactor && masks?.fluxFactors.contains { $0 != 1 } ?? false,
          hint: " (run takes no bias, combine and apply do)")
      }
      planes = try group.planes(found, work: context.work)
    }
    let draws = figures ? RunFigures(context).products : nil
    let talk = RunTalk(context, reviews: reviews)
    let outcome = try files.committing {
      try reduction.run(group, planes, into: places, talk, figures: draws)
    }
    context.report(clock.line)
    let result = outcome.combined.map { .image($0) } ?? outcome.masks.map { Value.maskSet($0) }
    return CommandResult(result.map { [$0] } ?? [], hasWritten: true)
  }
}
