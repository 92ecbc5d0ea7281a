extension Masking {
  /// How many standard deviations both values of a pixel lie above what the neighbours predict where L.A.Cosmic may say
  /// that both are hit.
  private static let coincident: Float = 6

  /// - Throws: `CRSError` (usage) for what two exposures cannot do.
  static func checkPair(_ options: MaskingOptions) throws {
    guard options.method.usesMM, options.detection == .pvalue, options.boundary == nil else {
      throw CRSError.usage(
        "two exposures have no diagram of medians and minima", parameter: "images",
        expected: "at least 3 exposures, or detector=pvalue and crmethod mm_lacosmic or mmcosmic")
    }
  }

  /// The masks of two exposures: what noise, smooth changes and the neighbours do not explain of their difference, and
  /// what L.A.Cosmic finds in their minimum.
  ///
  /// MEDIANCR and MEANCRT are the pixels that are hit in either of them: one hit spoils median and mean of two values.
  /// - Parameters: as `run`.
  func runPair(
    uuid: String, history: [String], review: ((ReviewedGroup) throws -> ReviewAnswer)?
  ) throws -> MaskingResult {
    var judged = try judgedPair()
    let (stack, judge, cleanable) = (judged.stack, judged.judge, judged.cleanable)
    var findings = judged.findings
    var (both, laMinimum) = try coincidences(stack, judge, cleanable)
    let least = Float(options.fluxFactors.min() ?? 1)
    // Sources of displaced exposures are compared where both would show them alike.
    let isMoved = judge.model.isMoved
    let values = isMoved ? judge.levelled : stack.isCommonScale ? stack.calibrated : stack.common
    let slack = isMoved ? AlikeHits.ofMoved : stack.sources != nil ? AlikeHits.ofFollowed : 0
    if let alike = AlikeHits(
      both, in: values, slack: slack, noise: stack.matched.noise.typical, factor: least)
    {
      both = both & !alike.mask
      findings.alikePixels = alike.mask.flagged
    }
    if let hot = try hotPixels(of: judged, both: both) {
      judged.hits = judged.hits.map { $0 & !hot.mask }
      both = both & !hot.mask
      findings.hotPixels = hot.findings
    }
    // Of two exposures L.A.Cosmic judges the minimum, which a lone value is.
    findings.loneHits =
      stack.planes.used.map { used in
        both.plane.pixels.indices.count { both.plane.pixels[$0] != 0 && used.pixels[$0] == 1 }
      } ?? 0
    var found = judged.hits.map { $0 | both }
    if options.pvalue.hysteresis > 0, both.flagged > 0 {
      found = try judge.withCrossings(found, allowed: cleanable.mask)
    }
    findings.coincidences = (found[0] & found[1]).flagged - findings.loneHits
    findings.broad = BroadHits(among: found).findings
    findings.onSources = try hitsOnSources(found, stack)
    var codes = MaskCodes.codes(mmcosmic: found[0] | found[1], lacosmic: both)
    MaskCodes.force(options.flaggedPixels, in: &codes)
    for pixel in options.flaggedPixels {
      for k in found.indices { found[k][pixel.x - 1, pixel.y - 1] = true }
    }
    var masks = try found.enumerated().map { k, mask in
      let grown = try mask.dilated(times: options.dilation, work: work)
      return stack.there((grown & cleanable.mask) | mask, in: k)
    }
    var union = masks[0] | masks[1]
    for i in 0..<codes.count where codes.pixels[i] == 0 && union.plane.pixels[i] != 0 { codes.pixels[i] = 1 }
    if let review {
      union = try union.reviewed(codes: codes, review)
      masks = masks.map { $0 & union }
      for i in 0..<codes.count where union.plane.pixels[i] == 0 { codes.pixels[i] = 0 }
    }
    func target(_ target: TargetDetection.Target, _ image: Plane<Float>, _ mm: Mask, _ grown: Mask)
      -> TargetDetection
    {
      var out = TargetDetection(target: target, image: image, perIteration: [], iterationLimit: 0)
      (out.lacosmic, out.mmcosmic, out.dilated) = (both, mm, grown)
      // An exposure has no hit where it has no value.
      if case .exposure(let number) = target {
        (out.lacosmic, out.mmcosmic) = (stack.there(both, in: number - 1), stack.there(mm, in: number - 1))
      }
      return out
    }
    let detections =
      [
        target(.median, stack.planes.median, found[0] | found[1], union),
        target(.mean, stack.planes.mean, found[0] | found[1], union),
      ]
      + stack.calibrated.enumerated().map { target(.exposure($0 + 1), $1, found[$0], masks[$0]) }
    let problematic = masks[0] & masks[1]
    return MaskingResult(
      masks: MaskSet(
        medianCR: union, meanCRT: union, exposures: masks, laMedian: laMinimum,
        localMedians: options.localMedians, fluxFactors: options.fluxFactors, uuid: uuid, history: history,
        significance: judged.score, leftOut: stack.leftOut),
      exposures: stack.calibrated, planes: stack.planes, diagram: nil, boundary: nil,
      threshold: options.threshold ?? 0, detections: detections, codes: codes,
      groups: ConnectedRuns(of: union.plane, connectivity: .four), problematic: problematic,
      problematicGroups: ConnectedRuns(of: problematic.plane, connectivity: .four),
      overlappingLocalMedians: cleanable.overlappingLocalMedians, pvalue: nil, pair: judge.pairSummary,
      isByProbability: true, findings: findings)
  }

  /// What two exposures show by their noise, before anything else judges them.
  struct JudgedPair {
    let stack: ExaminedStack
    let judge: PValueDetector
    let cleanable: CleanableArea
    /// Of each exposure.
    var hits: [Mask]
    /// The larger -log10 of the two probabilities of each pixel.
    let score: Plane<Float>
    var findings: StackFindings
  }

  func judgedPair() throws -> JudgedPair {
    let stack = try examinedStack()
    let shape = stack.planes.median.shape
    let cleanable = try CleanableArea(options, shape: shape)
    let judge = try PValueDetector(
      stack.common, factors: options.fluxFactors, offsets: options.offsets, noise: stack.matched.noise,
      options: options.pvalue, sources: stack.sources, work: work)
    let judged = try judge.pair(allowed: cleanable.mask)
    var findings = stack.findings
    findings.followedPixels = stack.sources?.pixels ?? 0
    // Most pairs show nothing of the kind, and take less time so.
    let flagged = judged.masks.map(\.flagged)
    let isUneven = (flagged.max() ?? 0) > 3 * (flagged.min() ?? 0) + 100
    let isOdd =
      findings.displacement != nil || findings.isUnlike || findings.raisedNoise != nil
      || findings.scatter != nil
    // What was followed in part is told by its size before.
    findings.difference = try otherScene(of: stack)
    if findings.difference == nil, isUneven || isOdd || judge.changing.part > 0.002 {
      findings.difference = try difference(of: stack)
      if case .offset? = findings.difference?.cause, stack.isCommonScale {
        findings.difference = try findings.difference?.measured(
          in: stack.calibrated, factors: stack.factors, noise: stack.matched.noise, work: work)
      }
    }
    let pixels = Double(max(1, shape.width * shape.height))
    findings.doubtNumbers(hitFraction: Double(flagged.max() ?? 0) / pixels)
    if findings.difference == nil, !findings.deviating.isEmpty {
      findings.followedSky = try followedSky(of: stack)
    }
    var hits = judged.masks.map { bright($0, stack) }
    let varying = VaryingSources(
      among: hits, in: stack.common, factors: stack.factors, noise: stack.matched.noise)
    findings.varying = varying.findings
    if varying.findings != nil { for k in hits.indices { hits[k] = hits[k] & !varying.masks[k] } }
    if options.offsets.allSatisfy({ $0 == .zero }) {
      let sources = try sharedSources(stack, median: Mask(shape: shape), singles: hits, isTypical: true)
      findings.sources = sources?.findings
      if let sources {
        for k in hits.indices { hits[k] = hits[k] & !sources.exposures[k] }
      }
    }
    return JudgedPair(
      stack: stack, judge: judge, cleanable: cleanable, hits: hits, score: judged.score, findings: findings)
  }

  /// Mean square of a pair's difference from which on something else than noise makes it.
  private static let unlike = 1.05

  /// A displacement or another sharpness of a pair, which smooth changes follow in part; nil where none shows. They follow
  /// another sky or flux whole.
  private func otherScene(of stack: ExaminedStack) throws -> ExposureDifference? {
    let before = stack.findings.changes?.steps.first?.before ?? 0
    guard stack.isCommonScale, before > Self.unlike || stack.findings.isUnlike || stack.sources != nil else {
      return nil
    }
    let found = try difference(of: stack, as: stack.calibrated)
    if case .offset? = found?.cause { return found }
    if let blur = try blurred(stack, stack.calibrated, median: stack.planes.median) { return blur }
    if case .seeing? = found?.cause { return found }
    return nil
  }

  /// How much more sky the second exposure has [ADU], where that makes its level another one and was followed; nil
  /// otherwise.
  private func followedSky(of stack: ExaminedStack) throws -> Double? {
    guard stack.isCommonScale, stack.findings.changes != nil,
      let found = try difference(of: stack, as: stack.calibrated), case .sky(let level) = found.cause
    else { return nil }
    return found.exposure == 2 ? level : -level
  }

  /// What two exposures show by their noise alone: the hits of each, the probabilities and what was found out.
  ///
  /// - Throws: as `run`.
  package func pairProbabilities() throws -> (
    hits: [Mask], score: Plane<Float>, findings: StackFindings, summary: PValueDetector.PairSummary
  ) {
    var judged = try judgedPair()
    if let hot = try hotPixels(of: judged, both: Mask(shape: judged.cleanable.mask.shape)) {
      judged.hits = judged.hits.map { $0 & !hot.mask }
      judged.findings.hotPixels = hot.findings
    }
    judged.findings.broad = BroadHits(among: judged.hits).findings
    judged.findings.onSources = try hitsOnSources(judged.hits, judged.stack)
    return (judged.hits, judged.score, judged.findings, judged.judge.pairSummary)
  }

  /// Hot pixels of a pair; nil where they look hit no more often than others.
  ///
  /// - Parameter both: pixels that look hit in both exposures by their shape.
  private func hotPixels(of judged: JudgedPair, both: Mask) throws -> HotPixels? {
    let stack = judged.stack
    let counts = judged.hits.map { Double(($0 | both).flagged) }
    let planes = try stack.commonPlanes(work: work)
    return try HotPixels(
      planes, count: 2, noise: stack.matched.noise.typical,
      flagged: judged.hits.reduce(both) { $0 | $1 },
      chance: counts[0] * counts[1] / Double(max(1, both.plane.count)), work: work)
  }

  /// Pixels that the criteria of brightness and contrast allow.
  private func bright(_ mask: Mask, _ stack: ExaminedStack) -> Mask {
    let smallest = Float(options.threshold ?? 0)
    let (a, b) = (stack.common[0], stack.common[1])
    var out = mask
    for i in 0..<mask.plane.count where mask.plane.pixels[i] != 0 {
      // Half of it is what the median differs from the minimum.
      if 0.5 * (a.pixels[i] - b.pixels[i]).magnitude < smallest { out.plane.pixels[i] = 0 }
    }
    return out
  }

  /// Pixels hit in both exposures: L.A.Cosmic finds them in the minimum, and both values stand out of what the
  /// neighbours predict. Also the minimum that L.A.Cosmic cleaned; nil without it.
  private func coincidences(
    _ stack: ExaminedStack, _ judge: PValueDetector, _ cleanable: CleanableArea
  ) throws -> (Mask, Plane<Float>?) {
    let shape = stack.planes.median.shape
    guard let auxiliary else { return (Mask(shape: shape), nil) }
    let low = try StackPlanes(stack.common, work: work).minimum
    let found = try auxiliary(stack.surrounded(low), stack.readoutNoise, true)
    var mask = found.mask & cleanable.mask
    guard options.pvalue.vetoesLacosmic, let prior = judge.prior else {
      return (stack.there(mask), found.clean)
    }
    if let used = stack.planes.used {
      // A lone value tells no more than its shape does.
      let standing = standingOut(mask, of: low, stack)
      for i in 0..<mask.plane.count where used.pixels[i] == 1 {
        mask.plane.pixels[i] &= standing.plane.pixels[i]
      }
    }
    let noise = stack.matched.noise.typical
    let least = Float(options.fluxFactors.min() ?? 1)
    for i in 0..<mask.plane.count where mask.plane.pixels[i] != 0 && stack.planes.used?.pixels[i] != 1 {
      let (perSignal, readout) = noise.at(i)
      let level = prior.prediction.pixels[i]
      let d = prior.deviation.pixels[i]
      let variance = max(level, 0) * perSignal / least + readout / (least * least) + d * d
      let excess = low.pixels[i] - level
      if !(excess > 0 && excess * excess > Self.coincident * Self.coincident * variance) {
        mask.plane.pixels[i] = 0
      }
    }
    return (stack.there(mask), found.clean)
  }
}
