/// The exposures of a run with what counts of them, and what was found out about them.
struct ExaminedStack {
  /// Bias subtracted, levels matched by gains.
  let matched: MatchedExposures
  /// Relative flux of each exposure.
  let factors: [Double]
  /// Divided by the flux factors where those apply to exposures; NaN where a value does not count.
  let calibrated: [Plane<Float>]
  /// The same on the scale of flux factor 1.
  let common: [Plane<Float>]
  /// Of the calibrated exposures.
  let planes: StackPlanes
  /// Values that lie too low, one mask for each exposure; empty for none.
  let leftOut: [Mask]
  /// What the sources of two exposures differed by, which was taken off the common ones; nil for none.
  let sources: SourceChanges?
  /// How much more sky each of several exposures has, which was taken off the common ones; nil for none.
  let skies: SkyDifferences?
  fileprivate(set) var findings: StackFindings
  /// Readout noise that was measured instead of the one that is known [ADU]; nil where the known one holds.
  let measuredReadout: Double?

  /// Of the common exposures before they were divided by flux factors.
  var noise: StackNoise { skies?.noise ?? matched.noise }

  /// Combinations of the common exposures.
  ///
  /// - Throws: `CRSError.interrupted`.
  func commonPlanes(work: Work) throws -> StackPlanes {
    isCommonScale && skies == nil ? planes : try StackPlanes(common, work: work)
  }

  /// Whether any value does not count.
  var hasGaps: Bool { planes.used != nil }

  /// Pixels by the number of their values, from 0; nil where every pixel has all.
  var numbersOfValues: [Int]? {
    planes.used.map { used in
      let all = calibrated.count
      var counts = [Int](repeating: 0, count: all + 1)
      for count in used.pixels where count != all { counts[Int(count)] += 1 }
      counts[all] = used.count - counts.reduce(0, +)
      return counts
    }
  }

  /// What a calibrated exposure was not divided by.
  func factor(_ k: Int) -> Float { factors[k] == 1 ? 1 : isCommonScale ? 1 : Float(factors[k]) }
  let isCommonScale: Bool

  /// Readout noise for L.A.Cosmic on the median and the mean [ADU]; nil where that of its parameters holds.
  var readoutNoise: Double? {
    matched.noise.isCommon ? measuredReadout : matched.noise.typicalDetector.readoutNoise.typical
  }

  /// The same for a single exposure.
  func readoutNoise(of exposure: Int) -> Double? {
    matched.noise.isCommon ? measuredReadout : matched.noise.detector(exposure).readoutNoise.typical
  }

  /// The same without further low values.
  ///
  /// - Throws: `CRSError.interrupted`.
  func without(_ low: LowValues, work: Work) throws -> ExaminedStack {
    let calibrated = low.without(calibrated)
    var findings = findings
    findings.lowValues =
      findings.lowValues.isEmpty ? low.low : zip(findings.lowValues, low.low).map { $0 + $1 }
    var stack = ExaminedStack(
      matched: matched, factors: factors, calibrated: calibrated, common: low.without(common),
      planes: try StackPlanes(calibrated, work: work),
      leftOut: leftOut.isEmpty ? low.masks : zip(leftOut, low.masks).map { $0 | $1 }, sources: sources,
      skies: skies, findings: findings, measuredReadout: measuredReadout, isCommonScale: isCommonScale)
    stack.findings.numbersOfValues = stack.numbersOfValues
    return stack
  }

  /// The mask without pixels that have no value, or none in one exposure.
  func there(_ mask: Mask, in exposure: Int? = nil) -> Mask {
    guard hasGaps else { return mask }
    let plane = exposure.map { calibrated[$0] } ?? planes.minimum
    var out = mask
    for i in 0..<out.plane.count where !plane.pixels[i].isFinite { out.plane.pixels[i] = 0 }
    return out
  }

  /// A combination for a search by shape: a pixel without any value looks like its surroundings, and is never flagged.
  func surrounded(_ plane: Plane<Float>) -> Plane<Float> {
    guard hasGaps else { return plane }
    var out = plane
    out.fillGaps()
    return out
  }

  /// An exposure with the median of the values that are there where its own does not count: something that looks like
  /// its surroundings and is never judged.
  ///
  /// - Parameter factor: level of the exposure relative to the median.
  func filled(_ exposure: Plane<Float>, factor: Float) -> Plane<Float> {
    guard hasGaps else { return exposure }
    var out = exposure
    for i in 0..<out.count where !out.pixels[i].isFinite { out.pixels[i] = planes.median.pixels[i] * factor }
    return surrounded(out)
  }
}

extension Masking {
  /// The largest bias, where hardly any value lay below 0 before it was taken off; nil otherwise.
  private var excessiveBias: Double? {
    let largest = exposures.map(\.detector.bias.typical).max() ?? 0
    guard largest > 0 else { return nil }
    let pixels = exposures[0].pixels.pixels
    return 100 * pixels.count { $0 < 0 } < pixels.count ? largest : nil
  }

  /// Matches the exposures, looks at their levels, and leaves out values that lie too low; nothing of the kind under
  /// compatibility.
  ///
  /// - Throws: `CRSError` (data) when an exposure's level is far from the others'; interrupted.
  func examinedStack() throws -> ExaminedStack {
    var matched = try matched ?? MatchedExposures(exposures, work: work)
    let factors = options.fluxFactors
    let isScaled = options.applyFluxFactorTo == .original
    let isEqual = isScaled || factors.allSatisfy { $0 == 1 }
    var calibrated = isScaled ? try matched.divided(by: factors, work: work) : matched.planes
    var planes = try StackPlanes(calibrated, work: work)
    var findings = StackFindings()
    guard !isCompatible else {
      return ExaminedStack(
        matched: matched, factors: factors, calibrated: calibrated, common: calibrated, planes: planes,
        leftOut: [], sources: nil, skies: nil, findings: findings, measuredReadout: nil, isCommonScale: true)
    }
    if options.detection == .pvalue {
      let apart = options.offsets.spread
      findings.apart = apart > Self.nearby ? apart : nil
    }
    var common = isEqual ? calibrated : try matched.divided(by: factors, work: work)
    var commonPlanes = isEqual ? planes : try StackPlanes(common, work: work)
    var measured: Double?
    var skies: SkyDifferences?
    var noise: StackNoise { skies?.noise ?? matched.noise }
    var unlit = LowValues(whole: [], of: common)
    if let check = DifferenceCheck(
      common, median: commonPlanes.median, factors: factors, noise: matched.noise),
      check.isDifference
    {
      let assumed = matched.noise.typicalDetector.readoutNoise.typical
      let scale = max(1, check.scatter)
      matched = matched.replacing(noise: matched.noise.scaled(by: scale))
      findings.differences = (assumed, assumed * scale)
      findings.excessiveBias = excessiveBias
      measured = assumed * scale
    } else {
      try checkLevels(common, planes: commonPlanes, noise: matched.noise, into: &findings)
      if !findings.unlit.isEmpty {
        // What saw no light is no low value of the sky.
        unlit = LowValues(whole: findings.unlit, of: common)
        (calibrated, common) = (unlit.without(calibrated), unlit.without(common))
        planes = try StackPlanes(calibrated, work: work)
        commonPlanes = isEqual ? planes : try StackPlanes(common, work: work)
      }
      if common.count > 2, findings.unlit.isEmpty, findings.refused.isEmpty,
        let found = SkyDifferences(of: common, factors: factors, noise: matched.noise)
      {
        (skies, common) = (found, found.without(common))
        commonPlanes = try StackPlanes(common, work: work)
        let levels = StackLevels(common, planes: commonPlanes, noise: found.noise)
        (findings.followedSkies, findings.skyRange) = (found.besideMiddle, found.range)
        findings.isOtherLevel = !findings.deviating.isEmpty && levels.deviating.isEmpty
        (findings.levels, findings.deviating) = (levels, levels.deviating)
      }
      if findings.deviating.isEmpty {
        checkScatter(common, median: commonPlanes.median, noise: noise, into: &findings)
      }
    }
    if findings.differences == nil, findings.unlit.isEmpty {
      if options.offsets.allSatisfy({ $0 == .zero }) {
        (findings.displacement, findings.isUnlike, _) = try ExposureDifference.displaced(
          of: common, median: commonPlanes.median, factors: factors, noise: noise, work: work)
      } else if options.detection == .pvalue {
        findings.misplaced = try MisplacedExposures(
          common, offsets: options.offsets, factors: factors, noise: noise, work: work)
      }
    }
    // Frequent drop-outs of two exposures make them unlike too.
    let isBlurred =
      try findings.isUnlike
      && (common.count > 2 || areOfOtherSeeing(common, commonPlanes.median, factors, matched.noise))
    let isUnlike = isBlurred || findings.displacement != nil
    let pair = try FollowedPair(
      common, planes: commonPlanes, offsets: options.offsets, factors: factors, noise: matched.noise,
      axes: findings.unlit.isEmpty ? options.changes : .none,
      followsSources: options.pvalue.mismatch == nil && findings.differences == nil && findings.unlit.isEmpty
        && findings.displacement == nil,
      isUnlike: isUnlike,
      measuresNoise: findings.unlit.isEmpty && findings.differences == nil && findings.displacement == nil
        && !exposures[0].isNoiseOfErrors,
      work: work)
    if pair.changes != nil || pair.sources != nil || pair.low?.masks.isEmpty == false {
      findings.changes = pair.changes
      common = pair.exposures
      commonPlanes = try pair.planes ?? StackPlanes(common, work: work)
      if pair.changes != nil, findings.deviating.isEmpty {
        // What was followed is no scatter.
        checkScatter(common, median: commonPlanes.median, noise: matched.noise, into: &findings)
        // Following takes some of the noise with it.
        findings.forgetAcceptedScatter()
      }
    }
    if let raised = pair.raised {
      matched = matched.replacing(noise: pair.noise)
      measured = raised.measured
      (findings.raisedNoise, findings.scatter, findings.numbersThatSuit) = (raised, nil, nil)
    }
    // Values of one pixel tell nothing of each other where exposures are known to show other places there.
    let isApart = options.offsets.spread > Self.elsewhere
    let found =
      isApart
      ? LowValues(whole: [], of: common)
      : try LowValues(
        in: common, factors: factors, noise: noise, planes: commonPlanes,
        isUnlike: isUnlike || options.offsets.spread > Self.beside, work: work)
    let low = found.joined(with: pair.low).joined(with: unlit)
    if !low.masks.isEmpty {
      calibrated = low.without(calibrated)
      common = low.without(common)
      planes = try StackPlanes(calibrated, work: work)
      (findings.lowValues, findings.undecided) = (low.low, low.undecided)
    }
    var stack = ExaminedStack(
      matched: matched, factors: factors, calibrated: calibrated, common: common, planes: planes,
      leftOut: low.masks, sources: pair.sources, skies: skies, findings: findings, measuredReadout: measured,
      isCommonScale: isEqual)
    stack.findings.numbersOfValues = stack.numbersOfValues
    return stack
  }

  /// Whether one of two exposures is blurred.
  private func areOfOtherSeeing(
    _ exposures: [Plane<Float>], _ median: Plane<Float>, _ factors: [Double], _ noise: StackNoise
  ) throws -> Bool {
    if try BlurTrial(of: exposures, median: median, noise: noise.typical, work: work) != nil { return true }
    let found = ExposureDifference.largest(
      of: exposures, median: median, factors: factors, noise: noise)
    if case .seeing? = found?.cause { return true }
    return false
  }

  /// Displacements from which on steep places differ, and from which on a pixel of another exposure shows something else [pixel].
  private static let (beside, elsewhere) = (0.3, 1.5)
  /// Pixels by which exposures may lie apart: what one shows at a pixel must tell what the others do.
  private static let nearby = 20.0

  func checkScatter(
    _ exposures: [Plane<Float>], median: Plane<Float>, noise: StackNoise, into findings: inout StackFindings
  ) {
    (findings.scatter, findings.numbersThatSuit) = (nil, nil)
    // Known offsets make sources scatter; dark pixels still tell (`DarkNoise`).
    guard options.offsets.allSatisfy({ $0 == .zero }) else { return }
    guard let scatter = StackScatter(exposures, median: median, factors: options.fluxFactors, noise: noise)
    else { return }
    let numbers = self.exposures[0].isNoiseOfErrors ? nil : scatter.numbers(noise)
    if numbers != nil || !StackScatter.accepted.contains(scatter.ratio) {
      (findings.scatter, findings.numbersThatSuit) = (scatter, numbers)
    }
  }

  private func checkLevels(
    _ exposures: [Plane<Float>], planes: StackPlanes, noise: StackNoise, into findings: inout StackFindings
  ) throws {
    let levels = StackLevels(exposures, planes: planes, noise: noise)
    // Flux factors have been taken out already.
    let expected =
      options.expectedLevels.isEmpty
      ? exposures.map { _ in 1 } : zip(options.expectedLevels, options.fluxFactors).map { $0 / $1 }
    let outside = try levels.refuse(expected: expected, parameter: "images", isForced: options.isForced)
    (findings.levels, findings.deviating, findings.refused) = (levels, levels.deviating, outside)
    findings.unlit = outside.isEmpty ? [] : levels.unlit
  }
}
