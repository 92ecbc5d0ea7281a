import Calling
import Files
import Kernels
import Pipeline

/// `offsets`: sub-pixel displacements of equivalent exposures.
struct OffsetsCommand: Command {
  static let info = CommandInfo(
    "offsets", "Measure the offset of each exposure in a stack", family: .combine,
    results: [
      .result("offsets", .list, "[x, y] of each exposure relative to their median [pixel]"),
      .result("table", .table, "offsets, their whole pixels, the rest, and errors"),
    ],
    examples: [
      "d, table = offsets (simulate nx=120 ny=100 seed=1 offsets=[[-0.5, 0.5], [0, 0], [0.5, -0.25]])"
    ],
    discussion: [
      "An exposure whose features lie at larger x has x > 0; shift EXPOSURE -x -y moves it back. Offsets below "
        + "four standard deviations are set to 0.",
      "compat=numina-0.36 measures as numina does, which finds about half of a fractional offset.",
    ], memory: MemoryNeed(perValue: 20))

  @Parameter("stack of at least 2 exposures", positional: true) var stack: Stack
  @Parameter(
    "rectangle to compare; none: the whole image", unit: "pixel",
    aliases: ["crosscorr_region", "mm_crosscorr_region"])
  var region: Section? = nil
  @Parameter("maximum offset up to which cosmic rays are excluded", unit: "pixel", in: 0.1...100)
  var largest = 3.0
  @DetectorParameters var detectors
  @Parameter("reproduce this program, including its known bugs") var compat: Compatibility? = nil

  static func check(_ bound: Bound) throws {
    if bound.isKnown("compat") {
      try bound.refuse(["largest", "gain", "rnoise"], "with compat", expected: "it without compat=")
    }
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    // What is reproduced knows no noise.
    let found = try detectors.lookup(stack, need: compat == nil ? .all : .bias)
    try context.tell(
      found, of: stack, detectors.trim, leftIn: "; as it is, it counts as light of each exposure")
    let matched = try MatchedExposures(
      stack.planes(found, scalesNoise: compat == nil, trims: detectors.trim == .header, work: context.work),
      work: context.work)
    let exposures =
      try matched.hasLevels ? matched.divided(by: matched.levels, work: context.work) : matched.planes
    let shape = exposures[0].shape
    let part = try region ?? Section(x1: 1, x2: shape.width, y1: 1, y2: shape.height)
    var errors: [Offset?] = exposures.map { _ in nil }
    let offsets: [Offset]
    if compat != nil {
      let median = try StackPlanes(exposures, work: context.work).median
      offsets = try CRSError.naming(["mm_crosscorr_region": "region"]) {
        try NuminaOffsets.find(exposures, median: median, region: part, work: context.work)
      }
    } else {
      let names = ["mm_crosscorr_region": "region", "flux_factor": "stack"]
      let fit = try CRSError.naming(names) {
        try OffsetFit(matched, region: part, largest: largest, work: context.work)
      }
      (offsets, errors) = (fit.offsets, fit.errors)
      if fit.closure > 0.1 {
        context.note("the offsets of pairs contradict each other by \(fit.closure.fixed(2)) pixel")
      }
    }
    var table = Table(columns: [
      "exposure", "x", "y", "whole_x", "whole_y", "rest_x", "rest_y", "error_x", "error_y",
    ])
    for (k, offset) in offsets.enumerated() {
      let whole = (offset.x.rounded(), offset.y.rounded())
      table.rows.append([
        .integer(k + 1), .real(offset.x), .real(offset.y), Self.whole(whole.0), Self.whole(whole.1),
        .real(offset.x - whole.0), .real(offset.y - whole.1), errors[k].map { .real($0.x) } ?? .text("-"),
        errors[k].map { .real($0.y) } ?? .text("-"),
      ])
    }
    TableText.lines(table).forEach(context.report)
    return CommandResult(
      [.list(offsets.map { .list([.number($0.x), .number($0.y)]) }), .table(table)], resolved: found.resolved)
  }

  /// A whole number; one that is none stays as it is.
  private static func whole(_ number: Double) -> Table.Cell {
    Int(exactly: number).map { .integer($0) } ?? .real(number)
  }
}
