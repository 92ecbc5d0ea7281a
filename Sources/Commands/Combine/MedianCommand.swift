import Calling
import Files
import Kernels

/// `median`: a plain combination, pixel by pixel.
struct MedianCommand: Command {
  static let info = CommandInfo(
    "median",
    "Take the median of a stack pixel by pixel",
    family: .combine,
    results: [.result("image", .image, "the combination, in the unit of the exposures")],
    examples: ["combined = median (simulate nx=40 ny=30 seed=1)"], memory: MemoryNeed(perPixel: 12))

  @Parameter("exposures", positional: true) var stack: Stack

  func run(_ context: CommandContext) throws -> CommandResult {
    let how = Combination(.median, of: stack)
    let image = try stack.combined(.median, by: how, work: context.work) {
      try StackPlanes($0, work: context.work).median
    }
    return CommandResult([.image(image)])
  }
}
