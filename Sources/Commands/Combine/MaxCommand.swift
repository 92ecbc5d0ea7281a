import Calling
import Files
import Kernels

/// `max`: a plain combination, pixel by pixel.
struct MaxCommand: Command {
  static let info = CommandInfo(
    "max", "Take the maximum of a stack pixel by pixel", family: .combine,
    results: [.result("image", .image, "the combination, in the unit of the exposures")],
    examples: ["combined = max (simulate nx=40 ny=30 seed=1)"], memory: MemoryNeed(perPixel: 12))

  @Parameter("exposures", positional: true) var stack: Stack

  func run(_ context: CommandContext) throws -> CommandResult {
    let how = Combination(.other("the largest of several values"), of: stack)
    let image = try stack.combined(.maximum, by: how, work: context.work) {
      try Plane.maximum(of: $0, work: context.work)
    }
    return CommandResult([.image(image)])
  }
}
