import Calling
import Files
import Kernels
import Pipeline

/// `fluxfactor`: the relative flux of equivalent exposures.
struct FluxFactorCommand: Command {
  static let info = CommandInfo(
    "fluxfactor", "Measure the relative flux of each exposure in a stack", family: .combine,
    results: [
      .result("factors", .list, "flux of each exposure relative to their median"),
      .result("table", .table, "factors with their errors"),
    ],
    examples: ["factors, table = fluxfactor (simulate nx=120 ny=100 seed=1 flux=[0.8, 1, 1.2])"],
    discussion: [
      "All exposures are measured on the same pixels: those in which none deviates by more than its noise allows. "
        + "The errors are those of noise and 0.005 that cosmic rays below the noise may shift a factor by. If every "
        + "factor agrees with 1 within three errors, and bright pixels show no difference, the exposures count as "
        + "equivalent and all factors are 1. Give the offsets if the exposures are not aligned.",
      "compat=numina-0.36 measures as numina does.",
    ], memory: MemoryNeed(perPixel: 5, perValue: 4))

  @Parameter("stack of at least 2 exposures", positional: true) var stack: Stack
  @Parameter(
    "rectangles to compare; none: the whole image", unit: "pixel",
    aliases: ["flux_factor_regions", "flux_factor_region"])
  var regions: SectionList? = nil
  @SettingsParameters(only: ["xy_offsets"]) var settings
  @DetectorParameters var detectors
  @Parameter("reproduce this program, including its known bugs") var compat: Compatibility? = nil

  static func check(_ bound: Bound) throws {
    if bound.isKnown("compat") {
      try bound.refuse(["xy_offsets", "gain", "rnoise"], "with compat", expected: "it without compat=")
    }
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    guard stack.count > 1 else {
      throw CRSError.data("there is one exposure", parameter: "stack", expected: "at least 2 exposures")
    }
    // What is reproduced knows no noise.
    let found = try detectors.lookup(stack, need: compat == nil ? .all : .bias)
    try context.tell(
      found, of: stack, detectors.trim,
      leftIn: "; as it is, it counts as light, and factors are too near to 1")
    let planes = try stack.planes(
      found, scalesNoise: compat == nil, trims: detectors.trim == .header, work: context.work)
    let matched = try MatchedExposures(planes, work: context.work)
    let exposures =
      try matched.hasLevels ? matched.divided(by: matched.levels, work: context.work) : matched.planes
    try settings.check(exposures: exposures.count)
    let offsets = settings.displacement.offsets
    var table = Table(columns: ["exposure", "factor", "error"])
    var factors: [Double]
    if compat != nil {
      let median = try StackPlanes(exposures, work: context.work).median
      factors = try CRSError.naming(["flux_factor_regions": "regions"]) {
        try NuminaFluxFactors(
          exposures, median: median, regions: regions?.sections, work: context.work
        ).factors
      }
      for (k, factor) in factors.enumerated() {
        table.rows.append([.integer(k + 1), .real(factor), .text("-")])
      }
    } else {
      for text in try matched.unlit(work: context.work).texts {
        context.note(text + ": a closed shutter looks like that, and has no flux factor")
      }
      let names = [
        "flux_factor_regions": "regions", "flux_factor": "stack", "mm_xy_offsets": "xy_offsets",
      ]
      let fit = try CRSError.naming(names) {
        try FluxFactorFit(
          matched, regions: regions?.sections, offsets: offsets.isEmpty ? nil : offsets, work: context.work
        ).relative(to: matched.levels)
      }
      factors = fit.adopted
      let systematic = FluxFactorFit.systematicError
      for (k, factor) in fit.factors.enumerated() {
        table.rows.append([
          .integer(k + 1), .real(factor),
          .real((fit.errors[k] * fit.errors[k] + systematic * systematic).squareRoot()),
        ])
      }
      let together = try? FluxAndSkyFit(
        matched, regions: regions?.sections, offsets: offsets.isEmpty ? nil : offsets, work: context.work)
      try context.work.checkCancelled()
      if let together, together.isTold, together.isNeeded {
        let scale = planes[0].scale
        let skies = zip(together.skies, together.skyErrors).map {
          scale == 1 ? "\($0.fixed(2)) +- \($1.fixed(2))" : "\(($0 / scale).short) +- \(($1 / scale).short)"
        }
        let own = together.adopted.map { $0.fixed(4) }
        context.note(
          "the exposures differ by an additional sky of \(skies.joined(separator: ", ")) \(stack.unit.name); with it the factors are "
            + own.joined(separator: ", ")
            + " (crmasks and mmpvalue with flux_factor=auto or sky=auto take both into account)")
      }
      context.report("\((100 * fit.usedFraction).fixed(1)) % of the pixels were used")
      if fit.isEquivalent {
        context.report(
          "the exposures count as equivalent, all factors are 1: none differs from 1 by 3 errors, which are of noise and \(systematic) "
            + "that cosmic rays may add"
            + (fit.isWithinErrors
              ? ""
              : ". To take the factors below, give flux_factor=[\(fit.factors.map(\.short).joined(separator: ", "))]")
        )
      }
    }
    TableText.lines(table).forEach(context.report)
    return CommandResult([.list(factors.map { .number($0) }), .table(table)], resolved: found.resolved)
  }
}
