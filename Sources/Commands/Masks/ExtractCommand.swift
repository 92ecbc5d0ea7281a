import Calling
import Kernels

/// `extract`: one mask of a mask set.
struct ExtractCommand: Command {
  static let info = CommandInfo(
    "extract", "Extract one mask from a mask set", family: .masks,
    results: [.result("mask", .mask, "the mask")],
    examples: ["masks = crmasks (simulate nx=120 ny=100 seed=1) seed=1\nmedians = extract masks MEDIANCR"])

  @Parameter("mask set of crmasks, or its file", positional: true) var masks: MaskSet
  @Parameter("MEDIANCR, MEANCRT, or CRMASK1, CRMASK2, ...", positional: true) var name = "MEDIANCR"

  func run(_ context: CommandContext) throws -> CommandResult {
    let wanted = name.uppercased()
    var all = ["MEDIANCR": masks.medianCR, "MEANCRT": masks.meanCRT]
    for (k, mask) in masks.exposures.enumerated() { all["CRMASK\(k + 1)"] = mask }
    guard let mask = all[wanted] else {
      throw CRSError.usage(
        "there is no mask '\(name)'", parameter: "name", expected: all.keys.sorted().joined(separator: ", "))
    }
    return CommandResult([.mask(mask)])
  }
}
