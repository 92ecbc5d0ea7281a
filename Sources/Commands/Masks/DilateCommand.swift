import Calling
import Kernels

/// `dilate`: grows a mask.
struct DilateCommand: Command {
  static let info = CommandInfo(
    "dilate", "Grow a mask by pixels in all eight directions", family: .masks,
    results: [.result("mask", .mask, "the grown mask")],
    examples: ["s = simulate nx=40 ny=30 seed=1\ngrown = dilate ((median s) > 50) 2"])

  @Parameter("mask", positional: true) var mask: Mask
  @Parameter("number of pixels", unit: "pixel", in: 0...1000, positional: true) var size = 1

  func run(_ context: CommandContext) throws -> CommandResult {
    CommandResult([.mask(try mask.dilated(times: size, work: context.work))])
  }
}
