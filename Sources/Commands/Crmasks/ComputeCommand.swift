import Calling
import Files
import Kernels
import Pipeline

/// `compute`: the first of the two steps of the older cookbook (crmasks.md section 16b).
struct ComputeCommand: Command {
  static let info = CommandInfo(
    "compute", "Masks of the exposures of a list, the older two-step form", family: .detect, effect: .files,
    results: [.result("masks", .maskset, "MEDIANCR, MEANCRT and CRMASK1..n")],
    discussion: [
      "The median-minimum diagram alone finds cosmic rays, with a spline as boundary. The masks go to output_masks, "
        + "tables and figures beside them when plots=yes. apply combines the exposures with them. crmasks does both "
        + "and more."
    ])

  @Parameter("text file with a FITS file a line") var inputlist: FileName
  @Parameter("gain; the headers' when left out", unit: "e-/ADU", above: 0, upTo: 1e6) var gain: Double? = nil
  @Parameter("readout noise; the headers' when left out", unit: "ADU", in: 0...1e6) var rnoise: Double? = nil
  @Parameter("bias level", unit: "ADU", in: -1e7...1e7) var bias = 0.0
  @Parameter("relative flux: none, auto, fit, a number or one number an exposure") var fluxFactor: Value =
    .none
  @Parameter("knots of the spline, ends included", in: 2...100) var knotsSplfit = 3
  @Parameter("simulated sets, or exact") var nsimulations: Value = .integer(10)
  @Parameter("weighted repetitions of the fit", in: 0...100) var niterBoundaryExtension = 3
  @Parameter("weight of points above the curve, a repetition", above: 0, upTo: 1e6)
  var weightBoundaryExtension =
    10.0
  @Parameter("smallest median2d - min2d; none: the lowest point of the boundary", unit: "ADU", in: -1e9...1e9)
  var threshold: Double? = 0.0
  @Parameter("smallest max2d", unit: "rnoise", in: 0...1e6) var minimumMax2dRnoise = 5.0
  @Parameter("figures are written, none is shown; ignored") var interactive = false
  @Parameter("pixels that masks grow by", unit: "pixel", in: 0...1000) var dilation = 1
  @Parameter("file of the masks") var outputMasks = FileName(path: "masks.fits")
  @Parameter("write tables and figures too") var plots = false
  @Parameter("half size of the plotted windows", unit: "pixel", in: 1...1000) var semiwindow = 15
  @Parameter("limits of the windows") var colorScale = ColorScale.minmax
  @Parameter("most groups to plot; negative: all", in: -1...1e6) var maxplots = 10
  @Parameter("extension of the exposures: name or number") var extname = "PRIMARY"
  @Parameter("seed of the simulations; drawn when left out", in: 0...9e15) var seed: Int? = nil
  @Parameter("program to agree with, defects included") var compat: Compatibility? = nil

  enum ColorScale: String, WordParameter { case minmax, zscale }

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
    var values: [String: SettingValue] = [
      "crmethod": .text("mmcosmic"), "boundary_fit": .text("spline"), "detector": .text("boundary"),
      "knots_splfit": .integer(knotsSplfit), "niter_boundary_extension": .integer(niterBoundaryExtension),
      "weight_boundary_extension": .number(weightBoundaryExtension),
      "threshold": threshold.map { .number($0) } ?? .null,
      "minimum_max2d_rnoise": .number(minimumMax2dRnoise), "dilation": .integer(dilation),
      "semiwindow": .integer(semiwindow), "color_scale": .text(colorScale.rawValue),
      "maxplots": .integer(plots ? maxplots : 0), "seed": .integer(seed ?? Int.random(in: 1...999_999_999)),
    ]
    values["flux_factor"] = fluxFactor.setting
    values["nsimulations"] = nsimulations.setting
    let parameters = try CrmasksParameters(values: values, source: .shell, exposures: names.count)
    for note in parameters.notes { context.note(note) }
    var job = try CrmasksJob(
      images: group.images, names: names, detector: found.detector, parameters: parameters, boundary: nil,
      compatibility: compat, work: context.work, note: context.note)
    job.style = context.figures.plotStyle
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
