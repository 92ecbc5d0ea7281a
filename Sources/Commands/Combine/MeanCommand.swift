import Calling
import Files
import Kernels

/// `mean`: a plain combination, pixel by pixel.
struct MeanCommand: Command {
  static let info = CommandInfo(
    "mean", "Average the exposures of a stack pixel by pixel",
    family: .combine,
    results: [.result("image", .image, "the combination, in the unit of the exposures")],
    examples: ["combined = mean (simulate nx=40 ny=30 seed=1)"], memory: MemoryNeed(perPixel: 12))

  @Parameter("exposures", positional: true) var stack: Stack

  func run(_ context: CommandContext) throws -> CommandResult {
    let how = Combination(.mean, of: stack)
    let image = try stack.combined(.mean, by: how, work: context.work) {
      try StackPlanes($0, work: context.work).mean
    }
    return CommandResult([.image(image)])
  }
}
