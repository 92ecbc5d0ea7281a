/// What the detectors say of a stack, before its median, its mean and its exposures are masked.
struct Evidence {
  let stack: ExaminedStack
  var findings: StackFindings
  /// L.A.Cosmic on the median; nil without it.
  var auxiliary: AuxiliaryDetection?
  /// Hits among values that are the only ones of their pixel; nil for none.
  var lone: LoneHits?
  /// Flags by probabilities; nil when the boundary decides.
  var judged: PValueFlags?
  var summary: PValueDetector.Summary?
  /// nil when nothing needs a boundary.
  var curves: BoundarySet?
  /// Smallest median2d - min2d [ADU].
  var threshold = 0.0
  /// Sources that look like cosmic rays; nil for none.
  var sources: SharedSources?
  /// Sources of another brightness in one exposure; nil for none.
  var varying: VaryingSources?
}

extension Masking {
  /// What the median-minimum detector flags in the median, the mean and each exposure, in this order.
  ///
  /// - Parameters:
  ///   - singles: the exposures that are searched [ADU].
  func mmMasks(
    _ evidence: Evidence, _ singles: [Plane<Float>], _ cleanable: CleanableArea
  ) throws -> [Mask] {
    let stack = evidence.stack
    let planes = stack.planes
    if let judged = evidence.judged {
      let masks = judged.singles.map(\.mask)
      return [judged.result.mask, masks.dropFirst().reduce(masks[0]) { $0 | $1 }] + masks
    }
    guard let curves = evidence.curves, let boundary = curves.main else {
      return [Mask](repeating: Mask(shape: planes.median.shape), count: singles.count + 2)
    }
    let detection = MMDetection(
      boundary: boundary, others: curves.others, threshold: evidence.threshold,
      minimumMaximum: options.minimumMax2d, noises: stack.matched.noise.detectors.map(\.readoutNoise))
    return try detection.masks(
      of: [planes.median, planes.mean] + singles, minimum: planes.minimum, used: planes.used,
      exposures: stack.calibrated, toBeCleaned: cleanable.mask, work: work)
  }

  /// MEDIANCR, and what found each of its pixels. Sources that only look like spoilt medians become part of the
  /// evidence.
  ///
  /// - Parameter mm: of the median, the mean and each exposure.
  func medianTarget(
    _ mm: [Mask], _ evidence: inout Evidence, _ cleanable: CleanableArea,
    _ review: ((ReviewedGroup) throws -> ReviewAnswer)?
  ) throws -> (TargetDetection, codes: Plane<UInt8>) {
    let stack = evidence.stack
    var median = TargetDetection(.median, stack.planes.median, evidence.auxiliary, mm[0], cleanable)
    let expected = evidence.summary?.expectedSpoilt
    evidence.findings.foundSpoilt = median.counts.either
    evidence.findings.expectedSpoilt = expected
    // Of another sharpness that is told too much is left.
    let isFollowed = evidence.findings.followedPixels > 0 && !evidence.findings.isBlurred
    let followed = isFollowed ? evidence.judged?.exposures : nil
    evidence.sources = try sharedSources(
      stack, median: median.flags, singles: Array(mm.dropFirst(2)),
      isTypical: Double(evidence.findings.foundSpoilt) < 3 * (expected ?? 0) + 20,
      followed: followed)
    if evidence.sources == nil, evidence.findings.isBlurred, let skies = stack.skies {
      // Of blurred sources much light lies in wings that pass for sky.
      evidence.sources = try sharedSources(
        stack, median: median.flags, singles: Array(mm.dropFirst(2)), isTypical: false,
        blurred: skies.addedTo(stack.common))
    }
    evidence.findings.sources = evidence.sources?.findings
    if let sources = evidence.sources { median.leaveOut(sources.median) }
    if let lone = evidence.lone { median.lacosmic = median.lacosmic | lone.mask }
    var codes = MaskCodes.codes(mmcosmic: median.mmcosmic, lacosmic: median.lacosmic)
    // numina never flags the pixels that the user asks for.
    if !isCompatible { MaskCodes.force(options.flaggedPixels, in: &codes) }
    let seeds = Mask(plane: codes.map { $0 > 0 ? 1 : 0 })
    var medianCR = stack.there(try grown(seeds, within: cleanable))
    for i in 0..<codes.count where codes.pixels[i] == 0 && medianCR.plane.pixels[i] != 0 {
      codes.pixels[i] = 1
    }
    if let review {
      medianCR = try medianCR.reviewed(codes: codes, review)
      for i in 0..<codes.count where medianCR.plane.pixels[i] == 0 { codes.pixels[i] = 0 }
    }
    median.dilated = medianCR
    return (median, codes)
  }

  /// MEANCRT, which MEDIANCR belongs to.
  func meanTarget(
    _ mm: Mask, _ evidence: Evidence, _ cleanable: CleanableArea, medianCR: Mask
  ) throws -> TargetDetection {
    let stack = evidence.stack
    var mean = try detect(.mean, stack.surrounded(stack.planes.mean), mm, cleanable, stack.readoutNoise)
    if stack.hasGaps {
      mean.image = stack.planes.mean
      mean.lacosmic = stack.there(mean.lacosmic)
    }
    if let admissions = admissions(evidence), let all = Admission.largest(admissions) {
      mean.lacosmic = try all.admitted(mean.lacosmic, beside: mm, work: work)
    }
    if let sources = evidence.sources { mean.leaveOut(sources.all) }
    if let varying = evidence.varying { mean.leaveOutOfLacosmic(varying.gone(from: [mm])) }
    mean.lacosmic = mean.lacosmic | medianCR
    mean.mmcosmic = mean.mmcosmic | medianCR
    mean.dilated = stack.there(try grown(mean.flags, within: cleanable))
    return mean
  }

  /// The mask of one exposure: what is found in it of MEANCRT.
  ///
  /// - Parameter index: from 0.
  func exposureTarget(
    _ index: Int, _ image: Plane<Float>, _ mm: Mask, _ evidence: Evidence, _ cleanable: CleanableArea,
    medianCR: Mask, meanCRT: Mask
  ) throws -> TargetDetection {
    let stack = evidence.stack
    var searched = stack.filled(image, factor: stack.factor(index))
    // L.A.Cosmic knows the noise of an exposure that is not divided.
    let isDivided = options.dividesUnlike && stack.factors[index] != 1
    if isDivided { searched = searched.map { $0 * Float(stack.factors[index]) } }
    var found = try detect(
      .exposure(index + 1), searched, mm, cleanable, stack.readoutNoise(of: index))
    if stack.hasGaps || isDivided { found.image = image }
    if let admissions = admissions(evidence) {
      found.lacosmic = try admissions[index].admitted(found.lacosmic, beside: mm, work: work)
    }
    if let sources = evidence.sources {
      found.leaveOut(sources.exposures[index])
      // L.A.Cosmic takes the cores of narrow stars for hits in every exposure, whatever the other detector says.
      found.leaveOut(sources.test.find(in: found.lacosmic, exposure: index, byTotals: true).pixels)
    }
    if let varying = evidence.varying { found.leaveOutOfLacosmic(varying.masks[index]) }
    if let lone = evidence.lone { found.lacosmic = found.lacosmic | lone.hits(of: image) }
    found.keep(where: meanCRT)
    found.dilated = try grown(found.flags, within: cleanable)
    // numina lets dilation leave MEANCRT.
    if !isCompatible { found.dilated = found.dilated & meanCRT }
    // A mask holds hits; values that do not count anyway are none.
    var mask = stack.there(found.dilated, in: index)
    if !isCompatible, let used = stack.planes.used {
      // The only value of a pixel is lost where it is a hit, not for hits of others that it lies beside.
      for i in 0..<used.count where used.pixels[i] == 1 {
        mask.plane.pixels[i] &= medianCR.plane.pixels[i]
      }
    }
    found.dilated = mask
    return found
  }

  /// The pixels that are flagged in every exposure.
  func problematic(in detections: [TargetDetection], laMedian: Plane<Float>?) -> Mask {
    let all = detections.dropFirst(3).reduce(detections[2].dilated) { $0 & $1.dilated }
    // numina leaves out pixels that are 0 in the cleaned median.
    guard isCompatible, let laMedian else { return all }
    return all & Mask(plane: laMedian.map { $0 != 0 ? 1 : 0 })
  }

  /// Where detections of L.A.Cosmic are admitted in each exposure; nil: everywhere.
  private func admissions(_ evidence: Evidence) -> [Admission]? {
    options.pvalue.vetoesLacosmic ? evidence.judged?.singles.map(\.admission) : nil
  }

  private func detect(
    _ target: TargetDetection.Target, _ image: Plane<Float>, _ mm: Mask, _ cleanable: CleanableArea,
    _ readoutNoise: Double?
  ) throws -> TargetDetection {
    TargetDetection(target, image, try auxiliary?(image, readoutNoise, false), mm, cleanable)
  }

  /// Dilates; outside compatibility the result stays inside the area to be cleaned.
  private func grown(_ mask: Mask, within cleanable: CleanableArea) throws -> Mask {
    let grown = try mask.dilated(times: options.dilation, work: work)
    return isCompatible ? grown : (grown & cleanable.mask) | mask
  }
}

extension TargetDetection {
  /// What both detectors found, not dilated yet.
  fileprivate init(
    _ target: Target, _ image: Plane<Float>, _ auxiliary: AuxiliaryDetection?, _ mm: Mask,
    _ cleanable: CleanableArea
  ) {
    self.init(
      target: target, image: image, perIteration: auxiliary?.perIteration ?? [],
      iterationLimit: auxiliary?.iterationLimit ?? 0)
    if let auxiliary { lacosmic = auxiliary.mask & cleanable.mask }
    mmcosmic = mm
  }

  fileprivate mutating func leaveOutOfLacosmic(_ mask: Mask) { lacosmic = lacosmic & !mask }

  /// Pixels that are no hits after all.
  fileprivate mutating func leaveOut(_ mask: Mask) {
    keep(where: mask, isInside: false)
  }
}
