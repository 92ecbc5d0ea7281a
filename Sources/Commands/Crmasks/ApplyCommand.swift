import Calling
import Files
import Kernels

/// `apply`: the second of the two steps of the older cookbook (crmasks.md section 16b).
struct ApplyCommand: Command {
  static let info = CommandInfo(
    "apply", "Combine the exposures of a list with masks made before, the older two-step form",
    family: .combine, effect: .files,
    results: [.result("image", .image, "the combination with planes VARIANCE and MAP")],
    discussion: ["combine does the same with values of the session."])

  @Parameter("text file with a FITS file a line") var inputlist: FileName
  @Parameter("masks made by compute or crmasks") var inputMask: MaskSet
  @Parameter("file of the combination") var outputCombined: FileName
  @Parameter("how to combine") var combination = CombinationMethod.mediancr
  @Parameter("bias level", unit: "ADU", in: -1e7...1e7) var bias = 0.0
  @Parameter("extension of the exposures: name or number") var extname = "PRIMARY"

  func run(_ context: CommandContext) throws -> CommandResult {
    let names = try ExposureGroup.names(listedIn: inputlist.path)
    try ExposureGroup.protect(
      names + [inputlist.path], from: outputCombined.path, parameter: "output_combined", takesMasks: false)
    let hdu: HDUSelector? =
      extname.uppercased() == "PRIMARY" ? nil : Int(extname).map { .number($0) } ?? .name(extname)
    let group = try ExposureGroup(names, hdu: hdu, context: context, report: context.report)
    let combined = try MaskedGroup(
      group: group, masks: inputMask, bias: .constant(bias), appliesFluxFactor: true, useLAMedian: false
    ).combined(combination, work: context.work)
    context.report("\(combination.rawValue): \(combined.replaced) masked pixels")
    let products = try CrmasksProducts(directory: ".", work: context.work)
    try products.committing {
      try products.write(
        combined, method: combination, header: group.images[0].header, unit: group.images[0].unit,
        history: MaskedGroup.history(combination, names: names, masks: inputMask), to: outputCombined.path)
    }
    context.report("combination saved to \(outputCombined.path)")
    return CommandResult(
      [.image(Image(combined: combined, header: group.images[0].header, unit: group.images[0].unit))],
      hasWritten: true)
  }
}
