import Calling
import Files
import Kernels

/// `min`: a plain combination, pixel by pixel.
struct MinCommand: Command {
  static let info = CommandInfo(
    "min", "Take the minimum of a stack pixel by pixel", family: .combine,
    results: [.result("image", .image, "the combination, in the unit of the exposures")],
    examples: ["combined = min (simulate nx=40 ny=30 seed=1)"], memory: MemoryNeed(perPixel: 12))

  @Parameter("exposures", positional: true) var stack: Stack

  func run(_ context: CommandContext) throws -> CommandResult {
    let how = Combination(.other("the smallest of several values"), of: stack)
    let image = try stack.combined(.minimum, by: how, work: context.work) {
      try StackPlanes($0, work: context.work).minimum
    }
    return CommandResult([.image(image)])
  }
}
