import Calling
import Files
import Kernels
import Pipeline

/// `combine`: exposures with the masks of their cosmic rays.
struct CombineCommand: Command {
  static let info = CommandInfo(
    "combine", "Combine exposures without their cosmic rays", family: .combine,
    results: [.result("image", .image, "the combination, with planes VARIANCE and MAP")],
    examples: ["combined = combine (simulate nx=60 ny=50 seed=1) method=median"],
    discussion: [
      "mediancr: the median, contaminated pixels replaced by the minimum (or LAMEDIAN). meancrt: the mean, pixels "
        + "hit in any exposure replaced by the mediancr value. meancr: the mean of the exposures that are not hit. "
        + "median, mean and min need no masks. The bias is subtracted, and each exposure is divided by its flux factor."
    ], memory: MemoryNeed(perPixel: 8, perValue: 4))

  @Parameter("exposures", positional: true) var stack: Stack
  @Parameter("how the exposures are combined") var method = CombinationMethod.mediancr
  @Parameter("masks made by crmasks, or its crmasks.fits") var masks: MaskSet? = nil
  @Parameter("replace contaminated pixels by LAMEDIAN instead of the minimum") var useLamedian = false
  @Parameter("divide each exposure by the flux factor of its mask set") var applyFluxFactor = true
  @Parameter("source of VARIANCE: errors or noise of the exposures, or the scatter of the values")
  var variance = Variance.noise
  @Parameter("bias level; auto: measured in the overscan of each exposure", unit: "ADU", in: -1e7...1e7)
  var bias: BiasChoice? = nil

  enum Variance: String, WordParameter { case noise, scatter }

  static func check(_ bound: Bound) throws {
    let method: CombinationMethod
    switch bound["method"] {
    case nil: method = CombineCommand().method
    case .text(let word)?:
      guard let known = CombinationMethod(rawValue: word) else { return }
      method = known
    default: return
    }
    if method.usesMasks, bound["masks"] == nil {
      throw CRSError.usage(
        "method \(method.rawValue) needs masks", parameter: "masks", expected: "a MaskSet",
        hint: "crmasks makes one from the stack")
    }
    if !method.usesMasks { try bound.refuse(["use_lamedian"], "with method=\(method.rawValue)") }
    if bound["masks"] == nil { try bound.refuse(["apply_flux_factor"], "without masks") }
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    let bound = context.call.bound
    if !method.usesMasks {
      // Masks also tell the flux factors.
      let tellsFactors =
        applyFluxFactor && (masks?.fluxFactors.contains { $0 != 1 } == true || masks?.skies.isEmpty == false)
      if !tellsFactors { try bound.refuse(["masks"], "with method=\(method.rawValue) and flux factors of 1") }
    }
    if useLamedian, masks?.laMedian == nil {
      throw CRSError.data("the masks have no LAMEDIAN", parameter: "use_lamedian")
    }
    if method.usesMasks { try masks?.checkOrder(of: stack.exposures, parameter: "masks", note: context.note) }
    let factors =
      try (applyFluxFactor ? masks : nil)?.fluxFactors(of: stack.count, parameter: "masks")
      ?? stack.exposures.map { _ in 1 }
    let found = try DetectorLookup(stack: stack, gain: nil, readoutNoise: nil, bias: bias, need: .bias)
    if found.each.contains(where: { $0.bias != .constant(0) }) { found.sources.forEach(context.report) }
    if bias == nil {
      try context.tellBias(
        ofCombined: stack.exposures, found, isDivided: factors.contains { $0 != 1 },
        usesNoise: variance == .noise)
    }
    let planes = try stack.planes(found, keepsDigits: true, work: context.work)
    let matched = try MatchedExposures(planes, work: context.work)
    for note in CombinationCheck(stack, found.facts, matched: matched, factors: factors).notes {
      context.note(note)
    }
    try LevelCheck.notes(
      combining: stack.exposures, found.facts, matched: matched,
      leftOut: method.usesMasks ? masks?.leftOut ?? [] : [], factors: factors,
      knowsNoise: planes.allSatisfy(\.knowsNoise), work: context.work
    ).forEach(context.note)
    let divisors = matched.divisors(factors)
    let combination = try MaskedCombination(
      planes, matched: matched, masks: method.usesMasks ? masks : nil, fluxFactors: divisors,
      skies: applyFluxFactor ? masks?.skies ?? [] : [], exact: try exactPlanes(context), work: context.work)
    let result = try combination.combined(
      method, laMedian: useLamedian ? masks?.laMedian : nil, variance: variance == .noise ? .noise : .scatter,
      work: context.work)
    if method.usesMasks { context.report("\(method.rawValue): \(result.replaced) masked pixels") }
    if stack.exposures.contains(where: { $0.uncertainty != nil }) {
      let (pixels, squares) = (result.image.pixels, result.variance.pixels)
      let unknown = pixels.indices.count { squares[$0].isNaN && pixels[$0].isFinite }
      if unknown > 0 {
        context.note(
          "VARIANCE is NaN in \(unknown) pixels: neither an error nor gain and readout noise of their values are known"
        )
      }
    }
    result.varianceNote.map(context.note)
    let image = stack.combined(
      result, by: method, factors: factors, divisors: matched.totalDivisors(divisors), facts: found.facts)
    return CommandResult([.image(image)])
  }

  /// The exposures in double precision, where that tells more; values beyond the range of single precision are told.
  private func exactPlanes(_ context: CommandContext) throws -> [Plane<Double>] {
    guard stack.exposures.contains(where: \.hasDigitsBeyondSingle) else { return [] }
    let (count, pixels) = (Double(stack.count), Double(stack.shape.count))
    try context.work.require(
      bytes: (20 * count + 24) * pixels,
      for: "\(stack.count) exposures of \(stack.shape) pixels in double precision")
    let planes = stack.exactPlanes(work: context.work)
    for (k, plane) in planes.enumerated() {
      let beyond = plane.pixels.count { $0.isFinite && !Float($0).isFinite }
      if beyond > 0 {
        context.note(
          "\(stack.exposures[k].label(number: k + 1)): \(beyond) value\(beyond == 1 ? "" : "s") beyond 3.4e38 "
            + "do not count: combine calculates their noise in float32")
      }
    }
    return planes
  }
}
