import Files
import Kernels
import Pipeline

/// `compute`: the first of the two steps of the older cookbook (crmasks.md section 16b).
struct ComputeCommand: Command {
  static let info = CommandInfo(
    "compute", "Masks of the exposures of a list, the older two-step form", family: .detect,
    results: [.result("masks", "MaskSet", "MEDIANCR, MEANCRT and CRMASK1..n")],
    discussion: [
      "The median-minimum diagram alone finds cosmic rays, with a spline as boundary. The masks go to output_masks, "
        + "tables and figures beside them when plots=yes. apply combines the exposures with them. crmasks does both "
        + "and more."
    ])

  @Parameter("text file with a FITS file a line") var inputlist: FileName
  @Parameter("gain; the headers' when left out", unit: "e-/ADU", in: 1e-6...1e6) var gain: Double? = nil
  @Parameter("readout noise; the headers' when left out", unit: "ADU", in: 0...1e6) var rnoise: Double? = nil
  @Parameter("bias level", unit: "ADU", in: -1e7...1e7) var bias = 0.0
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
  @Parameter("file of the masks") var outputMasks = FileName(path: "masks.fits")
  @Parameter("write tables and figures too") var plots = false
  @Parameter("extension of the exposures: name or number") var extname = "PRIMARY"
  @Parameter("program to agree with, defects included") var compat: Compatibility? = nil

  func run(_ context: CommandContext) throws -> CommandResult {
    let names = try ExposureGroup.names(listedIn: inputlist.path)
    try ExposureGroup.protect(
      names + [inputlist.path], from: outputMasks.path, parameter: "output_masks", takesMasks: true)
    let hdu: HDUSelector? =
      extname.uppercased() == "PRIMARY" ? nil : Int(extname).map { .number($0) } ?? .name(extname)
    let group = try ExposureGroup(names, hdu: hdu, context: context, report: context.report)
    let stack = try Stack(exposures: group.images, detector: DetectorHints())
    let found = try DetectorLookup(stack: stack, gain: gain, readoutNoise: rnoise, bias: bias)
    for line in found.sources { context.report(line) }
    var settings = given
    if !plots { settings.display.maxplots = 0 }
    try settings.check(.call, exposures: names.count)
    var job = try CrmasksJob(
      images: group.images, names: names, detector: found.detector, settings: settings, boundary: nil,
      compatibility: compat, work: context.work)
    job.style = context.session.settings.figures.plotStyle
    let result = try job.compute(report: context.report, note: context.note, work: context.work)
    let files = AtomicFiles()
    try FITSWriter.write(
      FITSDocument(maskSet: result.masks), to: files.file(outputMasks.path, existing: .replace),
      work: context.work)
    if plots {
      let products = try CrmasksProducts(directory: outputMasks.path.folder, work: context.work, with: files)
      try job.writeTables(result, products, context.report)
      try job.writeFigures(result, products, context.report, work: context.work)
    }
    try files.commit()
    context.report("cosmic ray masks saved to \(outputMasks.path)")
    var resolved = found.resolved
    resolved["seed"] = .integer(Int(truncatingIfNeeded: job.options.seed))
    return CommandResult([.maskSet(result.masks)], resolved: resolved, hasWritten: true)
  }
}
