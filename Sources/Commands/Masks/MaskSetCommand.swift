import Calling
import Files
import Kernels
import Pipeline

/// `maskset`: masks of single exposures as one value.
struct MaskSetCommand: Command {
  static let info = CommandInfo(
    "maskset", "Make a mask set from masks of single exposures", family: .masks,
    results: [.result("masks", .maskset, "CRMASK1..n as given, MEANCRT their union, and MEDIANCR")],
    discussion: [
      "The masks may come from any program, as values or files: one for each exposure, in their order. MEDIANCR "
        + "contains the pixels that at least half of the masks flag, unless you give it. combine ... masks=[m1, m2, "
        + "m3] does the same.",
      "MEDIANCR decides what method=mediancr replaces; the single masks decide what method=meancr excludes.",
    ])

  @Parameter("masks, one for each exposure", positional: true, rest: true) var masks: [Value]
  @Parameter("pixels with a contaminated median; none: those flagged in at least half of the masks")
  var mediancr: Mask? = nil

  func run(_ context: CommandContext) throws -> CommandResult {
    let exposures = try masks.flatMap { value -> [Mask] in
      if case .list(let values) = value {
        return try values.map { try context.reading.mask($0) }
      }
      return [try context.reading.mask(value)]
    }
    return CommandResult([.maskSet(try MaskSet(exposures: exposures, medianCR: mediancr))])
  }
}
