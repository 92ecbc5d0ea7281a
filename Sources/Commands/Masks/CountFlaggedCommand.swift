import Calling
import Kernels
import Pipeline

/// `countflagged`: how many pixels a mask flags.
struct CountFlaggedCommand: Command {
  static let info = CommandInfo(
    "countflagged", "Number of pixels that a mask flags", family: .masks,
    results: [.result("pixels", .integer, "flagged pixels")],
    examples: ["countflagged ((median (simulate nx=40 ny=30 seed=1)) > 50)"])

  @Parameter("mask, or all masks of crmasks (then MEDIANCR)", positional: true) var mask: Value

  func run(_ context: CommandContext) throws -> CommandResult {
    if case .maskSet(let masks) = mask { return CommandResult([.integer(masks.medianCR.flagged)]) }
    return CommandResult([.integer(try context.reading.mask(mask).flagged)])
  }
}
