import Calling
import Files
import Kernels
import Pipeline

/// `shift`: moves an image.
struct ShiftCommand: Command {
  static let info = CommandInfo(
    "shift", "Move an image by pixels and fractions of them", family: .combine,
    results: [.result("shifted", .image, "the image moved; vacated edges are 0 and masked")],
    examples: ["moved = shift (median (simulate nx=40 ny=30 seed=1)) -0.5 2"],
    discussion: [
      "Positive numbers move towards larger x and y. Shifts by whole pixels are exact; fractional shifts conserve "
        + "flux (a pixel of the result is the mean of the source over its area). Pixels that the source does not cover "
        + "completely are masked.",
      "A shift by whole pixels moves every plane of the image; a fractional shift moves masks and errors and omits "
        + "other planes.",
    ], memory: MemoryNeed(perPixel: 6))

  @Parameter("image", positional: true) var image: Image
  @Parameter("columns to move by", unit: "pixel", in: -1e6...1e6, positional: true) var dx: Double
  @Parameter("rows to move by", unit: "pixel", in: -1e6...1e6, positional: true) var dy: Double

  func run(_ context: CommandContext) throws -> CommandResult {
    if dx == dx.rounded(), dy == dy.rounded() {
      return CommandResult([.image(image.moved(.shift(x: Int(dx), y: Int(dy)), note: context.note))])
    }
    let offset = Offset(x: dx, y: dy)
    if image.knownDetector.gain != nil || image.knownDetector.readoutNoise != nil {
      let noise = ((1000 * SubpixelShift.noise(by: offset)).rounded() / 1000).short
      context.note(
        "a shift by fractions of a pixel averages neighbours: the noise of a pixel is \(noise) of what gain and "
          + "readout noise say, and neighbours share it; find cosmic rays before the shift")
    }
    var exact: Plane<Double>?
    if image.exactPixels != nil {
      try context.work.require(
        bytes: 24 * Double(image.shape.count), for: "\(image.shape) pixels in double precision")
      context.work.tellLostDigits(of: [image], in: "a shift by fractions of a pixel")
      exact = try SubpixelShift.fluxConserving(image.exactValues, by: offset, work: context.work)
    }
    let pixels =
      try exact.map { $0.map { Float($0) } }
      ?? SubpixelShift.fluxConserving(image.pixels, by: offset, work: context.work)
    var moved = try image.shifted(pixels, by: offset, work: context.work, note: context.note)
    if let exact { moved.setExactValues(exact) }
    return CommandResult([.image(moved)])
  }
}
