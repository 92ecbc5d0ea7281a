import Calling
import Kernels
import Pipeline

/// `countflagged`: how many pixels a mask flags.
struct CountFlaggedCommand: Command {
  static let info = CommandInfo(
    "countflagged", "Count the flagged pixels of a mask", family: .masks,
    results: [.result("pixels", .integer, "flagged pixels")],
    examples: ["countflagged ((median (simulate nx=40 ny=30 seed=1)) > 50)"])

  @Parameter("mask, or all masks of crmasks (then MEDIANCR)", positional: true) var mask: MaskOrSet

  func run(_ context: CommandContext) throws -> CommandResult {
    switch mask {
    case .mask(let mask): CommandResult([.integer(mask.flagged)])
    case .set(let masks): CommandResult([.integer(masks.medianCR.flagged)])
    }
  }
}
