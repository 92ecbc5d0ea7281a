import Calling
import Files
import Kernels
import Pipeline

/// `maskof`: the pixels of an image that do not count.
struct MaskOfCommand: Command {
  static let info = CommandInfo(
    "maskof", "Extract the mask of an image: pixels that do not count", family: .masks,
    results: [.result("mask", .any, "masked, NaN and infinite pixels; a list of masks for a stack")],
    examples: ["bad = maskof (shift (median (simulate nx=40 ny=30 seed=1)) 2 0)"],
    discussion: [
      "These are the pixels that the file masks (MASK, DQ and similar), those that a command masked, and those "
        + "without a finite number. Masks of lacosmic, crmasks, mmpvalue and cr2images contain hits only."
    ])

  @Parameter("image, stack or FITS file", positional: true) var value: Value

  func run(_ context: CommandContext) throws -> CommandResult {
    if case .stack(let stack) = value {
      return CommandResult([.list(stack.exposures.map { .mask(mask($0)) })])
    }
    return CommandResult([.mask(mask(try context.reading.image(value)))])
  }

  private func mask(_ image: Image) -> Mask { image.owning(image.wholeMask ?? Mask(shape: image.shape)) }
}
