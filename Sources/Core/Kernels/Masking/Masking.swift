/// Makes all masks of a stack of equivalent exposures.
package struct Masking: Sendable {
  let exposures: [ExposurePlanes]
  /// The exposures made comparable, where the caller has them.
  let matched: MatchedExposures?
  let options: MaskingOptions
  let auxiliary: AuxiliaryDetector?
  /// What judges values that are the only ones of their pixel; nil: `auxiliary`.
  let loneDetector: AuxiliaryDetector?
  let work: Work

  /// - Parameters:
  ///   - exposures: at least 2, of one shape.
  ///   - matched: what `MatchedExposures` makes of them; nil: made here.
  ///   - auxiliary: L.A.Cosmic with its parameters; needed unless the method is mmcosmic.
  ///   - loneDetector: the same for values that are the only ones of their pixel; nil: `auxiliary`.
  /// - Throws: `CRSError` (data, usage) for too few exposures, other shapes or positions outside.
  package init(
    _ exposures: [ExposurePlanes], matched: MatchedExposures? = nil, options: MaskingOptions,
    auxiliary: AuxiliaryDetector?, loneDetector: AuxiliaryDetector? = nil, work: Work
  ) throws {
    let least = options.compatibility == nil ? 2 : 3
    guard exposures.count >= least else {
      throw CRSError.data(
        "\(exposures.count) exposure\(exposures.count == 1 ? "" : "s") in the stack", parameter: "images",
        expected: "at least \(least) equivalent exposures",
        hint: exposures.count == 1 ? "lacosmic finds cosmic rays in one exposure" : nil)
    }
    if exposures.count == 2 { try Self.checkPair(options) }
    let shape = exposures[0].shape
    for (number, exposure) in exposures.enumerated() {
      guard exposure.shape == shape else {
        throw CRSError.data(
          "exposure \(number + 1) is \(exposure.shape), exposure 1 is \(shape)", parameter: "images",
          expected: "equal shapes")
      }
      if let mask = exposure.mask, mask.shape != shape {
        throw CRSError.data(
          "the mask of exposure \(number + 1) is \(mask.shape)", parameter: "images",
          expected: "the shape \(shape)")
      }
      let detector = exposure.detector
      let values = [("gain", detector.gain), ("rnoise", detector.readoutNoise), ("bias", detector.bias)]
      for (name, value) in values {
        if case .plane(let plane) = value, plane.shape != shape {
          throw CRSError.data(
            "\(name) is a plane of \(plane.shape)", parameter: name, expected: "the shape \(shape)")
        }
      }
    }
    guard options.fluxFactors.count == exposures.count else {
      throw CRSError.usage(
        "\(options.fluxFactors.count) factors for \(exposures.count) exposures", parameter: "flux_factor",
        expected: "one for each exposure")
    }
    guard options.offsets.count == exposures.count else {
      throw CRSError.usage(
        "\(options.offsets.count) offsets for \(exposures.count) exposures", parameter: "mm_xy_offsets",
        expected: "one pair for each exposure")
    }
    // numina knows no masks and one detector.
    self.exposures =
      options.compatibility == nil
      ? exposures : [ExposurePlanes](exposures.map(\.pixels), detector: exposures[0].detector)
    self.matched = matched
    self.options = options
    self.auxiliary = options.method.usesLacosmic ? auxiliary : nil
    self.loneDetector = options.method.usesLacosmic ? loneDetector : nil
    self.work = work
  }

  var isCompatible: Bool { options.compatibility == .numina036 }

  /// Runs both detectors on the median, the mean and every exposure.
  ///
  /// - Parameters:
  ///   - uuid: identifies the masks.
  ///   - history: lines that the mask set carries.
  ///   - review: asked about each group of MEDIANCR; nil: all are kept.
  /// - Throws: `CRSError` (data) when the diagram is empty or a position lies outside; interrupted.
  package func run(
    uuid: String, history: [String], review: ((ReviewedGroup) throws -> ReviewAnswer)? = nil
  ) throws -> MaskingResult {
    if exposures.count == 2 { return try runPair(uuid: uuid, history: history, review: review) }
    let searched = try searchedStack()
    var (evidence, mm) = (searched.evidence, searched.masks)
    let (stack, cleanable, singles) = (evidence.stack, searched.cleanable, searched.singles)
    let planes = stack.planes

    let (median, codes) = try medianTarget(mm, &evidence, cleanable, review)
    let medianCR = median.dilated
    let mean = try meanTarget(mm[1], evidence, cleanable, medianCR: medianCR)
    let meanCRT = mean.dilated
    var detections = [median, mean]
    for (index, single) in singles.enumerated() {
      detections.append(
        try exposureTarget(
          index, single, mm[index + 2], evidence, cleanable, medianCR: medianCR, meanCRT: meanCRT))
      mm[index + 2] = Mask(shape: Shape(width: 0, height: 0))
    }

    let laMedian = evidence.auxiliary.map { isCompatible ? scaledByGain($0.clean) : $0.clean }
    let problematic = problematic(in: detections, laMedian: laMedian)
    let masks = MaskSet(
      medianCR: medianCR, meanCRT: meanCRT, exposures: detections.dropFirst(2).map(\.dilated),
      laMedian: laMedian,
      localMedians: options.localMedians, fluxFactors: options.fluxFactors, uuid: uuid, history: history,
      significance: evidence.judged?.result.score, leftOut: stack.leftOut)
    return MaskingResult(
      masks: masks, exposures: stack.calibrated, planes: planes, diagram: evidence.curves?.diagram,
      boundary: evidence.curves?.main, threshold: evidence.threshold, detections: detections, codes: codes,
      groups: ConnectedRuns(of: medianCR.plane, connectivity: .four), problematic: problematic,
      problematicGroups: ConnectedRuns(of: problematic.plane, connectivity: .four),
      overlappingLocalMedians: cleanable.overlappingLocalMedians, pvalue: evidence.summary,
      isByProbability: evidence.judged != nil, findings: evidence.findings)
  }

  /// What was searched, and what the median-minimum detector flags in it.
  private struct Searched {
    let evidence: Evidence
    let cleanable: CleanableArea
    /// The exposures that are searched [ADU].
    let singles: [Plane<Float>]
    /// Of the median, the mean and each exposure.
    let masks: [Mask]
  }

  /// Fewer low values than this among the hits may be the false alarms that were asked for.
  private static let fewestLow = 3
  /// Passes without low values among the hits: each one that is left out makes the others clearer.
  private static let passes = 3

  /// Searches the exposures, once more without the low values that made other exposures look hit.
  private func searchedStack() throws -> Searched {
    var stack = try examinedStack()
    var pass = 0
    while true {
      pass += 1
      var cleanable = try CleanableArea(options, shape: stack.planes.median.shape)
      var evidence = try evidence(of: stack, &cleanable)
      // numina takes the exposures as they were read.
      let singles = isCompatible ? exposures.map(\.pixels) : stack.calibrated
      var masks = try mmMasks(evidence, singles, cleanable)
      // Where levels differ, nearly everything looks hit.
      if !isCompatible, options.method.usesMM, pass <= Self.passes, stack.findings.deviating.isEmpty {
        let low = try LowValues(
          among: masks[0], in: stack.common, factors: stack.factors, noise: stack.noise, work: work)
        if low.total >= Self.fewestLow {
          stack = try stack.without(low, work: work)
          continue
        }
      }
      leaveOutVarying(&masks, &evidence)
      if !isCompatible, options.method.usesMM {
        let hits = Array(masks.dropFirst(2))
        evidence.findings.broad = BroadHits(among: hits).findings
        if evidence.judged != nil { evidence.findings.onSources = try hitsOnSources(hits, stack) }
        // Sources that differ scatter.
        if evidence.findings.onSources != nil { evidence.findings.doubtNumbers(hitFraction: nil) }
      }
      return Searched(evidence: evidence, cleanable: cleanable, singles: singles, masks: masks)
    }
  }

  /// Takes sources of another brightness out of the hits of single exposures. Where levels differ all sources have one.
  ///
  /// - Parameter masks: of the median, the mean and each exposure.
  private func leaveOutVarying(_ masks: inout [Mask], _ evidence: inout Evidence) {
    let stack = evidence.stack
    guard !isCompatible, options.method.usesMM, stack.findings.deviating.isEmpty else { return }
    let varying = VaryingSources(
      among: Array(masks.dropFirst(2)), in: evidence.judged?.exposures ?? stack.common,
      factors: stack.factors, noise: stack.noise)
    guard varying.findings != nil else { return }
    (evidence.varying, evidence.findings.varying) = (varying, varying.findings)
    for k in varying.masks.indices { masks[k + 2] = masks[k + 2] & !varying.masks[k] }
    masks[1] = masks[1] & !varying.gone(from: Array(masks.dropFirst(2)))
  }

  /// - Parameter cleanable: hot pixels are taken out of it.
  private func evidence(of stack: ExaminedStack, _ cleanable: inout CleanableArea) throws -> Evidence {
    var evidence = Evidence(stack: stack, findings: stack.findings)
    evidence.summary = try comparison(stack, cleanable: cleanable.mask)
    evidence.auxiliary = try auxiliary?(stack.surrounded(stack.planes.median), stack.readoutNoise, true)
    if stack.hasGaps {
      // What has no value stays without one.
      let median = stack.planes.median
      for i in 0..<median.count where !median.pixels[i].isFinite {
        evidence.auxiliary?.clean.pixels[i] = .nan
        evidence.auxiliary?.mask.plane.pixels[i] = 0
      }
    }
    if options.detection == .pvalue, options.method.usesMM {
      var found = try judge(
        stack, cleanable: cleanable.mask, lacosmic: evidence.auxiliary.map { $0.mask & cleanable.mask })
      let hits = found.singles.reduce(found.result.mask) { $0 | $1.mask }
      let planes = try stack.commonPlanes(work: work)
      if let hot = try HotPixels(
        planes, count: stack.common.count, noise: stack.noise.typical, flagged: hits,
        chance: chanceOfAll(found.singles.map(\.mask)), work: work)
      {
        evidence.findings.hotPixels = hot.findings
        cleanable.leaveOut(hot.mask, but: options.flaggedPixels)
        found = try judge(
          stack, cleanable: cleanable.mask, lacosmic: evidence.auxiliary.map { $0.mask & cleanable.mask })
      }
      if options.pvalue.vetoesLacosmic, let mask = evidence.auxiliary?.mask {
        evidence.auxiliary?.mask = mask & found.result.mask
      }
      evidence.summary = found.result.summary
      evidence.findings.followedPixels = found.result.summary.followedPixels
      evidence.findings.followedLight = found.result.summary.followedLight
      if evidence.findings.followedPixels > 0, evidence.findings.scatter != nil {
        // What was followed is no scatter.
        checkScatter(
          found.exposures, median: try StackPlanes(found.exposures, work: work).median, noise: stack.noise,
          into: &evidence.findings)
        evidence.findings.forgetAcceptedScatter()
      }
      evidence.judged = found
    }
    if let lone = try loneHits(of: stack, cleanable) {
      evidence.lone = lone
      evidence.findings.loneHits = lone.mask.flagged
      for i in 0..<lone.mask.plane.count where lone.mask.plane.pixels[i] != 0 {
        evidence.auxiliary?.clean.pixels[i] = lone.clean?.pixels[i] ?? .nan
      }
    }
    if options.method.usesMM {
      do {
        evidence.curves = try makeBoundaries(stack)
      } catch let error as CRSError
        where error.kind == .data && options.detection == .pvalue && options.compatibility == nil
      {
        // Probabilities need no boundary; the figure has none.
        evidence.findings.noBoundary = error.message
      }
    }
    evidence.findings.difference = try difference(of: stack)
    if evidence.findings.isOtherFluxFollowed { evidence.findings.difference = nil }
    evidence.findings.doubtNumbers(hitFraction: evidence.summary?.hitFraction)
    evidence.threshold = options.threshold ?? evidence.curves?.main?.lowest ?? 0
    return evidence
  }

  /// How many pixels chance hits in every exposure.
  private func chanceOfAll(_ hits: [Mask]) -> Double {
    guard let pixels = hits.first.map({ Double($0.plane.count) }), pixels > 0 else { return 0 }
    return hits.reduce(pixels) { $0 * Double($1.flagged) / pixels }
  }

  /// What makes an exposure differ from the others; exposures that are known to lie apart are not compared.
  ///
  /// - Parameter exposures: to be compared; nil: those that are searched.
  func difference(of stack: ExaminedStack, as exposures: [Plane<Float>]? = nil) throws -> ExposureDifference?
  {
    guard !isCompatible, options.offsets.allSatisfy({ $0 == .zero }), stack.findings.differences == nil else {
      return nil
    }
    if let displacement = stack.findings.displacement { return displacement }
    try work.checkCancelled()
    let median = try stack.commonPlanes(work: work).median
    let (exposures, factors, noise) = (exposures ?? stack.common, stack.factors, stack.noise)
    let blur =
      exposures.count > 2 && stack.findings.isUnlike && !factors.areUnlikeFactors
      ? try blurred(stack, exposures, median: median) : nil
    var other = ExposureDifference.largest(
      of: exposures, median: median, factors: factors, noise: noise)
    if case .flux? = other?.cause, stack.findings.levels?.areHits == true { other = nil }
    if let blur {
      switch other?.cause {
      case nil, .seeing: return blur
      // Another place looks a little blurred, and another level hides what is less.
      case .offset: if blur.pixels >= other?.pixels ?? 0 { return blur }
      case .flux(let factor) where !stack.findings.confirms(factor, of: other?.exposure ?? 0): return blur
      case .sky, .flux:
        if blur.pixels >= other?.pixels ?? 0 || stack.findings.deviating.isEmpty { return blur }
      }
    }
    return try other?.measured(in: exposures, factors: factors, noise: noise, work: work)
  }

  /// The exposure whose sharpness is another one; nil where none does.
  func blurred(
    _ stack: ExaminedStack, _ exposures: [Plane<Float>], median: Plane<Float>
  ) throws -> ExposureDifference? {
    guard
      let blur = try BlurTrial(of: exposures, median: median, noise: stack.noise.typical, work: work)
    else { return nil }
    return ExposureDifference(
      exposure: blur.exposure + 1, cause: .seeing(blur.width, isSharper: blur.isSharper), pixels: blur.pixels)
  }

  /// numina keeps LAMEDIAN in electrons.
  private func scaledByGain(_ plane: Plane<Float>) -> Plane<Float> {
    guard let gain = exposures[0].detector.gain.uniform, gain != 1 else { return plane }
    return plane.map { Float(Double($0) * gain) }
  }
}
